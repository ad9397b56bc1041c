import Kernel

/// How often a service failed on one node, and what that means for it there.
///
///     failed ──count below the threshold──▶ started again in place
///        └─────count at the threshold, or the start failed──▶ this node hosts it no more
///
/// **A success forgets nothing.** Failures are forgotten all at once, when there was none for
/// `failureTimeout`; by default never.
///
/// Sources: ClusterLabs/pacemaker doc/sphinx/Pacemaker_Explained/resources.rst @0007bad5
/// (migration-threshold INFINITY, failure-timeout 0); clusterlabs.org, Pacemaker Explained, Failure
/// Response (start-failure-is-fatal true; failures time out together).
public struct FailCount: Sendable, Hashable {
  /// Which operation failed.
  public enum Operation: String, Sendable, Hashable {
    /// The recurring check.
    case monitor
    /// The start.
    case start
  }

  /// When a node is given up.
  public struct Options: Sendable, Hashable {
    /// How many failures make the node ineligible (`migration-threshold`); 0 never does.
    public var threshold: Int
    /// After how long without a new failure all are forgotten (`failure-timeout`); nil is never.
    public var timeout: TimeSpan?
    /// Whether one failed start counts as infinitely many failures (`start-failure-is-fatal`).
    public var isStartFatal: Bool
    /// A deliberate bug.
    public var shortcut: FailoverShortcut?

    /// Options, with Pacemaker's defaults.
    public init(
      threshold: Int = FailCount.infinity, timeout: TimeSpan? = nil, isStartFatal: Bool = true,
      shortcut: FailoverShortcut? = nil
    ) {
      self.threshold = threshold
      self.timeout = timeout
      self.isStartFatal = isStartFatal
      self.shortcut = shortcut
    }
  }

  /// Pacemaker's INFINITY: a very large but finite number.
  public static let infinity = 1_000_000

  /// When a node is given up.
  public let options: Options
  private var failures = 0
  private var lastAt: Instant?

  /// No failure yet.
  public init(_ options: Options) { self.options = options }

  /// How many failures count at `now`.
  public func count(at now: Instant) -> Int {
    let isOver = options.timeout.map { timeout in lastAt.map { now - $0 >= timeout } ?? true }
    return isOver == true ? 0 : failures
  }

  /// Whether the node may not host the service.
  public func isBanned(at now: Instant) -> Bool {
    options.threshold > 0 && count(at: now) >= options.threshold
  }

  /// The service failed.
  public mutating func failed(_ operation: Operation, at now: Instant) {
    let before = count(at: now)
    let isFatal = operation == .start && options.isStartFatal
    failures = isFatal ? Self.infinity : min(Self.infinity, before + 1)
    lastAt = now
  }

  /// A check went well.
  public mutating func succeeded() {
    if options.shortcut == .forgetsOnSuccess { failures = 0 }
  }
}
