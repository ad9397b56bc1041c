import Kernel
import Patterns

/// The nodes of a Redis cluster with a network between them, as a value: the bench can take a copy
/// of everything before each command.
///
/// Messages take a moment drawn from the network's stream. A node that is down takes nothing in; one
/// that is cut off reaches its clients and no other node.
struct RedisNodes: Sendable {
  private struct Event: Sendable {
    let at: Instant
    let number: Int
    let target: NodeID
    let input: RedisClusterNode.Input
  }

  private(set) var nodes: [RedisClusterNode]
  private(set) var now = Instant.zero
  private(set) var facts: [(at: Instant, node: NodeID, fact: RedisClusterNode.Fact)] = []
  private(set) var isDown: [Bool]
  private(set) var isCut: [Bool]
  private var events: [Event] = []
  private var replies: [RedisReply] = []
  private var random: RandomStream
  private var count = 0
  private let latency: ClosedRange<TimeSpan>

  /// `nodes`, which start within a tenth of a second of each other.
  init(_ nodes: [RedisClusterNode], latency: ClosedRange<TimeSpan>, seed: UInt64) {
    self.nodes = nodes
    self.latency = latency
    isDown = nodes.map { _ in false }
    isCut = isDown
    random = RandomStream(seed: seed, name: "network")
    for node in nodes {
      schedule(.started, to: node.node, at: now + random.span(.zero, to: .milliseconds(100)))
    }
  }

  subscript(node: NodeID) -> RedisClusterNode { nodes[node.index] }

  private mutating func schedule(
    _ input: RedisClusterNode.Input, to node: NodeID, at instant: Instant
  ) {
    count += 1
    let event = Event(at: instant, number: count, target: node, input: input)
    let place = events.firstIndex { ($0.at, $0.number) > (event.at, event.number) }
    events.insert(event, at: place ?? events.count)
  }

  private mutating func step(_ node: NodeID, _ input: RedisClusterNode.Input) {
    guard !isDown[node.index] else { return }
    for output in nodes[node.index].step(input, at: now) {
      switch output {
      case .reply(_, let reply): replies.append(reply)
      case .send(let message, let target):
        let delay = random.span(latency.lowerBound, to: latency.upperBound)
        guard !isCut[node.index], !isCut[target.index] else { continue }
        schedule(.message(message, from: node), to: target, at: now + delay)
      case .wakeMe(let at): schedule(.wake, to: node, at: at)
      case .entered(let fact): facts.append((now, node, fact))
      }
    }
  }

  /// Lets everything happen up to `end`.
  mutating func run(until end: Instant) {
    while let event = events.first, event.at <= end {
      events.removeFirst()
      now = event.at
      step(event.target, event.input)
    }
    now = end
  }

  /// Sends a command and waits for its answer, no longer than a second.
  mutating func command(_ words: [String], to node: NodeID, client: Int = 0) -> RedisReply? {
    replies = []
    step(node, .command(client: client, words))
    let end = now + .seconds(1)
    while replies.isEmpty, let event = events.first, event.at <= end {
      events.removeFirst()
      now = event.at
      step(event.target, event.input)
    }
    return replies.first
  }

  /// Tells `node` of `other`.
  mutating func meet(_ node: NodeID, _ other: NodeID) { step(node, .meet(other)) }

  /// Cuts `node` off from all others, but not from its clients.
  mutating func cut(_ node: NodeID) { isCut[node.index] = true }

  /// Lets all nodes reach each other again.
  mutating func mend() { isCut = isCut.map { _ in false } }

  /// The process of `node` dies.
  mutating func stop(_ node: NodeID) {
    isDown[node.index] = true
    events.removeAll { event in
      if case .wake = event.input { return event.target == node }
      return false
    }
  }

  /// The process of `node` comes back with what it knew.
  mutating func start(_ node: NodeID) {
    isDown[node.index] = false
    schedule(.wake, to: node, at: now)
  }

  /// A well-acquainted cluster of `masters` with equal runs of slots, each with `perMaster` replicas.
  static func cluster(
    masters: Int, replicas perMaster: Int, _ options: RedisClusterOptions,
    latency: ClosedRange<TimeSpan>, seed: UInt64
  ) -> RedisNodes {
    let placement = SlotPlacement(
      (0..<masters).map { ShardMember(NodeID($0), name: "\($0)") })
    let runs = (0..<masters).map { index in
      let owned = placement.slots(of: NodeID(index))
      return [(owned.first ?? 0)...(owned.last ?? 0)]
    }
    func master(_ index: Int) -> NodeID? { index < masters ? nil : NodeID(index % masters) }
    let count = masters * (1 + perMaster)
    let nodes = (0..<count).map { index in
      var node = RedisClusterNode(
        NodeID(index), slots: index < masters ? runs[index] : [], options,
        random: RandomStream(seed: seed, name: "redis/\(index)"))
      node.setConfigEpoch(UInt64(index + 1))
      for other in 0..<count where other != index {
        node.know(
          NodeID(other), slots: other < masters ? runs[other] : [], master: master(other),
          configEpoch: UInt64(other + 1), at: .zero)
      }
      if let master = master(index) { node.replicate(master) }
      return node
    }
    return RedisNodes(nodes, latency: latency, seed: seed)
  }
}
