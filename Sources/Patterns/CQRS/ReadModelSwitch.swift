import Kernel

/// A read model that can be built anew: in place, or side by side with the old one until it has
/// caught up.
///
///     live v1 ──rebuild──▶ live v1, v2 in the shadow ──v2 has caught up──▶ live v2
///
/// **Readers are switched to a new table only when it is at most `within` events behind.**
public struct ReadModelSwitch: Sendable, Equatable {
  /// How a table is built anew.
  public enum Method: String, Sendable, Hashable, CaseIterable {
    /// The table is emptied and filled again while it is read.
    case inPlace = "in-place"
    /// A second table is filled; the readers are switched when it has caught up.
    case sideBySide = "side-by-side"
  }

  /// The most events that a new table may be behind when it is switched to.
  public let within: Int
  /// A deliberate bug, for drills.
  public let shortcut: CQRSShortcut?
  /// What readers see.
  public var live: Projection
  /// What is being built; nil while nothing is.
  public var shadow: Projection?
  /// How far the last switch was behind.
  public private(set) var gapAtSwitch: Int?

  /// A read model whose readers see `live`.
  public init(_ live: Projection, within: Int = 10, shortcut: CQRSShortcut? = nil) {
    self.live = live
    self.within = within
    self.shortcut = shortcut
  }

  /// Begins to build the table anew.
  public mutating func rebuild(_ method: Method) {
    switch method {
    case .inPlace: live.reset()
    case .sideBySide: shadow = Projection(live.options)
    }
  }

  /// Switches readers to the new table if it is ready; true when that happened.
  public mutating func switchIfReady(head: Int) -> Bool {
    guard let candidate = shadow else { return false }
    let gap = head - candidate.checkpoint
    let isReady = gap <= within || shortcut == .switchesEarly && gap * 2 <= head
    guard isReady else { return false }
    gapAtSwitch = gap
    live = candidate
    shadow = nil
    return true
  }

  /// A switch that came too early, or nil.
  public func checkInvariants() -> InvariantViolation? {
    guard let gap = gapAtSwitch, gap > within else { return nil }
    return InvariantViolation(
      "switch", witness: "readers were switched to a table that was \(gap) events behind")
  }
}
