import Kernel

/// A node that holds a copy of the data: the primary takes writes and ships its log, backups follow.
///
/// The log is the truth: a place in it, with the epoch in which it was made, names a write. A backup
/// that follows a new primary drops what that primary does not have. Whether such a write had been
/// acknowledged is exactly the difference between the kinds of replication.
///
/// Sources: the mechanism is textbook primary-backup replication by log shipping (Alsberg and Day
/// 1976; van Renesse and Guerraoui, "Replication techniques for availability", 2010); leases after
/// Gray and Cheriton (1989).
public struct PrimaryBackupNode: Machine {
  /// What can happen to it.
  public enum Input: Sendable {
    /// The process starts.
    case started
    /// A client asks something.
    case asked(StoreRequest, from: NodeID)
    /// A node of the system says something.
    case received(PrimaryBackupMessage, from: NodeID)
    /// Time to look what is due.
    case wake
  }

  /// What it asks for or states.
  public enum Output: Sendable, Hashable {
    /// Answer a client.
    case reply(StoreReply, to: NodeID)
    /// Send a message.
    case send(PrimaryBackupMessage, to: NodeID)
    /// Wake it at that time.
    case wakeMe(at: Instant)
    /// Write to disk before anything that follows.
    case persist(PrimaryBackupStorage.Record)
    /// Write to disk some time.
    case write(PrimaryBackupStorage.Record)
    /// It took office, or left it.
    case entered(isPrimary: Bool, epoch: Int)
    /// It dropped so many of its own writes because the new primary does not have them.
    case dropped(count: Int, epoch: Int)
  }

  /// How far a backup is known to be.
  struct Progress: Sendable, Hashable {
    let node: NodeID
    /// Where the next shipment begins.
    var next: Int
    /// What it is known to have on disk.
    var matched: Int
  }

  /// A client that waits for its write.
  struct Waiting: Sendable, Hashable {
    let place: Int
    let id: StoreRequest.ID
    let client: NodeID
  }

  /// The node.
  public let id: NodeID
  let options: PrimaryBackupOptions
  /// The epoch that the node belongs to.
  public internal(set) var epoch: Int
  /// Whether it believes to be primary.
  public internal(set) var isPrimary = false
  /// Whom it takes for primary.
  public internal(set) var primary: NodeID?
  /// Every write, in order.
  public internal(set) var log: [PrimaryBackupEntry]
  /// How much of the log has been applied.
  public internal(set) var commit = 0
  /// What the applied part of the log comes to.
  public internal(set) var state = RegisterState()
  /// Until when it may serve as primary, by its own clock.
  public internal(set) var leaseUntil: Instant?
  /// How long its log was when it took office.
  var inherited = 0
  var backups: [Progress] = []
  var waiting: [Waiting] = []
  var dueAt: Instant?

  /// The node `id` with what its disk holds; it does nothing before it is started.
  public init(_ id: NodeID, storage: PrimaryBackupStorage, options: PrimaryBackupOptions) {
    self.id = id
    self.options = options
    epoch = storage.epoch
    log = storage.log
    apply(upTo: storage.commit)
  }

  /// Takes one input at `now`.
  public mutating func step(_ input: Input, at now: Instant) -> [Output] {
    var outputs: [Output] = []
    switch input {
    case .started: start(at: now, &outputs)
    case .asked(let request, let client): take(request, from: client, at: now, &outputs)
    case .received(let message, let sender): take(message, from: sender, at: now, &outputs)
    case .wake: wake(at: now, &outputs)
    }
    return outputs
  }

  /// What must always hold.
  public func checkInvariants() -> InvariantViolation? {
    guard commit <= log.count else {
      return InvariantViolation(
        "applied writes are in the log", witness: "\(id): applied \(commit) of \(log.count)")
    }
    let isInOrder = zip(log, log.dropFirst()).allSatisfy { $0.epoch <= $1.epoch }
    guard isInOrder else {
      return InvariantViolation("epochs grow along the log", witness: "\(id): \(log.map(\.epoch))")
    }
    return nil
  }

  /// The version of the write at `place`, from 1.
  func version(_ place: Int) -> StoreVersion {
    StoreVersion(epoch: place == 0 ? 0 : log[place - 1].epoch, place: place)
  }

  mutating func apply(upTo place: Int) {
    while commit < min(place, log.count) {
      commit += 1
      state.apply(log[commit - 1].request, as: version(commit))
    }
  }

  /// Applies the log anew from its beginning, after some of what was applied has been dropped.
  mutating func rebuild(upTo place: Int) {
    commit = 0
    state = RegisterState()
    apply(upTo: place)
  }
}
