import Kernel

extension IdempotencyStore {
  /// How keys are kept.
  public struct Options: Sendable, Hashable {
    /// How long the answer to a key is kept after it was given; at Stripe at least 24 hours.
    public var lifetime: TimeSpan
    /// How long a key stays locked when its work never ends, as after a crash.
    public var lockTime: TimeSpan
    /// Whether the body that comes with a known key is compared with the first one.
    public var isBodyCompared: Bool
    /// Whether an answer that tells of the server's own error is kept too; Stripe v1 does.
    public var isErrorKept: Bool
    /// A wrong way to build it, for drills; nil for the right one.
    public var shortcut: IdempotencyShortcut?

    /// Options.
    public init(
      lifetime: TimeSpan = .hours(24), lockTime: TimeSpan = .seconds(30),
      isBodyCompared: Bool = true, isErrorKept: Bool = false,
      shortcut: IdempotencyShortcut? = nil
    ) {
      self.lifetime = lifetime
      self.lockTime = lockTime
      self.isBodyCompared = isBodyCompared
      self.isErrorKept = isErrorKept
      self.shortcut = shortcut
    }
  }
}
