import Kernel

/// Something in a design that reviewers would stop at.
public struct Lint: Sendable, Hashable {
  /// How bad it is.
  public enum Severity: String, Sendable, Hashable {
    /// It fails as soon as the thing happens that it speaks of.
    case hard
    /// A matter of judgement that must be answered for.
    case soft
  }

  /// The rule's stable id, as in `single-point`.
  public let rule: String
  /// How bad it is.
  public let severity: Severity
  /// The component or call: `database`, `gateway->catalog`.
  public let subject: String
  /// What is wrong and what would do, with the figures.
  public let message: String

  /// A lint.
  public init(_ rule: String, _ severity: Severity, _ subject: String, _ message: String) {
    self.rule = rule
    self.severity = severity
    self.subject = subject
    self.message = message
  }

  /// Every rule with what it looks for, one sentence each.
  public static let rules: [(id: String, summary: String)] = [
    ("single-point", "A component that requests wait for has one instance only."),
    ("one-zone", "All instances stand in one zone although the design has more."),
    (
      "no-zone-headroom",
      "Without its largest zone a component has fewer places than its load takes."
    ),
    ("overloaded", "The own work of a component takes more places than it has."),
    ("tight", "The own work of a component takes more than 80 % of its places."),
    (
      "cache-carries-load",
      "A store could not carry the load that arrives while its cache is empty."
    ),
    ("no-timeout", "A call that is waited for has no time limit."),
    ("timeout-inverted", "A call may take longer than its caller's own caller waits."),
    ("retries-multiply", "Retries over several layers multiply to more than four tries."),
    ("retry-without-jitter", "Retries wait without chance, so that callers stay in step."),
    ("retry-without-budget", "Nothing bounds the retries of all requests together."),
    ("retried-write", "A call that changes data is tried again."),
    ("breaker-without-timeout", "A breaker cannot see calls that never come back."),
    ("long-queue", "A line may grow to where waiting takes longer than the caller waits."),
    ("lossy-failover", "A write is acknowledged with one copy, and another copy may take over."),
    ("no-workers", "Nobody works on what a queue takes in."),
    (
      "unguarded-external",
      "Somebody else's service is called without timeout, breaker or fallback."
    ),
    ("no-objectives", "The design says nothing of what it must achieve."),
  ]
}

extension Blueprint {
  /// What reviewers would stop at, hard ones first, in the order of the rules.
  public func lints() -> [Lint] {
    let found = capacityLints() + guardLints() + dataLints()
    let order = Lint.rules.map(\.id)
    func rank(_ lint: Lint) -> Int {
      (lint.severity == .hard ? 0 : 1_000) + (order.firstIndex(of: lint.rule) ?? 0)
    }
    return found.enumerated().sorted {
      (rank($0.element), $0.offset) < (rank($1.element), $1.offset)
    }.map(\.element)
  }

  /// Whether some request waits for the component.
  func isWaitedFor(_ place: Int) -> Bool {
    calls.contains { $0.target == place && !$0.isAsync && !$0.hasFallback }
  }
}
