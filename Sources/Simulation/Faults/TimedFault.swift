import Kernel

/// A fault with the time it begins and, where it lasts, how long: one line of a fault plan.
///
/// Faults that last and have no duration stay in force until they are undone (`restart`, `resume`)
/// or healed.
public struct TimedFault: Sendable, Hashable {
  /// When it begins.
  public var at: Instant
  /// What happens.
  public var fault: Fault
  /// How long it lasts; nil when it happens at once or lasts until undone.
  public var duration: TimeSpan?

  /// `fault` at `at` for `duration`.
  public init(at: Instant, _ fault: Fault, for duration: TimeSpan? = nil) {
    precondition(duration == nil || fault.verb.lasts, "\(fault.verb) takes no duration")
    self.at = at
    self.fault = fault
    self.duration = duration
  }

  /// The line in its canonical form, with the names of `roster`.
  public func text(_ roster: Roster) -> String {
    let start = Fault.span(at - .zero)
    return "at \(start) \(fault.text(roster))" + (duration.map { " for " + Fault.span($0) } ?? "")
  }

  /// Reads one line such as `at 40s partition a,b | c for 20s`; a comment may follow after `#`.
  ///
  /// Where `now` is given (at a prompt), `at TIME` may be left out and means then. Throws a
  /// `Diagnostic` whose column points at the word that does not fit.
  public static func parse(
    _ line: String, roster: Roster, verbs: [FaultVerb] = FaultVerb.allCases, now: Instant? = nil
  ) throws(Diagnostic) -> TimedFault {
    var parser = FaultLineParser(line, roster: roster, verbs: verbs)
    return try parser.timedFault(now: now)
  }
}
