/// What the disk of a primary, a backup or the monitor keeps.
public struct PrimaryBackupStorage: Sendable, Hashable {
  /// One write to the disk.
  public enum Record: Sendable, Hashable {
    /// The node belongs to this epoch now.
    case epoch(Int)
    /// These entries replace everything behind place `after`.
    case append(after: Int, [PrimaryBackupEntry])
    /// Everything up to this place has been applied.
    case commit(Int)
    /// The monitor has appointed a primary.
    case appointed(epoch: Int, primary: Int)
  }

  /// The epoch that the node belongs to.
  public private(set) var epoch = 1
  /// The log.
  public private(set) var log: [PrimaryBackupEntry] = []
  /// Up to where the log was known to be applied.
  public private(set) var commit = 0
  /// The monitor's last appointment, as the index of a node.
  public private(set) var primary = 0

  /// An empty disk of the first epoch.
  public init() {}

  /// Takes in a write that is durable.
  public mutating func apply(_ record: Record) {
    switch record {
    case .epoch(let epoch): self.epoch = epoch
    case .append(let after, let entries):
      log.removeSubrange(min(after, log.count)...)
      log += entries
      commit = min(commit, log.count)
    case .commit(let place): commit = min(place, log.count)
    case .appointed(let epoch, let primary):
      self.epoch = epoch
      self.primary = primary
    }
  }
}
