/// A wrong way to build retries that seems to work.
public enum RetryShortcut: String, Sendable, Hashable, CaseIterable {
  /// The budget looks at its balance but takes nothing from it.
  case neverCharges = "budget-never-charged"
  /// Waits are exactly the span of the back-off, whatever the jitter.
  case waitsWithoutChance = "backoff-without-jitter"
  /// The first call is not counted, so there is one call more than the policy allows.
  case miscounts = "one-attempt-too-many"
}
