import Kernel

/// The record that candidates for leadership compete for, kept by a store that all of them trust.
///
/// The store knows no time: it applies conditional writes in one order. When a lease is over is
/// judged by whoever wants it, by its own clock, from when it last saw the record change.
///
/// Source: the leader election of Kubernetes clients (a Lease object with holderIdentity,
/// renewTime, leaseTransitions, written with the resource version that was read).
public struct LeaseRecord: ReplicatedStore {
  /// A conditional write.
  public struct Command: Sendable, Hashable {
    /// Who writes.
    public let candidate: NodeID
    /// The version that the writer has read; the write is void when it is another by now.
    public let version: Int
    /// Whether the writer gives the lease back instead of taking or renewing it.
    public let isRelease: Bool
    /// How long the writer's log is.
    public let position: Int

    /// A conditional write.
    public init(_ candidate: NodeID, version: Int, isRelease: Bool = false, position: Int = 0) {
      self.candidate = candidate
      self.version = version
      self.isRelease = isRelease
      self.position = position
    }
  }

  /// Who holds the lease; nobody at first and after a release.
  public private(set) var holder: NodeID?
  /// Counts the writes.
  public private(set) var version = 0
  /// Counts the changes of holder: the fencing token.
  public private(set) var token = 0
  /// How long the last holder's log was when it wrote last.
  public private(set) var position = 0

  /// A record that nobody has held.
  public init() {}

  /// Applies a conditional write.
  public mutating func apply(_ command: Command, at index: Int) {
    guard command.version == version else { return }
    version += 1
    position = command.position
    if command.isRelease {
      if holder == command.candidate { holder = nil }
      return
    }
    if holder != command.candidate { token += 1 }
    holder = command.candidate
  }
}
