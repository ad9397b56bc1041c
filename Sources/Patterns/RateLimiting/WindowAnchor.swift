/// Where windows of time begin.
public enum WindowAnchor: String, Sendable, Hashable, CaseIterable {
  /// At multiples of their length since the start: the same for every key.
  case clock
  /// With the first request after the last window ended, as with `INCR` and `PEXPIRE`.
  case firstRequest = "first-request"
}
