import Kernel

/// Keeps the messages that were sent in a stretch of a run, so that a diagram can show them.
///
/// A run is the same every time, so nothing needs to be kept the first time: when a checker has
/// found what to show, the run is made again with a recorder for just that stretch.
public struct MessageRecorder<Message: Sendable>: Sendable {
  /// A message on the network.
  public struct Sending: Sendable {
    /// Who sent it.
    public let source: NodeID
    /// Whom it was for.
    public let target: NodeID
    /// When it was sent.
    public let sentAt: Instant
    /// When its copies arrive, in order; none when the network lost it.
    ///
    /// A copy that finds a dead process is taken in by nobody.
    public let arrivals: [Instant]
    /// What it says.
    public let message: Message
  }

  /// The stretch: from the first instant up to the second.
  public let stretch: ClosedRange<Instant>
  /// The most messages kept.
  public let capacity: Int
  /// The messages, in the order of sending.
  public private(set) var sendings: [Sending] = []
  /// Messages of the stretch that did not fit.
  public private(set) var overflow = 0

  /// A recorder for `stretch`.
  public init(_ stretch: ClosedRange<Instant>, capacity: Int = 2_000) {
    self.stretch = stretch
    self.capacity = capacity
  }

  @usableFromInline mutating func record(
    _ message: Message, from source: NodeID, to target: NodeID, at now: Instant,
    _ arrivals: Arrivals
  ) {
    guard stretch.contains(now) else { return }
    guard sendings.count < capacity else {
      overflow += 1
      return
    }
    let instants: [Instant] =
      switch arrivals {
      case .lost, .cut: []
      case .once(let instant): [instant]
      case .twice(let first, let second): [first, second].sorted()
      }
    sendings.append(
      Sending(
        source: source, target: target, sentAt: now, arrivals: instants, message: message))
  }
}
