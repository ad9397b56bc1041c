import Kernel

/// What a limiter says to a request.
public enum RateDecision: Sendable, Hashable {
  /// Go on: so many requests of cost 1 may follow at once, and with no more of them the limiter is
  /// as if unused after `resetAfter`.
  case allow(remaining: Int, resetAfter: TimeSpan)
  /// Go on, but only after this time: the request holds its place in the queue.
  case delay(TimeSpan)
  /// Refused; the same request alone would be admitted after `retryAfter`, nil when no time can be
  /// named (it costs more than the limiter ever gives, or waits on others to finish).
  case deny(retryAfter: TimeSpan?)

  /// Whether the request may go on, now or later.
  public var isAdmitted: Bool {
    switch self {
    case .allow, .delay: true
    case .deny: false
    }
  }

  /// How long an admitted request waits; zero for a refused one.
  public var wait: TimeSpan {
    if case .delay(let span) = self { span } else { .zero }
  }

  /// The whole seconds of the `Retry-After` header, rounded up; nil when there is none to send.
  public var retryAfterHeader: Int? {
    guard case .deny(let after?) = self else { return nil }
    return Int((after.nanoseconds + 999_999_999) / 1_000_000_000)
  }
}
