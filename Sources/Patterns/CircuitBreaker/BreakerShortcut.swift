/// A wrong way to build a circuit breaker that seems to work.
public enum BreakerShortcut: String, Sendable, Hashable, CaseIterable {
  /// Half open lets everybody through, not only so many trial calls.
  case admitsEveryTrial = "admits-everyone-at-half-open"
  /// The window of time never lets go of what is too old.
  case neverForgets = "window-never-slides"
  /// Slow calls are not counted as slow.
  case ignoresSlowness = "slow-calls-not-counted"
  /// The results that opened the breaker are still in the window when it closes.
  case keepsWindow = "window-survives-closing"
  /// A failed trial opens again without a new open time.
  case keepsOpenEnd = "open-time-not-renewed"
  /// Only failures are counted, so every share of failed calls is all of them.
  case countsFailuresOnly = "successes-not-counted"
}
