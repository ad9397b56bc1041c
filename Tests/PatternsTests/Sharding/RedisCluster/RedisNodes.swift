import Kernel

@testable import Patterns

/// A few Redis nodes with a network between them that delivers at once or after a moment.
struct RedisNodes {
  private struct Event {
    let at: Instant
    let number: Int
    let target: NodeID
    let input: RedisClusterNode.Input
  }

  private(set) var nodes: [RedisClusterNode]
  private(set) var now = Instant.zero
  private(set) var facts: [(at: Instant, node: NodeID, fact: RedisClusterNode.Fact)] = []
  private(set) var isDown: [Bool]
  private var events: [Event] = []
  private var replies: [RedisReply] = []
  private var random: RandomStream
  private var count = 0
  /// Nodes that no message reaches or leaves.
  private var isCut: Set<NodeID> = []
  private let latency: ClosedRange<TimeSpan>

  init(_ nodes: [RedisClusterNode], latency: ClosedRange<TimeSpan>, seed: UInt64) {
    self.nodes = nodes
    self.latency = latency
    isDown = nodes.map { _ in false }
    random = RandomStream(seed: seed, name: "network")
    for node in nodes {
      // The processes start within a tenth of a second of each other.
      schedule(.started, to: node.node, at: now + random.span(.zero, to: .milliseconds(100)))
    }
  }

  private mutating func schedule(
    _ input: RedisClusterNode.Input, to node: NodeID, at instant: Instant
  ) {
    count += 1
    let event = Event(at: instant, number: count, target: node, input: input)
    let place = events.firstIndex { ($0.at, $0.number) > (event.at, event.number) }
    events.insert(event, at: place ?? events.count)
  }

  private mutating func step(_ node: NodeID, _ input: RedisClusterNode.Input) {
    guard !isDown[node.index] else {
      // A process that stands still or is dead takes nothing; its chores go on when it is back.
      return
    }
    for output in nodes[node.index].step(input, at: now) {
      switch output {
      case .reply(_, let reply): replies.append(reply)
      case .send(let message, let target):
        if isCut.contains(node) || isCut.contains(target) { continue }
        let delay = random.span(latency.lowerBound, to: latency.upperBound)
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

  mutating func meet(_ node: NodeID, _ other: NodeID) { step(node, .meet(other)) }

  /// Cuts `node` off from all others, but not from its clients.
  mutating func cut(_ node: NodeID) { isCut.insert(node) }

  mutating func mend() { isCut = [] }

  mutating func stop(_ node: NodeID) {
    isDown[node.index] = true
    events.removeAll { event in
      if case .wake = event.input { return event.target == node }
      return false
    }
  }

  /// Brings a node back with what it knew.
  mutating func start(_ node: NodeID) {
    isDown[node.index] = false
    schedule(.wake, to: node, at: now)
  }

  subscript(node: NodeID) -> RedisClusterNode { nodes[node.index] }
}
