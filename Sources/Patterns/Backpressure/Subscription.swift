import Kernel

/// What a subscriber has asked of its publisher and has not got yet: credit.
///
///     request(n) ──▶ demand + n        onNext ──▶ demand - 1, only if demand > 0
///     request(n <= 0) ──▶ error        cancel ──▶ nothing more counts
///
/// The rules are those of Reactive Streams: no more items than were requested, ever (1.1); after a
/// cancel, requests do nothing (3.6); requests add up (3.8); a request of nothing or less is an error
/// (3.9); a demand of 2^63 - 1 or more is no bound (3.17).
///
/// **Items signalled never exceed items requested.**
///
/// Source: github.com/reactive-streams/reactive-streams-jvm README.md @006202eb.
public struct Subscription: Sendable, Hashable {
  /// What became of a request.
  public enum Reply: Sendable, Hashable {
    /// The demand has grown.
    case added
    /// The request was of nothing or less: the stream ends with an error.
    case illegal
    /// The subscription is over.
    case ignored
  }

  /// Where it stands.
  public enum Phase: Sendable, Hashable {
    /// Items may flow.
    case active
    /// The subscriber wants no more.
    case cancelled
    /// It ended with an error.
    case failed
  }

  /// Where it stands.
  public private(set) var phase = Phase.active
  /// Items requested and not signalled yet; `Int.max` is no bound.
  public private(set) var demand = 0
  /// Items requested in all; `Int.max` is no bound.
  public private(set) var requested = 0
  /// Items signalled in all.
  public private(set) var signalled = 0
  let shortcut: BackpressureShortcut?

  /// A subscription without demand.
  public init(shortcut: BackpressureShortcut? = nil) { self.shortcut = shortcut }

  /// Whether an item may be signalled now.
  public var isOpen: Bool {
    phase == .active && (demand > 0 || shortcut == .ignoresDemand)
  }

  /// The subscriber asks for `count` more.
  public mutating func request(_ count: Int) -> Reply {
    guard phase == .active else { return .ignored }
    guard count > 0 else {
      phase = .failed
      return .illegal
    }
    demand = Self.sum(demand, count)
    requested = Self.sum(requested, count)
    return .added
  }

  /// The publisher signals an item; false when it must not.
  public mutating func signal() -> Bool {
    guard isOpen else { return false }
    signalled += 1
    if demand < Int.max { demand = max(0, demand - 1) }
    return true
  }

  /// The subscriber wants no more; doing it twice changes nothing.
  public mutating func cancel() {
    if phase == .active { phase = .cancelled }
  }

  private static func sum(_ left: Int, _ right: Int) -> Int {
    let (sum, isOver) = left.addingReportingOverflow(right)
    return isOver ? Int.max : sum
  }

  /// The first invariant that does not hold, or nil.
  public func checkInvariants() -> InvariantViolation? {
    signalled > requested
      ? InvariantViolation("demand", witness: "\(signalled) items for \(requested) requested")
      : nil
  }
}
