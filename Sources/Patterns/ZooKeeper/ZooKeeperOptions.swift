import Kernel

/// What can be set on a ZooKeeper server, under its own names.
public struct ZooKeeperOptions: Sendable, Hashable {
  /// `tickTime`: the unit of time; sessions end on ticks only.
  public var tickTime = TimeSpan.milliseconds(2_000)
  /// `minSessionTimeout` in ticks.
  public var minSessionTicks = 2
  /// `maxSessionTimeout` in ticks; at least `minSessionTicks`.
  public var maxSessionTicks = 20
  /// Wrong ways to build the server, for drills; none by default.
  public var shortcuts: Set<ZooKeeperShortcut> = []

  /// The defaults of ZooKeeper's sample configuration.
  public init() {}

  /// The shortest timeout a session gets.
  public var minSessionTimeout: TimeSpan { tickTime * minSessionTicks }

  /// The longest timeout a session gets.
  public var maxSessionTimeout: TimeSpan { tickTime * max(minSessionTicks, maxSessionTicks) }

  /// The first tick after an instant (apache/zookeeper, ExpiryQueue.roundToNextInterval).
  func tick(after instant: Instant) -> Instant {
    let ticks = instant.nanoseconds / tickTime.nanoseconds + 1
    return Instant(nanoseconds: ticks * tickTime.nanoseconds)
  }
}

/// A way to build ZooKeeper wrongly.
public enum ZooKeeperShortcut: String, Sendable, Hashable, CaseIterable {
  /// Sequential nodes are numbered by how many children there are.
  case sequenceNumbersAreReused
  /// A watch stays set after it fired.
  case watchesStay
  /// The nodes of a session stay when it ends.
  case ephemeralsOutliveSession
}
