import Kernel
import Patterns

/// Three brokers with a quorum queue, joined by a network that delays, loses and cuts, and that can
/// be crashed one by one.
struct RabbitClusterLab {
  struct Letter {
    let message: RabbitPeerMessage
    let source: Int
    let target: Int
    let due: Instant
    let number: Int
  }

  var brokers: [RabbitBroker?] = [nil, nil, nil]
  var disks = [RabbitDisk(), RabbitDisk(), RabbitDisk()]
  var now = Instant.zero
  var replies: [(reply: RabbitReply, channel: RabbitChannelID, node: Int)] = []
  var facts: [(fact: RabbitFact, node: Int)] = []
  /// The broker that the others cannot reach.
  var cutOff: Int?
  var loss = 0.0
  var violation: InvariantViolation?
  let options: RabbitBrokerOptions
  private var lives = [0, 0, 0]
  private var letters: [Letter] = []
  private var wakes: [(node: Int, at: Instant)] = []
  private var random: RandomStream
  private var sent = 0
  /// When the last message of each link arrives: links keep order, as connections do.
  private var latest = [Instant](repeating: .zero, count: 9)
  private var audit = RaftAudit<RabbitQuorumCommand, RabbitQuorumState>()

  init(
    _ arguments: RabbitQueueArguments = RabbitQueueArguments(.quorum), seed: UInt64,
    shortcuts: Set<RabbitShortcut> = [], snapshotInterval: Int = 50,
    netTickTime: TimeSpan = .seconds(4)
  ) {
    random = RandomStream(seed: seed, name: "cluster")
    let nodes = (0..<3).map(NodeID.init)
    let definitions = RabbitBrokerOptions.Definitions(queues: [
      .init("q", arguments, home: NodeID(0)),
      .init("dead", RabbitQueueArguments(.quorum), home: NodeID(0)),
    ])
    var raft = RaftOptions(
      heartbeatInterval: .milliseconds(50), electionTimeout: .milliseconds(300))
    raft.trailingEntries = 5
    options = RabbitBrokerOptions(
      nodes: nodes, definitions: definitions, raft: raft, snapshotInterval: snapshotInterval,
      resendInterval: .milliseconds(400), netTickTime: netTickTime, shortcuts: shortcuts)
    for node in 0..<3 { start(node) }
    pass(.seconds(2))
  }

  mutating func start(_ node: Int) {
    guard brokers[node] == nil else { return }
    audit.restarted(NodeID(node))
    brokers[node] = RabbitBroker(
      NodeID(node), disk: disks[node], options: options, life: lives[node],
      random: RandomStream(seed: 7, name: "broker/\(node)/\(lives[node])"))
    lives[node] += 1
    step(node, .started)
  }

  mutating func crash(_ node: Int) {
    guard brokers[node] != nil else { return }
    brokers[node] = nil
    wakes.removeAll { $0.node == node }
    for other in 0..<3 where other != node && cutOff != node && cutOff != other {
      step(other, .nodeDown(NodeID(node)))
    }
  }

  mutating func step(_ node: Int, _ input: RabbitBroker.Input) {
    guard let outputs = brokers[node]?.step(input, at: now) else { return }
    for output in outputs {
      switch output {
      case .reply(let reply, let channel): replies.append((reply, channel, node))
      case .persist(let record), .write(let record): disks[node].apply(record)
      case .wakeMe(let instant): wakes.append((node, instant))
      case .entered(let fact): facts.append((fact, node))
      case .send(let message, let target):
        if random.chance(loss) { continue }
        let delay = random.span(.milliseconds(1), to: .milliseconds(20))
        let link = node * 3 + target.index
        latest[link] = max(latest[link], now + delay)
        letters.append(
          Letter(
            message: message, source: node, target: target.index, due: latest[link],
            number: sent))
        sent += 1
      }
    }
    violation = violation ?? brokers[node]?.checkInvariants()
    if let raft = brokers[node]?.raftNode(of: "q") {
      let members = brokers.map { $0?.raftNode(of: "q") }
      violation = violation ?? audit.observe(raft, among: members)
    }
  }

  mutating func pass(_ span: TimeSpan) {
    let end = now + span
    var budget = 20_000
    while violation == nil {
      budget -= 1
      if budget == 0 {
        violation = InvariantViolation(
          "messages come to an end", witness: "\(letters.count) are under way at \(now)")
      }
      let letter = letters.indices.min {
        (letters[$0].due, letters[$0].number) < (letters[$1].due, letters[$1].number)
      }
      let wake = wakes.indices.min {
        (wakes[$0].at, wakes[$0].node) < (wakes[$1].at, wakes[$1].node)
      }
      let letterDue = letter.map { letters[$0].due } ?? .distantFuture
      let wakeDue = wake.map { wakes[$0].at } ?? .distantFuture
      guard min(letterDue, wakeDue) <= end else { break }
      now = max(now, min(letterDue, wakeDue))
      if letterDue <= wakeDue, let letter {
        let arrived = letters.remove(at: letter)
        if cutOff == arrived.source || cutOff == arrived.target { continue }
        step(arrived.target, .heard(arrived.message, from: NodeID(arrived.source)))
      } else if let wake {
        let node = wakes.remove(at: wake).node
        step(node, .wake)
      }
    }
    now = end
  }

  /// The broker that leads the queue.
  var leader: Int? {
    brokers.indices.first { brokers[$0]?.raftNode(of: "q")?.role == .leader }
  }
}
