import Drills
import Kernel
import Testing

@Suite struct GatewayBenchTests {
  private func fact(_ session: BenchSession, _ name: String) throws -> Double {
    try #require(session.bench.facts.first { $0.name == name }?.value)
  }

  /// A token of the issuer's is taken, and the same token is not once it says something else.
  @Test(arguments: [
    ("sub=bolt", 401.0), ("bit=0", 401), ("bit=511", 401), ("alg=none", 401), ("alg=HS256", 401),
    ("kid=2", 401), ("aud=admin.shop", 401), ("exp=4000000000", 401), ("crit=b64", 401),
    ("sub=acme", 200),
  ])
  func whatIsSignedCannotBeChanged(change: String, status: Double) throws {
    var session = BenchSession(try TopicRegistry.topic("api-gateway").bench(as: nil))
    _ = try session.run(script: "issue acme; present; tamper \(change); present")
    #expect(try fact(session, "last_status") == status)
    #expect(try fact(session, "forged_taken") == 0)
    #expect(session.bench.checkInvariants() == nil)
  }

  /// Each tool takes what its issuer signs and refuses what nobody signed; what else it looks at is
  /// its own.
  @Test(arguments: [
    ("kong", "jwt=on", ["audience", "expired"]), ("nginx", "auth_jwt=on", ["audience", "issuer"]),
    ("express-gateway", "jwt=on", ["audience", "issuer"]), ("aws-api-gateway", "authorizer=on", []),
  ])
  func toolsLookAtWhatTheyAreTold(tool: String, on: String, taken: [String]) throws {
    var session = BenchSession(try TopicRegistry.topic("api-gateway").bench(as: tool))
    _ = try session.run(script: "set \(on); get bolt /account 2")
    #expect(try fact(session, "last_good") == 2)
    let kinds = ["none", "key", "audience", "expired", "signature", "confusion", "issuer", "crit"]
    for kind in kinds {
      _ = try session.run(script: "forge \(kind)")
      #expect(try fact(session, "last_good") == (taken.contains(kind) ? 1 : 0), "\(kind)")
    }
  }

  @Test(arguments: [
    "get nobody /catalog", "get acme catalog", "get acme /catalog 0", "forge luck", "match x",
    "rotate back", "tick soon", "renew", "keyed x /", "revoke x", "spoof crow x", "split 3",
    "issue x", "decode", "present", "tamper sub=acme", "hold", "hold a b", "decode x", "stop luck",
    "page perhaps", "match partner.shop",
  ])
  func aRefusedLineChangesNothing(line: String) throws {
    var session = BenchSession(try TopicRegistry.topic("api-gateway").bench(as: nil))
    let before = session.bench.facts
    #expect(throws: Diagnostic.self) { try session.run(line) }
    #expect(session.bench.facts == before)
  }

  /// The host decides first, then the longest path.
  @Test(arguments: [
    ("/catalog/1", 1.0), ("/catalog/search/x", 4), ("partner.shop/catalog/1", 5),
    ("eu.partner.shop/catalog/search", 6), ("other.shop/catalog/1", 1),
  ])
  func routes(address: String, route: Double) throws {
    var session = BenchSession(try TopicRegistry.topic("api-gateway").bench(as: nil))
    _ = try session.run(script: "match \(address); get acme \(address)")
    #expect(try fact(session, "route") == route)
    #expect(try fact(session, "last_good") == 1)
  }

  /// A kept answer of one host is none of another's.
  @Test func hostsDoNotShareAnswers() throws {
    var session = BenchSession(try TopicRegistry.topic("api-gateway").bench(as: nil))
    _ = try session.run(
      script: "set cache.life=1m; get acme /catalog/1; get acme partner.shop/catalog/1")
    #expect(try fact(session, "hits") == 0)
    _ = try session.run(script: "get acme partner.shop/catalog/1")
    #expect(try fact(session, "hits") == 1)
  }

  /// A page without its prices is no page, unless they are optional; then nothing of it is kept.
  @Test func pagesInPart() throws {
    var session = BenchSession(try TopicRegistry.topic("api-gateway").bench(as: nil))
    _ = try session.run(script: "set cache.life=1m; stop prices; get acme /page 10")
    #expect(try fact(session, "last_status") == 502)
    #expect(try fact(session, "upstream_calls") == 20)
    _ = try session.run(script: "page optional; get acme /page 10")
    #expect(try fact(session, "partial") == 10)
    #expect(try fact(session, "last_good") == 10)
    #expect(try fact(session, "kept") == 0)
    _ = try session.run(script: "stop catalog; get acme /page")
    #expect(try fact(session, "last_status") == 502)
    _ = try session.run(script: "start catalog; start prices; get acme /page 2")
    #expect(try fact(session, "hits") == 1)
  }
}
