/// A wrong way to build a pod with a sidecar that seems to work.
public enum SidecarShortcut: String, Sendable, Hashable, CaseIterable {
  /// The order of starting is configured, and the application starts at once all the same.
  case startsAnyway = "application-does-not-wait"
  /// A connection that a failed call used is not given back to the pool.
  case leaksConnections = "failed-calls-keep-their-connection"
  /// Lines that do not fit are thrown away and not counted.
  case losesSilently = "adapter-drops-without-counting"
}
