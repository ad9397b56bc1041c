import Kernel

/// The data of an old and a new system, with a synchronisation that runs in one direction.
///
///     old owns ──flip asked──▶ writes pause, the log runs dry ──▶ new owns
///        └── old ─▶ new                                      new ─▶ old ──┘
///
/// One system **owns** the data: it takes the writes. What it changes is in its log, and the
/// synchronisation carries the log to the other. **The direction is flipped once**, when the owner
/// changes, and only when nothing is on its way; before and after, the other side is a copy. A
/// rollback is the same flip the other way round.
///
/// **The owner changes only when nothing is on its way to it. With the synchronisation flipped, both sides
/// hold the same once everything is carried.**
public struct StranglerData: Sendable, Hashable {
  /// How the two sides are kept alike.
  public enum Synchronisation: String, Sendable, Hashable, CaseIterable {
    /// From the old system to the new one, before and after the flip.
    case forward
    /// From the owner to the other: forward before the flip, backward after it.
    case flipped
    /// Each system sends what it changes to the other, and the facade lets both take writes.
    case both
  }

  /// A change on its way to the other side.
  public struct Change: Sendable, Hashable {
    /// What was changed.
    public let key: Int
    /// The value after it, where it was made.
    public let value: Int
    /// When it was made.
    public let madeAt: Instant
  }

  /// How the two sides are kept alike.
  public let synchronisation: Synchronisation
  /// The system that takes the writes.
  public private(set) var owner = StranglerRoute.System.legacy
  /// The owner to come, while writes pause and the log runs dry.
  public private(set) var nextOwner: StranglerRoute.System?
  /// How often the owner has changed.
  public private(set) var flips = 0
  /// The values that the old system holds.
  public private(set) var legacy: [Int: Int] = [:]
  /// The values that the new system holds.
  public private(set) var new: [Int: Int] = [:]
  /// Changes that were not carried over yet, oldest first.
  public private(set) var toNew: [Change] = []
  /// Changes that were not carried back yet, oldest first.
  public private(set) var toLegacy: [Change] = []
  /// Changes that were still on their way when the owner changed.
  public private(set) var overtaken = 0
  private let shortcut: StranglerShortcut?

  /// No data, which the old system owns.
  public init(
    _ synchronisation: Synchronisation = .flipped, shortcut: StranglerShortcut? = nil
  ) {
    self.synchronisation = synchronisation
    self.shortcut = shortcut
  }

  /// Whether writes are refused for the moment.
  public var isPaused: Bool { nextOwner != nil }

  /// The value that `system` holds.
  public func value(_ key: Int, in system: StranglerRoute.System) -> Int {
    (system == .legacy ? legacy[key] : new[key]) ?? 0
  }

  /// Adds to a value in one system at `now`; the change goes into its log when the synchronisation
  /// carries it.
  public mutating func add(
    _ amount: Int, to key: Int, in system: StranglerRoute.System, at now: Instant,
    isLogged: Bool = true
  ) {
    let after = value(key, in: system) + amount
    let change = Change(key: key, value: after, madeAt: now)
    if system == .legacy {
      legacy[key] = after
      if isLogged, carries(from: .legacy) { toNew.append(change) }
    } else {
      new[key] = after
      if isLogged, carries(from: .new) { toLegacy.append(change) }
    }
  }

  /// Whether what `system` changes is carried to the other.
  public func carries(from system: StranglerRoute.System) -> Bool {
    switch synchronisation {
    case .both: true
    case .forward: system == .legacy
    case .flipped: system == owner && !(system == .new && shortcut == .keepsDirection)
    }
  }

  /// Carries up to `most` changes each way; true when that made the owner change.
  public mutating func carry(_ most: Int) -> Bool {
    let forward = toNew.prefix(most)
    let backward = toLegacy.prefix(most)
    toNew.removeFirst(forward.count)
    toLegacy.removeFirst(backward.count)
    for change in forward { new[change.key] = change.value }
    for change in backward { legacy[change.key] = change.value }
    return settle()
  }

  /// Asks for another owner: writes pause until nothing is on its way to it; true when it owns the
  /// data at once.
  public mutating func flip(to next: StranglerRoute.System) -> Bool {
    nextOwner = next == owner ? nil : next
    return settle()
  }

  private mutating func settle() -> Bool {
    guard let next = nextOwner else { return false }
    let onTheirWay = next == .new ? toNew.count : toLegacy.count
    guard onTheirWay == 0 || shortcut == .flipsAtOnce else { return false }
    overtaken += onTheirWay
    owner = next
    nextOwner = nil
    flips += 1
    return true
  }

  /// How long the oldest change that was not carried has waited at `now`.
  public func lag(at now: Instant) -> TimeSpan {
    let oldest = [toNew.first, toLegacy.first].compactMap(\.self).map(\.madeAt).min()
    return oldest.map { now - $0 } ?? .zero
  }

  /// Finds the first invariant that does not hold, or nil.
  public func checkInvariants() -> InvariantViolation? {
    overtaken == 0
      ? nil
      : InvariantViolation(
        "flip", witness: "\(overtaken) changes were on their way when the owner changed")
  }
}
