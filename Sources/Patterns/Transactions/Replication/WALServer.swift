import Kernel

/// A database server seen through its write-ahead log: a primary that streams it, or a standby that
/// receives, flushes and applies it.
///
///     INSERT ──▶ log ──flush──▶ send ──▶ write ──▶ flush ──▶ apply     on the standby
///        ◀── answer when the level's position is reached ──◀──┘
///
/// Only what is safe on the primary's disk is sent. A commit is visible to others when its wait is
/// over; a wait that is cancelled leaves it committed, with a warning. **What was flushed outlives a
/// crash; what was not may be gone, whatever the client was told at level off. A promoted standby
/// has what it received, and goes on from there on a timeline of its own.**
///
/// Left out: what is in the records besides one row each, checkpoints, slots and archives,
/// cascading, two standbys of one name; a standby that was ahead of a new primary
/// cannot follow it and must be rebuilt (pg_rewind). Source:
/// PostgreSQL 15 documentation, chapters 27 and 30; behaviour compared with recordings of 15.18.
public struct WALServer: Machine {
  /// What a server is at the moment.
  public enum Role: String, Sendable, Hashable {
    /// Takes writes.
    case primary
    /// Follows a primary and answers reads only.
    case standby
  }

  /// One record: the commit of one inserted row.
  public struct Record: Sendable, Hashable {
    /// The timeline it was written on, from 1; a promotion begins the next.
    public let timeline: Int
    /// The row.
    public let row: Int

    /// A record.
    public init(timeline: Int, row: Int) {
      self.timeline = timeline
      self.row = row
    }
  }

  /// What can happen to a server.
  public enum Input: Sendable, Hashable {
    /// A session inserts a row in a transaction of its own.
    case insert(Int, SessionID, SynchronousCommit)
    /// The disk has everything up to this position.
    case flushed(Int)
    /// Records arrived from the primary, the first of them at position `after` + 1.
    case received([Record], after: Int)
    /// A standby reports how far it is; the first report connects it.
    case report(String, WALPositions)
    /// A standby's connection is gone.
    case disconnected(String)
    /// Somebody cancels a session's wait.
    case cancel(SessionID)
    /// `synchronous_standby_names` is read anew.
    case reload(SynchronousStandbys)
    /// Applying stops, or goes on.
    case pauseReplay(Bool)
    /// A standby becomes a primary.
    case promote
    /// The process died and starts again from its disk.
    case restarted
    /// A wake-up that was asked for, or any other.
    case wake
  }

  /// What a server asks for or states.
  public enum Output: Sendable, Hashable {
    /// Make everything up to this position safe on disk, then say so.
    case flush(Int)
    /// Send records that follow the position `after`.
    case send([Record], after: Int, to: String)
    /// Report to the primary.
    case report(WALPositions)
    /// The answer to a session.
    case reply(SessionID, StatementReply)
    /// A session was told that its commit may not be on the standbys, though it is on this server.
    case warning(SessionID, String)
    /// Wake the machine at that time.
    case wakeMe(at: Instant)
  }

  struct Commit: Sendable, Hashable {
    let session: SessionID
    let position: Int
    let level: SynchronousCommit
  }

  /// A connected standby, and how far it was sent the log.
  struct Follower: Sendable, Hashable {
    let name: String
    /// Where the process that sends to it stands among all such: the first place that was free.
    let place: Int
    var positions: WALPositions
    var sent: Int
  }

  /// The name, as standbys are listed by.
  public let name: String
  /// What it is at the moment.
  public internal(set) var role: Role
  /// The settings.
  public private(set) var options: WALOptions
  /// The timeline that it writes, or last received, on.
  public internal(set) var timeline = 1
  /// The log as written so far.
  public internal(set) var log: [Record] = []
  /// How far it is itself.
  public internal(set) var positions = WALPositions()
  /// Commits in the log that are not visible yet.
  var waiting: [Commit] = []
  /// How far enough standbys were when one of those that count last said something.
  var released = WALPositions()
  /// Sorted by their places.
  var followers: [Follower] = []
  var flushAsked = 0
  var isReplayPaused = false
  var timers = DueTimers<Int>()
  static let flushTimer = 0
  static let reportTimer = 1

  /// A server with an empty log.
  public init(_ name: String, _ role: Role, options: WALOptions = WALOptions()) {
    self.name = name
    self.role = role
    self.options = options
  }

  /// Takes one input at `now` and returns what follows.
  public mutating func step(_ input: Input, at now: Instant) -> [Output] {
    var outputs: [Output] = []
    switch input {
    case .insert(let row, let session, let level):
      insert(row, session, level, at: now, &outputs)
    case .flushed(let position): note(flushed: position, &outputs)
    case .received(let records, let after): take(records, after: after, at: now, &outputs)
    case .report(let standby, let positions): note(standby, positions, &outputs)
    case .disconnected(let standby): followers.removeAll { $0.name == standby }
    case .cancel(let session): cancel(session, &outputs)
    case .reload(let standbys):
      options.synchronousStandbys = standbys
      if standbys.names.isEmpty { release(&outputs) }
    case .pauseReplay(let isPaused):
      isReplayPaused = isPaused
      apply(&outputs)
    case .promote: promote()
    case .restarted: restart()
    case .wake:
      timers.woke(at: now)
      while let due = timers.popDue(at: now) {
        switch due {
        case Self.flushTimer: askFlush(&outputs)
        default:
          outputs.append(.report(positions))
          timers.set(Self.reportTimer, at: now + options.walReceiverStatusInterval)
        }
      }
    }
    if let instant = timers.wakeUp() { outputs.append(.wakeMe(at: instant)) }
    return outputs
  }

  /// The rows that a query on this server sees, in the order of their commits.
  public var visibleRows: [Int] {
    switch role {
    case .standby: log.prefix(positions.apply).map(\.row)
    case .primary:
      log.enumerated().filter { place, _ in
        !waiting.contains { $0.position == place + 1 }
      }.map(\.element.row)
    }
  }

  /// What each connected standby is to commits here, sorted by name.
  public var standbyStates: [(name: String, state: SynchronousStandbys.State)] {
    let names = followers.map(\.name)
    return zip(names, options.synchronousStandbys.states(names)).map { (name: $0, state: $1) }
      .sorted { $0.name < $1.name }
  }

  /// Whether a standby that has received this log can go on with that of `primary`: not if it has
  /// more of its timeline than the primary took over, or a later timeline.
  public func canFollow(_ primary: WALServer) -> Bool {
    timeline <= primary.timeline
      && log.count <= primary.log.count { $0.timeline <= timeline }
  }

  /// Where this server's log and another's part: the position of the first record that only one of
  /// them has or that differs; nil when one begins the other.
  public func parting(from other: WALServer) -> Int? {
    zip(log, other.log).enumerated().first { $0.element.0 != $0.element.1 }.map { $0.offset + 1 }
  }
}

extension WALServer {
  /// Finds the first invariant that does not hold in this state, or nil.
  public func checkInvariants() -> InvariantViolation? {
    guard positions.flush <= positions.write, positions.write == log.count else {
      return InvariantViolation("log positions", witness: "\(positions) of \(log.count) records")
    }
    if role == .standby, positions.apply > positions.flush {
      return InvariantViolation(
        "applied after flushed", witness: "\(positions.apply) applied, \(positions.flush) flushed")
    }
    if let standby = followers.first(where: { $0.sent > positions.flush }) {
      return InvariantViolation(
        "sent after flushed", witness: "\(standby.sent) sent, \(positions.flush) flushed")
    }
    return nil
  }
}
