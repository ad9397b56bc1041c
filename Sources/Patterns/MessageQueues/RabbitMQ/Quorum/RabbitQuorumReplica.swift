import Kernel

/// A broker's replica of a quorum queue: the Raft node and the state its log drives.
struct RabbitQuorumReplica: Sendable, Equatable {
  typealias Raft = RaftNode<RabbitQuorumCommand, RabbitQuorumState>

  let arguments: RabbitQueueArguments
  let members: [NodeID]
  var raft: Raft
  var state: RabbitQuorumState
  var snapshotIndex = 0
  /// When each broker that talks to the queue was last heard, as far as this replica leads.
  var heard: [NodeID: Instant] = [:]

  init(_ arguments: RabbitQueueArguments, members: [NodeID], raft: Raft) {
    self.arguments = arguments
    self.members = members
    self.raft = raft
    state = RabbitQuorumState(arguments)
  }
}

/// What a broker has asked of a quorum queue and not heard about yet.
struct RabbitQuorumClient: Sendable, Equatable {
  /// Who waits for the result of a command.
  enum Waiter: Sendable, Hashable {
    case publish(RabbitChannelID, sequence: Int)
    case get(RabbitChannelID, autoAck: Bool)
    case consume(RabbitHolder)
    case purge(RabbitChannelID)
    case nobody
  }

  struct Pending: Sendable, Equatable {
    let number: Int
    let action: RabbitQuorumCommand.Action
    let waiter: Waiter
  }

  private(set) var session: RabbitSession
  var pending: [Pending] = []
  var nextNumber = 1
  /// The broker that is thought to lead.
  var leader: NodeID?
  /// Up to which number deliveries arrived.
  var received = 0
  /// What `received` was when a command last carried it.
  var toldReceived = 0
  /// Deliveries that arrived before their turn.
  var early: [RabbitQuorumDelivery] = []
  /// Whether the queue has served this session.
  var isKnown = false

  init(_ session: RabbitSession, leader: NodeID?) {
    self.session = session
    self.leader = leader
  }

  mutating func add(_ action: RabbitQuorumCommand.Action, for waiter: Waiter) -> Pending {
    let pending = Pending(number: nextNumber, action: action, waiter: waiter)
    nextNumber += 1
    self.pending.append(pending)
    return pending
  }

  mutating func command(_ pending: Pending) -> RabbitQuorumCommand {
    toldReceived = received
    return RabbitQuorumCommand(
      session, number: pending.number,
      lowestPending: self.pending.first?.number ?? pending.number, receivedUpTo: received,
      pending.action)
  }

  /// Takes out a command whose result is known; nil when it was known before.
  mutating func finish(_ number: Int) -> Pending? {
    guard let place = pending.firstIndex(where: { $0.number == number }) else { return nil }
    return pending.remove(at: place)
  }

  /// Begins a new session after the queue has given this one up: what is still wanted is asked
  /// under new numbers, deliveries are counted from the start.
  mutating func startAnew() {
    session = RabbitSession(session.node, life: session.life, attempt: session.attempt + 1)
    received = 0
    toldReceived = 0
    early = []
    isKnown = false
    nextNumber = 1
    let wanted = pending.filter { pending in
      switch pending.action {
      case .enqueue, .get, .purge: true
      case .consume, .cancel, .settle, .forget, .note, .nodeDown: false
      }
    }
    pending = []
    for old in wanted { _ = add(old.action, for: old.waiter) }
  }

  /// The deliveries that can be given to consumers now that `delivery` has arrived.
  mutating func receive(_ delivery: RabbitQuorumDelivery) -> [RabbitQuorumDelivery] {
    isKnown = true
    guard delivery.number > received, !early.contains(where: { $0.number == delivery.number })
    else { return [] }
    early.append(delivery)
    early.sort { $0.number < $1.number }
    var ready: [RabbitQuorumDelivery] = []
    while let first = early.first, first.number == received + 1 {
      received += 1
      ready.append(early.removeFirst())
    }
    return ready
  }
}
