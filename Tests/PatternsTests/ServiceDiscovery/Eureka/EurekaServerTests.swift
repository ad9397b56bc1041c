import Kernel
import Testing

@testable import Patterns

@Suite("Eureka server")
struct EurekaServerTests {
  static func instance(_ index: Int, lastDirty: Instant = .zero) -> EurekaInstance {
    EurekaInstance(node: NodeID(index), service: ServiceID(0), lastDirty: lastDirty)
  }

  static func server(
    of count: Int, options: EurekaServerOptions = .netflix, peers: [NodeID] = []
  ) -> EurekaServer {
    EurekaServer.opened(
      NodeID(100), peers: peers, with: (0..<count).map { instance($0) }, options: options,
      random: RandomStream(seed: 1, name: "eureka"), at: .zero
    ).server
  }

  /// Runs the server to `end`: every node of `renewing` sends its heartbeat every 30 s.
  static func run(
    _ server: inout EurekaServer, from start: Int = 0, to end: Int, renewing: (Int, Int) -> Bool,
    count: Int
  ) -> [(Int, EurekaServerFact)] {
    var facts: [(Int, EurekaServerFact)] = []
    for second in (start + 1)...end {
      let now = Instant.zero + .seconds(Int64(second))
      var outputs = server.step(.wake, at: now)
      for node in 0..<count where second % 30 == node % 30 && renewing(node, second) {
        let renewal = EurekaMessage.Request.renew(NodeID(node), lastDirty: .zero)
        outputs += server.step(.received(.request(0, renewal), from: NodeID(node)), at: now)
      }
      #expect(server.checkInvariants() == nil)
      for case .entered(let fact) in outputs { facts.append((second, fact)) }
    }
    return facts
  }

  static func evictions(_ facts: [(Int, EurekaServerFact)]) -> [(at: Int, node: Int)] {
    facts.compactMap { second, fact in
      if case .evicted(let node, _) = fact { (second, node.index) } else { nil }
    }
  }

  @Test("Ten clients need more than 17 renewals a minute")
  func strictThreshold() {
    var preservation = SelfPreservation()
    preservation.expect(10, options: .netflix)
    #expect(preservation.threshold == 17)
    #expect(!preservation.allowsEviction(renewals: 17, options: .netflix))
    #expect(preservation.allowsEviction(renewals: 18, options: .netflix))
  }

  @Test("A run evicts at most 15 %", arguments: zip([10, 100, 1, 0], [2, 15, 1, 0]))
  func evictionLimit(size: Int, limit: Int) {
    #expect(SelfPreservation.evictionLimit(size: size, options: .netflix) == limit)
  }

  @Test("A renewed lease of 90 s lives 180 s, one never renewed 90 s")
  func doubledLease() {
    var lease = EurekaLease(Self.instance(1), at: .zero)
    #expect(!lease.isExpired(at: .zero + .seconds(90)))
    #expect(lease.isExpired(at: .zero + .seconds(91)))
    lease.renew(at: .zero + .seconds(30))
    #expect(!lease.isExpired(at: .zero + .seconds(210)))
    #expect(lease.isExpired(at: .zero + .seconds(210) + .nanoseconds(1)))
  }

  @Test("One dead instance of twenty leaves at the first sweep after twice its lease")
  func oneDies() {
    var server = Self.server(of: 20)
    // The last heartbeat of node 7 is at second 127, so its lease runs out at 307.
    let facts = Self.run(
      &server, to: 400, renewing: { node, second in node != 7 || second <= 130 }, count: 20)
    let evictions = Self.evictions(facts)
    #expect(evictions.map(\.node) == [7])
    #expect(evictions.map(\.at) == [360])
    #expect(server.preservation.expectedClients == 19)
  }

  @Test("When a fifth dies at once, nobody is evicted, however long it lasts")
  func massDeath() {
    var server = Self.server(of: 20)
    let facts = Self.run(
      &server, to: 2_000, renewing: { node, second in node >= 4 || second < 120 }, count: 20)
    #expect(Self.evictions(facts).isEmpty)
    #expect(server.instances.count == 20)
    #expect(server.isBelowRenewThreshold)
  }

  @Test("Without self-preservation a partition empties the registry, 15 % a minute")
  func partitionWithoutPreservation() {
    var options = EurekaServerOptions.netflix
    options.enableSelfPreservation = false
    var server = Self.server(of: 20, options: options)
    let facts = Self.run(&server, to: 1_800, renewing: { _, second in second < 120 }, count: 20)
    let perRun = Dictionary(grouping: Self.evictions(facts), by: \.at).mapValues(\.count)
    #expect(perRun[300] == 3)
    #expect(perRun[360] == 3)
    #expect(server.instances.isEmpty)
  }

  @Test("The newer of two copies wins; equal ones take the incoming")
  func newestWins() {
    var server = Self.server(of: 0)
    let node = NodeID(3)
    let newer = Self.instance(3, lastDirty: .zero + .seconds(50))
    var older = Self.instance(3, lastDirty: .zero + .seconds(40))
    older.status = .down
    _ = server.step(.received(.request(1, .register(newer)), from: node), at: .zero + .seconds(60))
    _ = server.step(.received(.request(2, .register(older)), from: node), at: .zero + .seconds(61))
    #expect(server.instances.map(\.status) == [.up])
    var equal = newer
    equal.status = .down
    _ = server.step(.received(.request(3, .register(equal)), from: node), at: .zero + .seconds(62))
    #expect(server.instances.map(\.status) == [.down])
  }

  @Test("An override outlives heartbeats and registrations; lifting it asks for a registration")
  func overrides() {
    var server = Self.server(of: 1)
    let node = NodeID(0)
    func ask(_ request: EurekaMessage.Request, _ second: Int64) -> EurekaMessage.Response? {
      let outputs = server.step(
        .received(.request(1, request), from: node), at: .zero + .seconds(second))
      for case .send(.response(_, let response), _) in outputs { return response }
      return nil
    }
    #expect(ask(.statusUpdate(node, .outOfService, lastDirty: .zero), 10) == .done)
    #expect(ask(.renew(node, lastDirty: .zero), 20) == .done)
    #expect(ask(.register(Self.instance(0)), 21) == .done)
    #expect(server.instances.first?.status == .outOfService)
    #expect(ask(.deleteStatusOverride(node, lastDirty: .zero), 30) == .done)
    #expect(ask(.renew(node, lastDirty: .zero), 40) == .notFound)
    #expect(ask(.register(Self.instance(0)), 41) == .done)
    #expect(server.instances.first?.status == .up)
  }

  @Test("Readers see a change at the next refresh of the read-only cache")
  func readOnlyCache() {
    var server = Self.server(of: 2)
    func seen(_ second: Int64) -> Int? {
      let now = Instant.zero + .seconds(second)
      _ = server.step(.wake, at: now)
      let outputs = server.step(.received(.request(1, .fetchAll), from: NodeID(50)), at: now)
      for case .send(.response(_, .all(let all)), _) in outputs { return all.instances.count }
      return nil
    }
    #expect(seen(30) == 2)
    _ = server.step(
      .received(.request(1, .cancel(NodeID(1))), from: NodeID(1)), at: .zero + .seconds(32))
    #expect(seen(59) == 2)
    #expect(seen(60) == 1)
  }

  @Test("A pause of the server itself is granted to every lease")
  func compensation() {
    var options = EurekaServerOptions.netflix
    options.enableSelfPreservation = false
    var server = Self.server(of: 3, options: options)
    _ = Self.run(&server, to: 120, renewing: { _, _ in true }, count: 3)
    // The process stands still for 300 s, longer than any lease lives.
    let outputs = server.step(.wake, at: .zero + .seconds(420))
    for case .entered(.evicted(let node, _)) in outputs { Issue.record("evicted \(node)") }
    #expect(server.instances.count == 3)
  }

  @Test("A server that copied nothing refuses reads for five minutes")
  func emptyCopy() {
    var server = EurekaServer(
      NodeID(9), peers: [NodeID(8)], random: RandomStream(seed: 1, name: "eureka"))
    var now = Instant.zero
    var outputs = server.step(.started, at: now)
    var asked = 0
    while !outputs.contains(where: { $0 == .entered(.opened(copied: 0)) }), asked < 10 {
      asked += 1
      now += .seconds(30)
      outputs = server.step(.wake, at: now)
    }
    #expect(asked == 5)
    func answer(_ second: Int64) -> EurekaMessage.Response? {
      let later = now + .seconds(second)
      for case .send(.response(_, let response), _) in server.step(
        .received(.request(1, .fetchAll), from: NodeID(1)), at: later)
      {
        return response
      }
      return nil
    }
    #expect(answer(299) == .unavailable)
    #expect(answer(300) == .all(EurekaApplications([])))
  }
}
