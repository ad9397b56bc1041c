import Kernel

extension CircuitBreaker {
  /// Finds the first invariant that does not hold in this state, or nil.
  public func checkInvariants() -> InvariantViolation? {
    if window.recount != window.total {
      return InvariantViolation(
        "window total", witness: "the slots hold \(window.recount), the total \(window.total)")
    }
    for tally in [window.total, window.pending, trials]
    where tally.failures > tally.calls || tally.slow > tally.calls || tally.calls < 0 {
      return InvariantViolation("tally", witness: "\(tally)")
    }
    if case .calls(let count) = window.shape, Int(window.total.calls) > count {
      return InvariantViolation(
        "window size", witness: "\(window.total.calls) calls in a window of \(count)")
    }
    switch phase {
    case .closed:
      return nil
    case .open:
      guard openUntil > enteredAt else {
        return InvariantViolation(
          "open time", witness: "open since \(enteredAt), until \(openUntil)")
      }
    case .halfOpen:
      guard trialsGranted - trialsReleased <= options.trialCalls else {
        return InvariantViolation(
          "trial calls",
          witness: "\(trialsGranted) let through, \(trialsReleased) given back, "
            + "\(options.trialCalls) allowed")
      }
    }
    return nil
  }

  /// Whether a breaker that nobody forces may go from one state to the other.
  public static func isArrow(from: Phase, to: Phase) -> Bool {
    switch (from, to) {
    case (.closed, .open), (.open, .halfOpen), (.halfOpen, .open), (.halfOpen, .closed): true
    case (.closed, .closed), (.closed, .halfOpen), (.open, .open), (.open, .closed),
      (.halfOpen, .halfOpen):
      false
    }
  }
}

extension CircuitBreaker.Reason: CustomStringConvertible {
  /// The reason as the end of a sentence, with its quantities.
  public var description: String {
    switch self {
    case .failureRate(let tally):
      "\(tally.failures) of \(tally.calls) calls failed (\(Unit.fraction.text(tally.failureRate)))"
    case .slowRate(let tally):
      "\(tally.slow) of \(tally.calls) calls were slow (\(Unit.fraction.text(tally.slowRate)))"
    case .failuresInRow(let count): "\(count) failures in a row"
    case .openTimeOver: "the open time is over"
    case .trialsSucceeded(let tally):
      tally.calls == 0
        ? "the trial succeeded"
        : "\(tally.calls - tally.failures) of \(tally.calls) trial calls succeeded"
    case .trialsFailed(let tally):
      tally.calls == 0
        ? "the trial call was given up"
        : "\(tally.failures) of \(tally.calls) trial calls failed, \(tally.slow) were slow"
    case .trialLimitOver: "the half-open limit is over before the trials decided"
    case .operatorCommand: "an operator said so"
    }
  }
}
