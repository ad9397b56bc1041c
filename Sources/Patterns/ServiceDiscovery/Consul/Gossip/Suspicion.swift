import Kernel

/// The timer of one suspicion: it starts at its maximum and shrinks towards its minimum as other
/// members confirm that they suspect the same node.
///
/// Source: hashicorp/memberlist, `suspicion.go`; Dadgar et al., "Lifeguard: local health awareness
/// for more accurate failure detection" (2018).
public struct Suspicion: Sendable, Hashable {
  /// Independent confirmations that bring the timer down to its minimum.
  public let wanted: Int
  /// The shortest timeout.
  public let minimum: TimeSpan
  /// The timeout without any confirmation.
  public let maximum: TimeSpan
  /// When the suspicion began.
  public let start: Instant
  /// Who suspects the node; the first is whoever told us and counts as no confirmation.
  public private(set) var accusers: [NodeID]

  /// A suspicion first raised by `accuser`.
  public init(
    by accuser: NodeID, wanted: Int, minimum: TimeSpan, maximum: TimeSpan, at now: Instant
  ) {
    self.wanted = wanted
    self.minimum = minimum
    self.maximum = maximum
    start = now
    accusers = [accuser]
  }

  /// Confirmations so far.
  public var confirmations: Int { accusers.count - 1 }

  /// When the node counts as dead unless it speaks up.
  public var deadline: Instant {
    guard wanted > 0 else { return start + minimum }
    return start
      + Self.remaining(
        confirmations: confirmations, wanted: wanted, elapsed: .zero, minimum: minimum,
        maximum: maximum)
  }

  /// Takes a confirmation; false when it adds nothing: a known accuser, or enough already.
  public mutating func confirm(by accuser: NodeID) -> Bool {
    guard confirmations < wanted, !accusers.contains(accuser) else { return false }
    accusers.append(accuser)
    return true
  }

  /// The time left of a suspicion, in whole milliseconds less `elapsed`; it may be negative.
  public static func remaining(
    confirmations: Int, wanted: Int, elapsed: TimeSpan, minimum: TimeSpan, maximum: TimeSpan
  ) -> TimeSpan {
    let share =
      PortableMath.log(Double(confirmations) + 1) / PortableMath.log(Double(wanted) + 1)
    let raw = maximum.seconds - share * (maximum.seconds - minimum.seconds)
    let timeout = TimeSpan.milliseconds(Int64((1_000 * raw).rounded(.down)))
    return max(timeout, minimum) - elapsed
  }
}

/// Figures that grow with the size of the group.
///
/// Source: hashicorp/memberlist, `util.go`.
public enum GossipScale {
  /// The shortest time a node stays suspected in a group of `members`.
  public static func suspicionTimeout(
    multiplier: Int, members: Int, interval: TimeSpan
  ) -> TimeSpan {
    let scale = max(1, PortableMath.log10(max(1, Double(members))))
    return interval * multiplier * Int(scale * 1_000) / 1_000
  }

  /// How often a rumour is sent in a group of `members`.
  public static func retransmitLimit(multiplier: Int, members: Int) -> Int {
    multiplier * Int(PortableMath.log10(Double(members + 1)).rounded(.up))
  }

  /// The time between two full exchanges in a group of `members`.
  public static func pushPull(_ interval: TimeSpan, members: Int) -> TimeSpan {
    guard members > 32 else { return interval }
    let doublings = (PortableMath.log2(Double(members)) - 5).rounded(.up)
    return interval * (Int(doublings) + 1)
  }
}
