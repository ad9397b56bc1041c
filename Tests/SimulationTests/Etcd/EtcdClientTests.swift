import Kernel
import Patterns
import Simulation
import Testing

@Suite("etcd clients and servers together")
struct EtcdClientTests {
  @Test("a dead instance goes after its time to live, and everybody learns it at once")
  func deadInstance() throws {
    var world = try EtcdWorld(clients: 5, seed: 1)
    world.run(for: .seconds(30))
    #expect(world.registered == (3..<8).map(NodeID.init))
    for place in 0..<5 { #expect(world.view(place) == world.registered) }
    world.crash(client: 2)
    let died = world.now
    world.run(for: .seconds(20))
    #expect(world.registered == [3, 4, 6, 7].map(NodeID.init))
    let removals = world.facts.filter { fact in
      guard case .viewChanged(_, let removed, _) = fact.fact else { return false }
      return removed == [NodeID(5)]
    }
    #expect(Set(removals.map(\.client)) == [0, 1, 3, 4])
    for removal in removals {
      let delay = removal.at - died
      // The last renewal was at most a third of 10 s before; leases are looked at every 500 ms.
      #expect(delay >= .seconds(6) && delay <= .milliseconds(10_600), "\(delay)")
    }
    #expect(world.failure == nil)
  }

  @Test("a crash of the leader costs no registration")
  func leaderCrash() throws {
    var world = try EtcdWorld(clients: 4, seed: 2)
    world.run(for: .seconds(20))
    let current = world.leader
    let leader = try #require(current)
    world.cluster.add(TimedFault(at: world.now, .crash(leader), for: .seconds(30)))
    world.run(for: .seconds(60))
    let losses = world.facts.filter { if case .leaseLost = $0.fact { true } else { false } }
    #expect(losses.isEmpty)
    let removals = world.facts.filter { fact in
      if case .viewChanged(_, let removed, _) = fact.fact { !removed.isEmpty } else { false }
    }
    #expect(removals.isEmpty)
    #expect(world.registered.count == 4)
    for place in 0..<4 { #expect(world.view(place) == world.registered) }
    #expect(world.failure == nil)
  }

  @Test("a client that slept through a compaction lists again and misses no deletion")
  func compaction() throws {
    var world = try EtcdWorld(
      clients: 3, seed: 3, plan: "at 20s partition c1 | s1,s2,s3 for 20s")
    world.run(for: .seconds(25))
    world.crash(client: 1)
    world.run(for: .seconds(12))
    let current = world.leader
    let leader = try #require(current)
    let revision = try #require(world.cluster.participants[leader.index]).state.store.revision
    world.ask(.compact(revision), of: leader)
    world.run(for: .seconds(30))
    let compactions = world.facts.filter { fact in
      if case .compacted = fact.fact { fact.client == 0 } else { false }
    }
    #expect(compactions.count == 1)
    #expect(world.registered == [3, 5].map(NodeID.init))
    #expect(world.view(0) == world.registered && world.view(2) == world.registered)
    #expect(world.failure == nil)
  }

  @Test("a server cut off from the others ends its watches; clients move on")
  func requireLeader() throws {
    for requires in [true, false] {
      var options = EtcdClientOptions()
      options.requiresLeader = requires
      var world = try EtcdWorld(clients: 3, seed: 4, client: options)
      world.run(for: .seconds(20))
      // Client c2 sits on s2's side; the others reach everybody.
      let home = world.clients[1].server
      let rest = (0..<3).map(NodeID.init).filter { $0 != home }
      world.cluster.add(
        TimedFault(at: world.now, .partition([[home], rest]), for: .seconds(60)))
      world.run(for: .seconds(10))
      world.crash(client: 2)
      world.run(for: .seconds(30))
      let isStale = world.view(1).contains(NodeID(5))
      #expect(isStale != requires)
      #expect(world.failure == nil)
    }
  }

  @Test(
    "no lease ends early, views end up right, whatever happens", arguments: 0..<12 as Range<UInt64>)
  func underFaults(seed: UInt64) throws {
    let nodes = (0..<7).map(NodeID.init)
    let verbs: [FaultVerb] = [.crash, .pause, .slow, .partition, .drop, .delay]
    let servers = Array(nodes[..<3])
    let plan = SwarmPlan(
      servers, span: .seconds(60), verbs: verbs, meanGap: .seconds(6),
      stability: .milliseconds(500) ... .seconds(8), keepsQuorum: seed % 2 == 0
    ).draw(seed: seed)
    let roster = Roster((1...3).map { "s\($0)" } + (1...4).map { "c\($0)" })
    var world = try EtcdWorld(clients: 4, seed: seed, plan: plan.text(roster))
    world.run(for: .seconds(40))
    world.crash(client: 0)
    world.run(for: .seconds(70))
    #expect(world.failure == nil, "\(world.failure ?? "") under\n\(plan.text(roster))")
    #expect(world.registered == [4, 5, 6].map(NodeID.init), "\(plan.text(roster))")
    for place in 1..<4 {
      #expect(world.view(place) == world.registered, "c\(place + 1) under\n\(plan.text(roster))")
    }
    checkLeases(world.serverFacts)
  }

  /// A lease that one leader found ended must have had its whole time on that leader.
  private func checkLeases(_ facts: [(at: Instant, server: NodeID, fact: EtcdServerFact)]) {
    var promotedAt: [NodeID: Instant] = [:]
    for (at, server, fact) in facts {
      switch fact {
      case .promoted: promotedAt[server] = at
      case .leaseExpired:
        let since = promotedAt[server].map { at - $0 }
        #expect(since ?? .zero >= .seconds(10), "a lease ended \(String(describing: since)) after")
      case .entered, .follows, .leaseRevoked, .changed, .restored, .refused: break
      }
    }
  }
}
