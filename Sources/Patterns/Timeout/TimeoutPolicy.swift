import Kernel

/// How long a caller waits: for each try, and for the request with all its tries.
///
/// A time that is over ends the waiting, not the work: whether the callee stops too depends on
/// whether it is told, which is what `isCancelling` says.
public struct TimeoutPolicy: Sendable, Hashable {
  /// The longest wait for one try; nil for no limit.
  public var perTry: TimeSpan?
  /// The longest time for the request, its tries and waits together; nil for no limit.
  public var total: TimeSpan?
  /// What each hop keeps of the time left for the way back.
  public var margin: TimeSpan
  /// Whether the deadline is sent along with the call, so that the callee can drop late work.
  public var isPropagated: Bool
  /// Whether giving up tells the callee to stop.
  public var isCancelling: Bool
  /// A wrong way to build timeouts, for drills; nil for the right one.
  public var shortcut: TimeoutShortcut?

  /// A policy.
  public init(
    perTry: TimeSpan?, total: TimeSpan? = nil, margin: TimeSpan = .zero,
    isPropagated: Bool = false, isCancelling: Bool = false
  ) {
    self.perTry = perTry
    self.total = total
    self.margin = margin
    self.isPropagated = isPropagated
    self.isCancelling = isCancelling
  }

  /// The deadline of a request that arrives at `now` with `inherited` from its client.
  public func request(at now: Instant, inherited: Deadline = .none) -> Deadline {
    inherited.child(limit: total, margin: margin, at: now)
  }

  /// The deadline of a try that begins at `now` within `request`.
  public func attempt(at now: Instant, within request: Deadline) -> Deadline {
    shortcut == .forgetsParent
      ? Deadline(after: perTry, from: now) : request.child(limit: perTry, at: now)
  }

  /// Whether a callee that is told to stop tells its own callees.
  public var isPassingCancellation: Bool { isCancelling && shortcut != .cancelsOneHop }

  /// What is sent to the callee with a try: its deadline, or none when nothing is handed down.
  public func sent(with attempt: Deadline) -> Deadline { isPropagated ? attempt : .none }
}
