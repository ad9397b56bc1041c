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
    "issue x", "decode", "present", "tamper sub=acme", "hold", "hold a b", "decode x",
  ])
  func aRefusedLineChangesNothing(line: String) throws {
    var session = BenchSession(try TopicRegistry.topic("api-gateway").bench(as: nil))
    let before = session.bench.facts
    #expect(throws: Diagnostic.self) { try session.run(line) }
    #expect(session.bench.facts == before)
  }
}
