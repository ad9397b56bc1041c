import Kernel

/// A state that servers keep alike by applying the same commands in the same order.
public protocol ReplicatedStore: Sendable, Hashable {
  /// A change.
  associatedtype Command: Sendable, Hashable
  /// Applies the command that stands at `index` of the log.
  mutating func apply(_ command: Command, at index: Int)
}

/// A command with the mark of the server that proposed it, so that it knows when it is done.
public struct StampedCommand<Command: Sendable & Hashable>: Sendable, Hashable {
  /// The server that proposed it.
  public let origin: NodeID
  /// That server's number for it.
  public let ticket: Int
  /// The change.
  public let command: Command
}

/// One server's copy of a replicated store: the Raft node, the state it drives, and the writes and
/// reads that wait for it.
///
/// A write that no leader takes is held and tried again until its time is up; one that was taken
/// and times out may still be applied later, and nobody can tell: that is Raft's bargain.
public struct StoreReplica<Store: ReplicatedStore>: Sendable, Equatable {
  /// The kind of Raft node.
  public typealias Node = RaftNode<StampedCommand<Store.Command>, Store>

  /// What follows from an input.
  public enum Event: Sendable, Hashable {
    /// Write to disk before anything that follows.
    case persist(RaftWrite<StampedCommand<Store.Command>, Store>)
    /// Send a message of Raft.
    case send(Node.Message)
    /// Wake the replica at that time.
    case wakeMe(at: Instant)
    /// A command was applied to the state at an index.
    case applied(Store.Command, index: Int)
    /// The write of that ticket is committed and applied here.
    case written(Int)
    /// The read of that ticket may be answered from the state as it is.
    case readable(Int)
    /// The write or read of that ticket came to nothing in time.
    case failed(Int)
    /// The node has a new role.
    case entered(RaftRole, term: Int)
    /// The node follows another leader, or none.
    case follows(NodeID?)
  }

  private enum Wait: Sendable, Hashable {
    case write(Store.Command)
    case read
  }

  private struct Ticket: Sendable, Hashable {
    var number: Int
    var wait: Wait
    var isHeld: Bool
  }

  private enum Timer: Sendable, Hashable {
    case raft
    case ticket(Int)
  }

  /// The Raft node.
  public private(set) var raft: Node
  /// The state.
  public private(set) var store: Store
  private let patience: TimeSpan
  private var tickets: [Ticket] = []
  private var nextTicket = 0
  private var timers = DueTimers<Timer>()

  /// A replica that has not started; `patience` is how long a write or read is held.
  public init(
    _ me: NodeID, storage: RaftStorage<StampedCommand<Store.Command>, Store>, empty: Store,
    options: RaftOptions, patience: TimeSpan, random: RandomStream
  ) {
    raft = Node(me, storage: storage, options: options, random: random)
    store = empty
    self.patience = patience
  }

  /// Whether this server leads.
  public var isLeader: Bool { raft.role == .leader }

  /// How long ago this server last heard from a leader; no time at all for the leader itself.
  public func lastContact(at now: Instant) -> TimeSpan {
    if isLeader { return .zero }
    return raft.leaderHeardAt.map { now - $0 } ?? now - .zero
  }

  /// Starts the node; tickets are numbered from a point that no former life reached.
  public mutating func start(at now: Instant) -> [Event] {
    nextTicket = Int(now.nanoseconds)
    return drive(.started, at: now)
  }

  /// Takes a message of Raft.
  public mutating func receive(_ message: Node.Message, at now: Instant) -> [Event] {
    drive(.received(message), at: now)
  }

  /// Runs what is due.
  public mutating func wake(at now: Instant) -> [Event] {
    timers.woke(at: now)
    var events: [Event] = []
    while let timer = timers.popDue(at: now) {
      switch timer {
      case .raft: events += translate(raft.step(.wake, at: now), refused: nil)
      case .ticket(let number):
        tickets.removeAll { $0.number == number }
        events.append(.failed(number))
      }
    }
    events += release(at: now)
    askForWake(&events)
    return events
  }

  /// Proposes a command; the ticket comes back in `written` or `failed`.
  public mutating func write(
    _ command: Store.Command, at now: Instant
  ) -> (ticket: Int, events: [Event]) {
    open(.write(command), at: now)
  }

  /// Asks for a linearizable read; the ticket comes back in `readable` or `failed`.
  public mutating func read(at now: Instant) -> (ticket: Int, events: [Event]) {
    open(.read, at: now)
  }

  private mutating func open(_ wait: Wait, at now: Instant) -> (ticket: Int, events: [Event]) {
    nextTicket += 1
    let number = nextTicket
    tickets.append(Ticket(number: number, wait: wait, isHeld: true))
    timers.set(.ticket(number), at: now + patience)
    var events = release(at: now)
    askForWake(&events)
    return (number, events)
  }

  /// Hands held tickets to the node, while it knows a leader.
  private mutating func release(at now: Instant) -> [Event] {
    var events: [Event] = []
    // A read under a lease is over at once, so that tickets go while they are handed out.
    for ticket in tickets where ticket.isHeld && raft.leader != nil {
      let number = ticket.number
      guard let place = tickets.firstIndex(where: { $0.number == number }) else { continue }
      tickets[place].isHeld = false
      switch ticket.wait {
      case .write(let command):
        let stamped = StampedCommand(origin: raft.id, ticket: number, command: command)
        events += translate(raft.step(.proposed(stamped), at: now), refused: number)
      case .read: events += translate(raft.step(.read(number), at: now), refused: number)
      }
    }
    return events
  }

  private mutating func drive(_ input: Node.Input, at now: Instant) -> [Event] {
    var events = translate(raft.step(input, at: now), refused: nil)
    events += release(at: now)
    askForWake(&events)
    return events
  }

  private mutating func translate(_ outputs: [Node.Output], refused ticket: Int?) -> [Event] {
    var events: [Event] = []
    for output in outputs {
      switch output {
      case .persist(let write): events.append(.persist(write))
      case .send(let message): events.append(.send(message))
      case .wakeMe(let instant): timers.set(.raft, at: min(instant, timers.due(.raft) ?? instant))
      case .apply(let entry): apply(entry, &events)
      case .restore(let snapshot): store = snapshot.image
      case .refused: hold(ticket)
      case .readRefused(let number): hold(number)
      case .readReady(let number, _):
        if close(number) { events.append(.readable(number)) }
      case .entered(let role, let term): events.append(.entered(role, term: term))
      case .follows(let leader, _): events.append(.follows(leader))
      case .accepted, .forwarded: break
      }
    }
    return events
  }

  private mutating func apply(
    _ entry: RaftEntry<StampedCommand<Store.Command>>, _ events: inout [Event]
  ) {
    guard let stamped = entry.command else { return }
    store.apply(stamped.command, at: entry.index)
    events.append(.applied(stamped.command, index: entry.index))
    if stamped.origin == raft.id, close(stamped.ticket) {
      events.append(.written(stamped.ticket))
    }
  }

  /// Forgets a ticket that came to its end; false when it was forgotten before.
  private mutating func close(_ number: Int) -> Bool {
    guard let place = tickets.firstIndex(where: { $0.number == number }) else { return false }
    tickets.remove(at: place)
    timers.cancel(.ticket(number))
    return true
  }

  private mutating func hold(_ number: Int?) {
    guard let place = tickets.firstIndex(where: { $0.number == number }) else { return }
    tickets[place].isHeld = true
  }

  private mutating func askForWake(_ events: inout [Event]) {
    if let instant = timers.wakeUp() { events.append(.wakeMe(at: instant)) }
  }
}
