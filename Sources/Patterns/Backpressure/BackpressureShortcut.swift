/// A wrong way to build backpressure that seems to work.
public enum BackpressureShortcut: String, Sendable, Hashable, CaseIterable {
  /// The publisher sends although nothing was requested.
  case ignoresDemand = "demand-ignored"
  /// The consumer asks for more when an item arrives, not when it is worked off.
  case asksOnArrival = "asks-on-arrival"
  /// What was read beyond the threshold of an update is forgotten.
  case leaksWindow = "window-leaks"
}
