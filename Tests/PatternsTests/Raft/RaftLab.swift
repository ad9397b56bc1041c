import Kernel
import Patterns

/// A cluster on a table: messages lie on the wire until a test delivers, drops or doubles them,
/// timers ring when the test says so, and the audit looks on after every step.
struct RaftLab {
  typealias Node = RaftNode<Int, [Int]>
  typealias Message = RaftMessage<Int, [Int]>
  typealias Storage = RaftStorage<Int, [Int]>

  private(set) var nodes: [Node?]
  private(set) var disks: [Storage]
  /// What each state machine has applied.
  private(set) var applied: [[Int]]
  private(set) var wakes: [Instant?]
  private(set) var facts: [[Node.Output]]
  var wire: [Message] = []
  var now = Instant.zero
  var options: RaftOptions
  let seed: UInt64
  private(set) var audit = RaftAudit<Int, [Int]>()
  private(set) var violation: InvariantViolation?
  /// Whether the plain properties are held against the audit after every step.
  var checksPlainly = false
  /// What the plain properties saw and the audit did not.
  private(set) var missed: InvariantViolation?
  /// What was said and done, for transcripts.
  var log: [String] = []

  init(
    _ count: Int, voters: Int? = nil, seed: UInt64 = 1, options: RaftOptions = RaftOptions(),
    disks given: [Storage]? = nil
  ) {
    let founders = RaftMembership(voters: (0..<(voters ?? count)).map(NodeID.init))
    disks =
      given
      ?? (0..<count).map {
        Storage(founders: $0 < voters ?? count ? founders : .empty)
      }
    self.seed = seed
    self.options = options
    nodes = Array(repeating: nil, count: count)
    applied = Array(repeating: [], count: count)
    wakes = Array(repeating: nil, count: count)
    facts = Array(repeating: [], count: count)
    for node in 0..<count { restart(node) }
  }

  var running: [Node] { nodes.compactMap { $0 } }
  var leaders: [Int] { nodes.indices.filter { nodes[$0]?.role == .leader } }

  /// The leader of the highest term, if there is one.
  var leader: Int? { leaders.max { nodes[$0]?.term ?? 0 < nodes[$1]?.term ?? 0 } }

  mutating func crash(_ node: Int) {
    nodes[node] = nil
    wakes[node] = nil
  }

  mutating func restart(_ node: Int) {
    let stream = RandomStream(seed: seed, name: "raft/\(node)/\(now.nanoseconds)")
    nodes[node] = Node(NodeID(node), storage: disks[node], options: options, random: stream)
    applied[node] = []
    audit.restarted(NodeID(node))
    step(node, .started)
  }

  mutating func step(_ node: Int, _ input: Node.Input) {
    guard var machine = nodes[node], violation == nil else { return }
    let outputs = machine.step(input, at: now)
    nodes[node] = machine
    for output in outputs { carryOut(output, of: node) }
    violation = machine.checkInvariants() ?? audit.observe(machine, among: nodes)
    if violation == nil, checksPlainly { missed = missed ?? RaftProperties.all(running) }
  }

  private mutating func carryOut(_ output: Node.Output, of node: Int) {
    switch output {
    case .persist(let write):
      disks[node].write(write)
      log.append("#\(node) writes \(Self.text(write))")
    case .send(let message):
      wire.append(message)
      log.append("\(message)")
    case .wakeMe(let at): wakes[node] = at
    case .apply(let entry):
      if let command = entry.command { applied[node].append(command) }
      log.append("#\(node) applies \(entry)")
    case .restore(let snapshot): applied[node] = snapshot.image
    case .entered(let role, let term):
      facts[node].append(output)
      log.append("#\(node) is \(role.rawValue) in term \(term)")
    case .accepted, .forwarded, .refused, .readReady, .readRefused, .follows:
      facts[node].append(output)
    }
  }

  private static func text(_ write: RaftWrite<Int, [Int]>) -> String {
    var parts: [String] = []
    if let state = write.hardState {
      let vote = state.vote.map { ", vote \($0)" } ?? ""
      parts.append("term \(state.term)\(vote), commit \(state.commit)")
    }
    if let snapshot = write.snapshot { parts.append("snapshot up to \(snapshot.index)") }
    if !write.entries.isEmpty {
      parts.append("entries " + write.entries.map(\.description).joined(separator: ", "))
    }
    return parts.joined(separator: "; ")
  }

  mutating func forgetFacts() { facts = Array(repeating: [], count: nodes.count) }

  /// Delivers the message at `place` of the wire.
  mutating func deliver(at place: Int) {
    let message = wire.remove(at: place)
    step(message.target.index, .received(message))
  }

  /// Delivers everything, in order, until the wire is empty, except what `isLost` says.
  mutating func settle(losing isLost: (Message) -> Bool = { _ in false }) {
    var patience = 100_000
    while let message = wire.first, patience > 0 {
      patience -= 1
      wire.removeFirst()
      if !isLost(message) { step(message.target.index, .received(message)) }
    }
    precondition(patience > 0, "the cluster does not come to rest")
  }

  /// Lets time pass, timers ring and messages arrive at once, except what `isLost` says.
  mutating func run(for span: TimeSpan, losing isLost: (Message) -> Bool = { _ in false }) {
    let end = now + span
    settle(losing: isLost)
    while let next = wakes.compactMap({ $0 }).min(), next <= end {
      now = max(now, next)
      for node in nodes.indices {
        guard let wake = wakes[node], wake <= now else { continue }
        wakes[node] = nil
        step(node, .wake)
      }
      settle(losing: isLost)
    }
    now = end
  }

  /// Proposes at the leader.
  mutating func propose(_ command: Int) {
    guard let leader else { return }
    step(leader, .proposed(command))
  }

  /// The terms of a node's log, as the figures of the paper draw it.
  func terms(_ node: Int) -> [RaftTerm] { nodes[node]?.log.entries.map(\.term) ?? [] }

  /// A disk whose log has entries of the given terms, the command of each its index.
  static func disk(_ terms: [RaftTerm], of founders: Int, term: RaftTerm, vote: NodeID? = nil)
    -> Storage
  {
    let entries = terms.enumerated().map { place, term in
      RaftEntry<Int>(term: term, index: place + 1, payload: .command(place + 1))
    }
    return Storage(
      founders: RaftMembership(voters: (0..<founders).map(NodeID.init)),
      hardState: RaftHardState(term: term, vote: vote), entries: entries)
  }
}
