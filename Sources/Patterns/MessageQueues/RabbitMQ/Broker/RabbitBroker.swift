import Kernel

/// A RabbitMQ broker: exchanges, queues and channels, alone or in a cluster with quorum queues.
///
///     publish ──▶ exchange ──bindings──▶ queue ──prefetch──▶ consumer ──▶ ack, nack, reject
///        ▲                                 │ dead                            │
///        └── confirm, return, refuse       └──▶ dead-letter exchange ◀───────┘
///
/// A classic queue lives on one broker, and its durable part on that broker's disk. A quorum queue
/// has a replica on every broker of `options.nodes`: each is a Raft node of its own, and a broker
/// whose channel uses the queue talks to the leader, asks again until it hears the result, and
/// finds the next leader. **A confirmation means that the message is on disk, or on the disks of a
/// majority; a delivery belongs to one consumer until it is settled; what is not settled when its
/// channel closes goes back.**
///
/// Left out: virtual hosts, permissions, policies, streams, exclusive and auto-delete queues,
/// queue expiry, consumer priorities, single active consumers, `CC` and `BCC`, transactions,
/// alarms and connection blocking, the delivery acknowledgement timeout. A client of a classic
/// queue is connected to the broker that has it; declarations reach the other brokers without a metadata
/// store. A quorum queue refuses exactly at its limit, where RabbitMQ may overshoot.
/// Sources: rabbitmq/rabbitmq-website, docs (confirms, consumers, dlx, maxlen, priority, ttl,
/// quorum-queues); behaviour compared with recordings of version 3.10.8.
public struct RabbitBroker: Machine {
  /// What can happen to a broker.
  public enum Input: Sendable, Hashable {
    /// The process starts, also after a crash.
    case started
    /// A client's request arrived.
    case received(RabbitMethod, on: RabbitChannelID)
    /// A client's connections up to this number are gone, with their channels.
    case disconnected(NodeID, upTo: Int)
    /// Another broker said something.
    case heard(RabbitPeerMessage, from: NodeID)
    /// Another broker's process is known to be gone.
    case nodeDown(NodeID)
    /// A wake-up that was asked for, or any other.
    case wake
  }

  /// What a broker asks for or states, in the order to carry it out.
  public enum Output: Sendable, Hashable {
    /// Tell a client.
    case reply(RabbitReply, to: RabbitChannelID)
    /// Tell another broker.
    case send(RabbitPeerMessage, to: NodeID)
    /// Write to disk before anything that follows is done.
    case persist(RabbitDisk.Record)
    /// Write to disk some time.
    case write(RabbitDisk.Record)
    /// Wake the machine at that time.
    case wakeMe(at: Instant)
    /// Something changed that is worth telling.
    case entered(RabbitFact)
  }

  enum Timer: Sendable, Hashable {
    case raft(String)
    case expiry(String)
    case resend
  }

  struct Turn {
    let now: Instant
    var outputs: [Output] = []
    /// Writes of classic queues, in order, and whether what comes after must wait for them.
    var records: [(record: RabbitDisk.Record, isAwaited: Bool)] = []
    /// What may be said only after those writes.
    var confirmations: [Output] = []
    /// What Raft nodes are still to be given: the outputs of each input are carried out whole
    /// before the next.
    var feed: [(queue: String, input: RabbitQuorumReplica.Raft.Input)] = []
    var isFeeding = false
  }

  /// The broker's own node.
  public let me: NodeID
  /// The settings.
  public let options: RabbitBrokerOptions
  /// Which of its lives this is.
  public let life: Int
  /// The exchanges and bindings.
  public internal(set) var routing = RabbitRouting()
  /// The names of the queues in the order of declaration.
  public internal(set) var queueNames: [String] = []
  var classic: [String: RabbitQueue] = [:]
  var quorum: [String: RabbitQuorumReplica] = [:]
  var clients: [String: RabbitQuorumClient] = [:]
  var channels: [RabbitChannelID: RabbitChannel] = [:]
  var credit = RabbitCredit()
  var timers = DueTimers<Timer>()
  var random: RandomStream
  /// Brokers whose process is known to be gone.
  var gone: Set<NodeID> = []
  /// Queues that came from the disk, whose Raft nodes start with the broker.
  var restored: [String] = []

  /// A broker that starts or restarts from its disk; its first input is `started`.
  public init(
    _ me: NodeID, disk: RabbitDisk = RabbitDisk(),
    options: RabbitBrokerOptions = RabbitBrokerOptions(), life: Int = 0, random: RandomStream
  ) {
    self.me = me
    self.options = options
    self.life = life
    self.random = random
    restore(disk)
  }

  /// Takes one input at `now` and returns what follows.
  public mutating func step(_ input: Input, at now: Instant) -> [Output] {
    var turn = Turn(now: now)
    switch input {
    case .started: start(&turn)
    case .received(let method, let channel): take(method, on: channel, &turn)
    case .disconnected(let client, let last):
      close({ $0.client == client && $0.connection <= last }, &turn)
    case .heard(let message, let node):
      gone.remove(node)
      hear(message, from: node, &turn)
    case .nodeDown(let node):
      gone.insert(node)
      for name in queueNames { lose(node, from: name, &turn) }
    case .wake:
      timers.woke(at: now)
      while let timer = timers.popDue(at: now) { fire(timer, &turn) }
    }
    return finish(turn)
  }

  private mutating func fire(_ timer: Timer, _ turn: inout Turn) {
    switch timer {
    case .raft(let name): feed(.wake, to: name, &turn)
    case .expiry(let name): expire(name, &turn)
    case .resend: resend(&turn)
    }
  }

  /// Puts a step's outputs in order: what does not wait for the disk, the writes, the rest.
  private mutating func finish(_ turn: Turn) -> [Output] {
    var outputs = turn.outputs
    for (record, isAwaited) in turn.records {
      outputs.append(isAwaited ? .persist(record) : .write(record))
    }
    outputs += turn.confirmations
    setTimers(at: turn.now)
    if let instant = timers.wakeUp() { outputs.append(.wakeMe(at: instant)) }
    return outputs
  }

  private mutating func setTimers(at now: Instant) {
    for name in queueNames {
      guard let expiry = nextExpiry(of: name) else {
        timers.cancel(.expiry(name))
        continue
      }
      // What is due but not gone waits for its entry in the log: ask again only later.
      let isAsked = quorum[name] != nil && expiry <= now
      if isAsked, let due = timers.due(.expiry(name)), due > now { continue }
      let next = isAsked ? now + options.resendInterval : max(now, expiry)
      timers.set(.expiry(name), at: next)
    }
    if !quorum.isEmpty, timers.due(.resend) == nil {
      timers.set(.resend, at: now + options.resendInterval)
    }
  }
}

extension RabbitBroker {
  /// When this broker has to look at the head of a queue again.
  private func nextExpiry(of name: String) -> Instant? {
    if let queue = classic[name] { return queue.nextExpiry }
    guard let replica = quorum[name], replica.raft.role == .leader else { return nil }
    return replica.state.queue.nextExpiry
  }
}

/// What a broker tells its host about itself.
public enum RabbitFact: Sendable, Hashable {
  /// Its replica of a quorum queue has a new role.
  case entered(queue: String, RaftRole, term: Int)
  /// It restored a classic queue with so many messages from its disk.
  case restored(queue: String, messages: Int)
  /// A message died in a queue.
  case died(queue: String, RabbitQueueEntry, RabbitDeath.Reason)
  /// A dead message went to no queue: there is no exchange, no binding, or it turns in a circle.
  case deadEnd(queue: String, RabbitQueueEntry)
  /// A queue refused a publish because it is full.
  case full(queue: String)
  /// A delivery was put back.
  case returned(queue: String, RabbitQueueEntry)
  /// A channel was closed for a mistake.
  case closed(RabbitChannelID, RabbitClosure)
  /// A broker is taken for gone; its channels are forgotten.
  case lost(NodeID)
}
