import Kernel

/// Everything that sheds load between a client and a server, put together.
public struct SheddingDesign: Sendable, Hashable {
  /// The limit at the server's door.
  public var limiter: ConcurrencyLimiter.Options
  /// The line behind the door.
  public var queue: AdmissionQueue.Options
  /// The client's own brake; nil for none.
  public var throttle: AdaptiveThrottle.Options?

  /// A design.
  public init(
    limiter: ConcurrencyLimiter.Options, queue: AdmissionQueue.Options,
    throttle: AdaptiveThrottle.Options? = nil
  ) {
    self.limiter = limiter
    self.queue = queue
    self.throttle = throttle
  }
}
