import Kernel

/// The instant after which an answer is of no use any more, handed down from call to call.
///
/// A timeout is a span that each hop chooses for itself; it says nothing about how long the
/// client still waits. A deadline is one instant for the whole tree of calls: each hop may wait
/// as long as it wants, but not beyond it, and does not begin work that cannot be done by then.
///
/// **A child's deadline is never later than its parent's.**
///
/// Source: gRPC deadlines (github.com/grpc/grpc doc/PROTOCOL-HTTP2.md `grpc-timeout`).
public struct Deadline: Sendable, Hashable {
  /// The instant; the distant future when the client waits for ever.
  public let at: Instant

  /// A deadline at `instant`.
  public init(at instant: Instant) { at = instant }

  /// No deadline.
  public static let none = Deadline(at: .distantFuture)

  /// A deadline `span` from `now`; nil means none.
  public init(after span: TimeSpan?, from now: Instant) {
    at = span.map { now + $0 } ?? .distantFuture
  }

  /// Whether there is one.
  public var isSet: Bool { at < .distantFuture }

  /// How long is left at `now`, never below zero; nil without a deadline.
  public func remaining(at now: Instant) -> TimeSpan? {
    isSet ? max(.zero, at - now) : nil
  }

  /// Whether it is over at `now`: the instant itself is too late.
  public func isOver(at now: Instant) -> Bool { now >= at }

  /// The deadline of a call made at `now`, which may take `limit` of its own and leaves `margin` of
  /// what is left for the way back and the work after it.
  public func child(limit: TimeSpan?, margin: TimeSpan = .zero, at now: Instant) -> Deadline {
    let own = limit.map { now + $0 } ?? .distantFuture
    let inherited = isSet ? at - margin : .distantFuture
    return Deadline(at: min(own, inherited))
  }

  /// What to do with a call that would begin at `now` and needs at least `least` to be of use.
  public func admits(workOf least: TimeSpan, at now: Instant) -> Bool {
    !isSet || now + least <= at
  }
}
