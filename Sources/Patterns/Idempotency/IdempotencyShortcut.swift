/// A wrong way to build idempotency keys that seems to work.
public enum IdempotencyShortcut: String, Sendable, Hashable, CaseIterable {
  /// The key is looked up before the work and stored after it, with nothing in between.
  case storesAfterwards = "key-stored-after-the-work"
  /// The body that comes with a known key is not compared.
  case ignoresBody = "body-not-compared"
  /// A failure keeps the key locked instead of letting the next try do the work.
  case keepsLock = "failure-keeps-the-lock"
}
