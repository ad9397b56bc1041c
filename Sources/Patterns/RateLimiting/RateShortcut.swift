/// A wrong way to build a rate limiter that seems to work.
public enum RateShortcut: String, Sendable, Hashable, CaseIterable {
  /// Tokens are added without looking at the capacity.
  case neverFull = "bucket-never-full"
  /// A refused request takes its tokens all the same.
  case chargesDenied = "denied-still-pays"
  /// Time that goes back is taken for time that has passed.
  case mintsOnClockJump = "clock-jump-mints-tokens"
  /// All keys use one limiter.
  case sharesKeys = "keys-share-a-bucket"
  /// A node that hears nothing from the store lets everything through, whatever was set.
  case ignoresFallback = "always-fails-open"
  /// Retry-After is named a second too early.
  case hurriesRetry = "retry-after-too-early"
}
