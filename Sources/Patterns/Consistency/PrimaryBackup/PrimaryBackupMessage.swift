import Kernel

/// A write in the log of a primary and its backups.
public struct PrimaryBackupEntry: Sendable, Hashable {
  /// The reign in which it was made.
  public let epoch: Int
  /// What the client asked.
  public let request: StoreRequest

  /// A write made in `epoch`.
  public init(epoch: Int, request: StoreRequest) {
    self.epoch = epoch
    self.request = request
  }
}

/// What primary, backups and the monitor tell each other.
public enum PrimaryBackupMessage: Sendable, Hashable {
  /// The primary of `epoch` ships entries that stand behind place `after`, which was made in
  /// `afterEpoch`; everything up to `commit` may be applied.
  case ship(epoch: Int, after: Int, afterEpoch: Int, entries: [PrimaryBackupEntry], commit: Int)
  /// A backup has everything up to this place on disk.
  case shipped(epoch: Int, upTo: Int)
  /// A backup's log differs at the place asked for; it may agree at this place.
  case differs(epoch: Int, tryAfter: Int)
  /// A node belongs to a later epoch than the sender of what it answers.
  case stale(epoch: Int)
  /// A primary reports to the monitor and asks to keep its office.
  case renew(epoch: Int, sentAt: Instant)
  /// The monitor agrees to a report sent at that time of the primary's clock.
  case granted(epoch: Int, sentAt: Instant)
  /// A node that has just started asks who is primary.
  case hello
  /// The monitor says who is primary.
  case appointed(epoch: Int, primary: NodeID)
  /// The monitor asks how far a node's log reaches.
  case howFar(round: Int)
  /// It reaches this far: the epoch of its last entry, and its length.
  case soFar(round: Int, lastEpoch: Int, length: Int)
}
