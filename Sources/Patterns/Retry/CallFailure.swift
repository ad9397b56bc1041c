/// How a call failed, as far as its caller can tell.
///
/// Whether a try may be repeated depends on two things only: whether another try could do better,
/// and whether the first may have had its effect already.
public enum CallFailure: String, Sendable, Hashable, CaseIterable {
  /// It was refused before any work: no connection, a full queue, a 503 from overload.
  case refused
  /// It was refused because there were too many calls; a time to come back may be given: a 429.
  case throttled
  /// The caller's own circuit breaker refused it.
  case shortCircuited = "short-circuited"
  /// It was answered with an error of the server: a 500.
  case error
  /// There was no answer in time; the work may have been done, or may still be going on.
  case timedOut = "timed-out"
  /// It was answered that it can never succeed as it is: a 400 or 404.
  case invalid

  /// Whether the call may have had its effect although it failed.
  public var mayHaveExecuted: Bool {
    switch self {
    case .refused, .throttled, .shortCircuited, .invalid: false
    case .error, .timedOut: true
    }
  }
}

/// A set of kinds of failure.
public struct CallFailures: OptionSet, Sendable, Hashable {
  /// One bit a kind.
  public let rawValue: UInt8

  /// The set of these bits.
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// Refused before any work.
  public static let refused = CallFailures(rawValue: 1)
  /// Refused because there were too many.
  public static let throttled = CallFailures(rawValue: 2)
  /// Refused by the caller's own breaker.
  public static let shortCircuited = CallFailures(rawValue: 4)
  /// Answered with an error.
  public static let error = CallFailures(rawValue: 8)
  /// Not answered in time.
  public static let timedOut = CallFailures(rawValue: 16)

  /// Whether failures of this kind are in the set; invalid calls never are.
  public func contains(_ failure: CallFailure) -> Bool {
    switch failure {
    case .refused: contains(.refused as CallFailures)
    case .throttled: contains(.throttled as CallFailures)
    case .shortCircuited: contains(.shortCircuited as CallFailures)
    case .error: contains(.error as CallFailures)
    case .timedOut: contains(.timedOut as CallFailures)
    case .invalid: false
    }
  }
}
