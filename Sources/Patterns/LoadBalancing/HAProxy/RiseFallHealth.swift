import Kernel

/// Health by checks, as HAProxy counts them: results in a row, one counter for both directions.
///
///     up: fall failures in a row ──▶ down          down: rise successes in a row ──▶ up
///
/// A server begins up, but on the edge: its very first failed check takes it down. From then on a
/// server that comes up has `fall` failures to spend, and one success while it is up gives it all of
/// them back.
///
/// Source: HAProxy `check_notify_failure` and `check_notify_success` in `src/check.c`.
public struct RiseFallHealth: Sendable, Equatable {
  /// Successes in a row that bring a server up, at least 1; HAProxy `rise`: 2.
  public let rise: Int
  /// Failures in a row that take a server down, at least 1; HAProxy `fall`: 3.
  public let fall: Int
  /// From 0 (down) over `rise` (up, on the edge) to `rise + fall - 1` (up).
  public private(set) var score: Int

  /// A server that has not been checked.
  public init(rise: Int = 2, fall: Int = 3) {
    precondition(rise >= 1 && fall >= 1, "rise and fall are at least 1")
    self.rise = rise
    self.fall = fall
    score = rise
  }

  /// Whether the server gets requests.
  public var isUp: Bool { score >= rise }

  /// Takes note of a check and returns whether that took the server up or down.
  @discardableResult
  public mutating func checked(_ succeeded: Bool) -> Bool {
    let before = isUp
    if succeeded {
      score = score + 1 >= rise ? rise + fall - 1 : score + 1
    } else if isUp {
      score = score == rise ? 0 : score - 1
    } else {
      score = 0
    }
    return isUp != before
  }

  /// The word of HAProxy's statistics: `UP`, `UP 1/3` on the way down, `DOWN 1/2` on the way up.
  public var status: String {
    if isUp {
      let left = score - rise + 1
      return left == fall ? "UP" : "UP \(left)/\(fall)"
    }
    return score == 0 ? "DOWN" : "DOWN \(score)/\(rise)"
  }

  /// The least and most time from a death to the server being down, checks `inter` apart.
  ///
  /// A check that must first time out comes on top of it.
  public func detection(inter: TimeSpan) -> ClosedRange<TimeSpan> {
    (inter * (fall - 1))...(inter * fall)
  }
}
