/// A wrong way to build a pod with a sidecar that seems to work.
public enum SidecarShortcut: String, Sendable, Hashable, CaseIterable {
  /// The order of starting is configured, and the application starts at once all the same.
  case startsAnyway = "application-does-not-wait"
  /// A native sidecar is told to stop together with the application.
  case stopsTogether = "sidecar-stops-with-the-others"
  /// The end of the grace period is not enforced.
  case neverKills = "grace-period-never-ends"
  /// A connection that a failed call used is not given back to the pool.
  case leaksConnections = "failed-calls-keep-their-connection"
  /// Lines that do not fit are thrown away and not counted.
  case losesSilently = "adapter-drops-without-counting"
  /// A timer in milliseconds is exposed as so many seconds.
  case keepsMilliseconds = "adapter-keeps-milliseconds"
}
