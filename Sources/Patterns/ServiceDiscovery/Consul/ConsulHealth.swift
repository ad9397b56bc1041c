import Kernel

/// The status of a check, from good to bad.
public enum ConsulStatus: String, Sendable, Hashable, Comparable, CaseIterable {
  /// All is well.
  case passing
  /// Something is odd; the instance still receives traffic.
  case warning
  /// The instance must not receive traffic.
  case critical

  private var badness: Int {
    switch self {
    case .passing: 0
    case .warning: 1
    case .critical: 2
    }
  }

  /// Whether the left status is better.
  public static func < (left: ConsulStatus, right: ConsulStatus) -> Bool {
    left.badness < right.badness
  }
}

/// What decides when a run of results changes a check's status.
///
/// Source: hashicorp/consul, `agent/checks/check.go` `StatusHandler` and the page "Health check
/// configuration reference".
public struct ConsulCheckCounters: Sendable, Hashable {
  /// Successes in a row that make a check passing; 0 counts like 1.
  public var successBeforePassing = 0
  /// Failures in a row that make a check warning; 0 counts like the critical one.
  public var failuresBeforeWarning = 0
  /// Failures in a row that make a check critical; 0 counts like 1.
  public var failuresBeforeCritical = 0

  /// The defaults: the first result counts.
  public init() {}

  /// Explicit counters.
  public init(passing: Int, warning: Int, critical: Int) {
    successBeforePassing = passing
    failuresBeforeWarning = warning
    failuresBeforeCritical = critical
  }
}

/// How a check comes by its results.
public enum ConsulCheckKind: Sendable, Hashable {
  /// The agent asks the instance at an interval and waits no longer than the timeout.
  case http(interval: TimeSpan, timeout: TimeSpan)
  /// The instance must report before the time to live is over.
  case ttl(TimeSpan)
}

/// A check on one instance as its agent keeps it.
public struct ConsulCheck: Sendable, Hashable {
  /// How it comes by its results.
  public let kind: ConsulCheckKind
  /// What decides when results count.
  public let counters: ConsulCheckCounters
  /// Where it stands; a new check is critical until it is shown to be well.
  public private(set) var status: ConsulStatus
  /// Since when it is critical, if it is.
  public private(set) var criticalSince: Instant?
  private var successes = 0
  private var failures = 0

  /// A new check.
  public init(
    _ kind: ConsulCheckKind, counters: ConsulCheckCounters = ConsulCheckCounters(),
    initial: ConsulStatus = .critical, at now: Instant
  ) {
    self.kind = kind
    self.counters = counters
    status = initial
    criticalSince = initial == .critical ? now : nil
  }

  /// Takes a result; true when the status changed.
  public mutating func take(_ result: ConsulStatus, at now: Instant) -> Bool {
    if case .ttl = kind { return become(result, at: now) }
    switch result {
    case .passing, .warning:
      successes += 1
      failures = 0
      return successes >= counters.successBeforePassing ? become(result, at: now) : false
    case .critical:
      failures += 1
      successes = 0
      if failures >= counters.failuresBeforeCritical { return become(.critical, at: now) }
      let warning = counters.failuresBeforeWarning
      return warning > 0 && failures >= warning ? become(.warning, at: now) : false
    }
  }

  private mutating func become(_ next: ConsulStatus, at now: Instant) -> Bool {
    guard next != status else { return false }
    status = next
    criticalSince = next == .critical ? now : nil
    return true
  }
}
