import Kernel
import Testing

@testable import Patterns

/// A node of the gateway as a whole: credentials, their memory, and what they count for.
@Suite struct GatewayNodeTests {
  private static let signer = TokenSigner(id: "k1", .ed25519((0..<32).map { UInt8($0) }))
  private static let other = TokenSigner(id: "k1", .ed25519(Array(repeating: 7, count: 32)))

  private func node(_ change: (inout GatewayDesign) -> Void = { _ in }) throws -> GatewayNode {
    var design = GatewayDesign()
    change(&design)
    let routes = RouteTable([.init(path: "/catalog", upstreams: [.init("catalog")])])
    var node = GatewayNode(design, routes: routes, consumers: ["acme", "crow"])
    node.keys.fetched([try #require(Self.signer).key], at: .zero)
    return node
  }

  /// A token of `subject` that runs out at second 100.
  private func request(_ subject: String) throws -> GatewayNode.Request {
    let claims = JSON.object([
      .init("sub", .text(subject)), .init("exp", .integer(Int(NumericDate.epoch) + 100)),
    ])
    return .init(path: "/catalog/7", token: try #require(Self.signer?.token(claims)))
  }

  private func outcome(
    _ node: inout GatewayNode, _ request: GatewayNode.Request, at second: Int64 = 1
  ) -> String {
    let wall = Instant.zero + .seconds(second)
    switch node.authenticate(request, again: false, wall: wall, at: .zero + .seconds(1)) {
    case .identified(let consumer): return consumer.map { "consumer \($0)" } ?? "nobody"
    case .unauthenticated(let objection): return objection.reason.rawValue
    case .notFound: return "404"
    case .waitForAPIKey(let key): return "ask for key \(key)"
    case let other: return "\(other)"
    }
  }

  @Test func aTokenThatWasTakenOnceStillRunsOut() throws {
    var node = try node()
    let request = try request("crow")
    #expect(outcome(&node, request) == "consumer 1")
    #expect(outcome(&node, request, at: 99) == "consumer 1")
    #expect(outcome(&node, request, at: 100) == "expired")
  }

  @Test func aKeyThatWasReplacedTakesItsTokensWithIt() throws {
    var node = try node()
    let request = try request("acme")
    #expect(outcome(&node, request) == "consumer 0")
    node.keys.fetched([try #require(Self.other).key], at: .zero)
    #expect(outcome(&node, request) == "signature")
    node.keys.fetched([], at: .zero)
    #expect(outcome(&node, request) != "consumer 0")
  }

  @Test func whatComesWithoutACredentialThatCountsGoesNoFurther() throws {
    var node = try node()
    #expect(outcome(&node, try request("raven")) == "unknown consumer")
    #expect(outcome(&node, try request("raven")) == "unknown consumer")
    #expect(outcome(&node, .init(path: "/catalog", token: nil)) == "no credential")
    #expect(outcome(&node, .init(path: "/other", token: nil)) == "404")
    let keyed = GatewayNode.Request(path: "/catalog", token: nil, apiKey: 5)
    #expect(outcome(&node, keyed) == "ask for key 5")
    node.apiKeys.answered(5, nil, askedAt: .zero + .seconds(1))
    let answered = node.authenticate(
      keyed, again: true, wall: .zero, at: .zero + .seconds(1))
    #expect(answered != .identified(nil))
    node.apiKeys.answered(5, 1, askedAt: .zero + .seconds(1))
    let known = node.authenticate(keyed, again: true, wall: .zero, at: .zero + .seconds(1))
    #expect(known == .identified(1))
  }

  @Test func staleKeysAreUsedAndFetchedOnceBehindTheRequest() throws {
    var node = try node { $0.keys.life = .milliseconds(500) }
    let request = try request("acme")
    #expect(outcome(&node, request) == "consumer 0")
    let fetches = [node.takeFetch(), node.takeFetch()]
    #expect(fetches == [true, false])
  }

  @Test func aTokenIsForgottenWhenManyOthersWereSeen() {
    let text = "eyJhbGciOiJub25lIn0.e30."
    guard let decoded = try? DecodedToken(CompactToken(text)) else {
      Issue.record("no token")
      return
    }
    var verified = VerifiedTokens()
    let entry = VerifiedTokens.Entry(token: decoded, key: nil, consumer: 0)
    for number in 0...VerifiedTokens.capacity {
      verified.keep(entry, for: CompactToken("\(number)"))
    }
    #expect(verified.entry(of: CompactToken("0")) == nil)
    #expect(verified.entry(of: CompactToken("1")) != nil)
    #expect(verified.entry(of: CompactToken("\(VerifiedTokens.capacity)")) != nil)
  }

  @Test(arguments: GatewayNode.Counting.allCases)
  func limitsCountForWhomTheyShould(counting: GatewayNode.Counting) throws {
    let node = try node { $0.counting = counting }
    let counters = (0...1).map { node.counter(of: $0) }
    #expect(counters == (counting == .consumer ? [0, 1] : [0, 0]))
  }

  @Test func anIdThatTheIssuerDoesNotKnowIsAskedForOnce() {
    var cache = SigningKeyCache()
    cache.fetched([], at: .zero)
    let late = Instant.zero + .minutes(1)
    let lookups = [
      cache.look(up: "9", again: false, at: late), cache.look(up: "9", again: false, at: late),
    ]
    #expect(lookups == [.fetch, .wait])
    cache.fetched([], at: late)
    let again = cache.look(up: "9", again: true, at: late + .minutes(1))
    #expect(again == .unknown)
  }
}

@Suite struct GatewayEdgeTests {
  @Test func amongEqualRoutesTheFirstIsTaken() {
    let table = RouteTable([
      .init(path: "/a", upstreams: [.init("first")]),
      .init(path: "/a", upstreams: [.init("second")]),
    ])
    #expect(table.match(host: "x", path: "/a", method: "GET")?.route == 0)
  }

  @Test func aWildcardEndsAtADot() {
    let table = RouteTable([.init(host: "*.shop", path: "/", upstreams: [.init("a")])])
    #expect(table.match(host: "web.shop", path: "/", method: "GET") != nil)
    #expect(table.match(host: "evilshop", path: "/", method: "GET") == nil)
    #expect(table.match(host: "shop", path: "/", method: "GET") == nil)
  }

  @Test func weightsAreSharesOfTheirSum() {
    let table = RouteTable([
      .init(path: "/", upstreams: [.init("a", weight: 1), .init("b", weight: 3)])
    ])
    #expect((0...4).map { table.upstream(of: 0, at: $0) } == [0, 1, 1, 1, nil])
    let none = table.weighted(0, [0, 2])
    #expect((0...2).map { none.upstream(of: 0, at: $0) } == [1, 1, nil])
  }

  @Test func aCacheHoldsItsCapacityAndOneAnswerForEachKey() {
    var options = ResponseCache.Options()
    options.life = .seconds(10)
    options.capacity = 2
    var cache = ResponseCache(options)
    for (second, path) in ["/a", "/a", "/b", "/c"].enumerated() {
      cache.keep(path, for: 1, isPrivate: false, at: .zero + .seconds(Int64(second)))
      #expect(cache.entries.count == [1, 1, 2, 2][second])
    }
    #expect(cache.entries.map(\.path) == ["/b", "/c"])
    cache.keep("/b", for: 1, isPrivate: false, at: .zero + .seconds(5))
    #expect(cache.answer(to: "/b", for: 1, at: .zero + .seconds(14)) != nil)
  }

  @Test func aRememberedKeyIsAskedForAtTheEndOfItsLife() {
    var cache = APIKeyCache(life: .seconds(10))
    cache.answered(1, 0, askedAt: .zero)
    let before = cache.look(up: 1, again: false, at: .zero + .nanoseconds(9_999_999_999))
    let after = cache.look(up: 1, again: false, at: .zero + .seconds(10))
    #expect(before == .consumer(0) && after == .ask)
  }

  @Test func theLogShowsTheLastRecords() {
    var log = AccessLog(shown: 2)
    for path in ["/a", "/b", "/c"] {
      log.note(
        .init(
          at: .zero, gateway: 0, consumer: "acme", path: path, status: 200, detail: "",
          took: .zero), status: 200, draw: 0.5)
    }
    #expect(log.last.map(\.path) == ["/b", "/c"])
  }
}
