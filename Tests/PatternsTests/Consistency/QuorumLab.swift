import Kernel

@testable import Patterns

/// Nodes of a leaderless store, their disks, and a network that can be cut and that takes its time.
struct QuorumLab {
  struct Letter {
    let at: Instant
    let number: Int
    let from: NodeID
    let to: NodeID
    let message: QuorumMessage
  }

  let options: QuorumOptions
  var nodes: [QuorumNode?]
  var disks: [QuorumStorage]
  var letters: [Letter] = []
  var now = Instant.zero
  var cut: Set<NodeID> = []
  var count = 0
  var life = 0
  var replies: [(reply: StoreReply, siblings: [QuorumValue], context: VersionVector)] = []
  var facts: [QuorumNode.Output] = []
  var violation: InvariantViolation?
  var random: RandomStream

  init(seed: UInt64 = 1, nodes count: Int = 3, _ change: (inout QuorumOptions) -> Void = { _ in }) {
    var options = QuorumOptions(nodes: (0..<count).map(NodeID.init), tombstoneLife: .hours(1))
    change(&options)
    self.options = options
    random = RandomStream(seed: seed, name: "quorum")
    disks = [QuorumStorage](repeating: QuorumStorage(), count: count)
    nodes = [QuorumNode?](repeating: nil, count: count)
    for place in 0..<count { start(place) }
  }

  mutating func start(_ place: Int) {
    life += 1
    nodes[place] = QuorumNode(
      NodeID(place), storage: disks[place], life: life, options: options)
    step(place, .started)
  }

  mutating func crash(_ place: Int) { nodes[place] = nil }

  mutating func step(_ place: Int, _ input: QuorumNode.Input) {
    guard var node = nodes[place] else { return }
    let outputs = node.step(input, at: now)
    nodes[place] = node
    if violation == nil { violation = node.checkInvariants() }
    for output in outputs {
      switch output {
      case .reply(let reply, let siblings, let context, _):
        replies.append((reply, siblings, context))
      case .send(let message, let target):
        guard !cut.contains(NodeID(place)), !cut.contains(target) else { continue }
        count += 1
        let delay = random.span(.milliseconds(1), to: .milliseconds(5))
        letters.append(
          Letter(
            at: now + delay, number: count, from: NodeID(place), to: target, message: message))
      case .wakeMe: break
      case .persist(let record): disks[place].apply(record)
      case .suspects, .handsOff, .refusesHint, .forgets: facts.append(output)
      }
    }
  }

  /// Lets time pass; nodes look at their timers every 100 ms.
  mutating func run(_ span: TimeSpan) {
    let end = now + span
    var tick = now
    while now < end {
      tick += .milliseconds(100)
      while let next = letters.min(by: { ($0.at, $0.number) < ($1.at, $1.number) }),
        next.at <= tick
      {
        letters.removeAll { $0.number == next.number }
        now = next.at
        guard !cut.contains(next.to) else { continue }
        step(next.to.index, .received(next.message, from: next.from))
      }
      now = tick
      for place in nodes.indices { step(place, .wake) }
    }
  }

  /// Asks `place` and lets time pass; nil when nobody answered.
  mutating func ask(
    _ place: Int, _ action: StoreAction, key: Int = 1, context: VersionVector = VersionVector(),
    clock: Instant? = nil, atLeast: StoreVersion? = nil, client: Int = 9
  ) -> StoreResult? {
    count += 1
    let id = StoreRequest.ID(client: NodeID(client), number: count)
    let request = StoreRequest(id: id, key: key, action: action, atLeast: atLeast, madeAt: clock)
    step(place, .asked(request, context: context, from: NodeID(client)))
    run(.milliseconds(100))
    return replies.last { $0.reply.id == id }?.reply.result
  }

  /// What a read through `place` shows; nil when there was no answer.
  mutating func read(_ place: Int, key: Int = 1) -> Int?? {
    guard case .holds(let value, _)? = ask(place, .read, key: key) else { return nil }
    return .some(value)
  }

  /// What one replica holds by itself.
  func held(_ place: Int, key: Int = 1) -> Int? {
    nodes[place]?.cells[key]?.values.first { $0.deletedAt == nil }?.value
  }
}

extension StoreResult {
  var isWritten: Bool { if case .written = self { true } else { false } }
}
