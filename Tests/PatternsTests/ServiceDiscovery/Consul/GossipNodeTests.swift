import Kernel
import Testing

@testable import Patterns

/// Members joined by a wire with a fixed delay; a slow member takes its mail late.
struct GossipGroup {
  var nodes: [NodeID: GossipNode] = [:]
  var mail: [(at: Instant, from: NodeID, to: NodeID, message: GossipMessage)] = []
  var now = Instant.zero
  var down: Set<NodeID> = []
  var lag: [NodeID: TimeSpan] = [:]
  var wakes: [NodeID: Instant] = [:]
  var facts: [(at: Instant, by: NodeID, fact: GossipFact)] = []

  init(_ count: Int, options: GossipOptions = .lan, seed: UInt64) {
    let all = (0..<count).map(NodeID.init)
    for node in all {
      var machine = GossipNode(
        node, members: all, options: options,
        random: RandomStream(seed: seed, name: "gossip/\(node.index)"))
      take(node, machine.step(.started, at: .zero))
      nodes[node] = machine
    }
  }

  private mutating func take(_ node: NodeID, _ outputs: [GossipNode.Output]) {
    for output in outputs {
      switch output {
      case .send(let message, let target):
        mail.append((now + .milliseconds(2) + (lag[target] ?? .zero), node, target, message))
      case .entered(let fact): facts.append((now, node, fact))
      case .wakeMe(let instant): wakes[node] = min(instant, wakes[node] ?? instant)
      }
    }
  }

  mutating func run(for span: TimeSpan, check: (GossipGroup) -> Void = { _ in }) {
    let end = now + span
    while now < end {
      now += .milliseconds(20)
      let due = mail.filter { $0.at <= now }
      mail.removeAll { $0.at <= now }
      for letter in due where !down.contains(letter.to) && !down.contains(letter.from) {
        take(
          letter.to,
          nodes[letter.to]?.step(.received(letter.message, from: letter.from), at: now) ?? [])
      }
      for node in nodes.keys.sorted() where !down.contains(node) {
        guard let due = wakes[node], due <= now else { continue }
        wakes[node] = nil
        take(node, nodes[node]?.step(.wake, at: now) ?? [])
        #expect(nodes[node]?.checkInvariants() == nil)
      }
      check(self)
    }
  }

  func deaths(since: Instant = .zero) -> [(at: Instant, by: NodeID, of: NodeID)] {
    facts.compactMap { at, believer, fact in
      if case .dead(let node, _, _, _) = fact, at >= since { (at, believer, node) } else { nil }
    }
  }
}

@Suite("Gossip member")
struct GossipNodeTests {
  @Test("A healthy group stays whole", arguments: [UInt64(1), 2, 3])
  func quiet(seed: UInt64) {
    var group = GossipGroup(8, seed: seed)
    group.run(for: .seconds(60))
    #expect(group.deaths().isEmpty)
    #expect(group.nodes.values.allSatisfy { $0.active.count == 8 && $0.health == 0 })
  }

  @Test("All find the dead within a round of probes and the longest suspicion", arguments: 1...6)
  func findsTheDead(seed: UInt64) {
    var group = GossipGroup(8, seed: seed)
    group.run(for: .seconds(10))
    let victim = NodeID(3)
    group.down = [victim]
    let crash = group.now
    group.run(for: .seconds(40))
    let deaths = group.deaths(since: crash)
    #expect(Set(deaths.map(\.by)).count == 7)
    #expect(deaths.allSatisfy { $0.of == victim })
    // Two rings of seven probes, one second for the failing probe, suspicion at most 24 s.
    #expect(deaths.allSatisfy { $0.at - crash <= .seconds(40) })
    #expect(deaths.allSatisfy { $0.at - crash >= .seconds(4) })
  }

  @Test("One that comes back after being declared dead is alive in a higher incarnation")
  func comesBack() {
    var group = GossipGroup(6, seed: 5)
    group.run(for: .seconds(5))
    let victim = NodeID(2)
    group.down = [victim]
    group.run(for: .seconds(60))
    #expect(group.nodes[NodeID(0)]?.state(of: victim) == .dead)
    group.down = []
    group.run(for: .seconds(90))
    for node in group.nodes.values { #expect(node.active.count == 6) }
    #expect((group.nodes[victim]?.members[victim]?.incarnation ?? 0) > 1)
  }

  @Test("A farewell is not a death")
  func leaves() {
    var group = GossipGroup(5, seed: 9)
    group.run(for: .seconds(5))
    let leaver = NodeID(1)
    let farewell = group.nodes[leaver]?.step(.leave, at: group.now) ?? []
    for case .entered(let fact) in farewell { #expect(fact == .left(leaver)) }
    group.run(for: .seconds(10))
    #expect(group.nodes[NodeID(0)]?.state(of: leaver) == .left)
    #expect(group.deaths().isEmpty)
  }

  /// Members that others declared dead although they never stood still.
  static func falseDeaths(lifeguard: Bool, seed: UInt64) -> Int {
    var options = GossipOptions.lan
    if !lifeguard { options = options.withoutLifeguard }
    var group = GossipGroup(10, options: options, seed: seed)
    group.run(for: .seconds(5))
    group.lag[NodeID(4)] = .seconds(5)
    let start = group.now
    group.run(for: .seconds(120))
    return group.deaths(since: start).count { $0.of != NodeID(4) }
  }

  @Test("One slow member kills healthy ones without Lifeguard, and far fewer with it")
  func lifeguard() {
    let without = (1...3).map { Self.falseDeaths(lifeguard: false, seed: $0) }.reduce(0, +)
    let with = (1...3).map { Self.falseDeaths(lifeguard: true, seed: $0) }.reduce(0, +)
    #expect(without > 0)
    #expect(with * 4 < without)
  }
}
