import Kernel

/// The data of an old and a new system, with a synchronisation that runs in one direction.
///
/// One system **owns** the data: it takes the writes. What it changes is in its log, and the
/// synchronisation carries the log to the other. **The direction is flipped once**, when the owner
/// changes; before and after, the other side is a copy.
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
    /// By how much.
    public let amount: Int
    /// The value after it, where it was made.
    public let value: Int
  }

  /// The values that each system holds.
  public private(set) var legacy: [Int: Int] = [:]
  /// The values that the new system holds.
  public private(set) var new: [Int: Int] = [:]
  /// Changes that were not carried over yet, oldest first, by the system that made them.
  public private(set) var toNew: [Change] = []
  /// Changes that were not carried back yet, oldest first.
  public private(set) var toLegacy: [Change] = []

  /// No data.
  public init() {}

  /// The value that `system` holds.
  public func value(_ key: Int, in system: StranglerRoute.System) -> Int {
    (system == .legacy ? legacy[key] : new[key]) ?? 0
  }

  /// Adds to a value in one system; `isSent` says whether the change is to be carried over.
  public mutating func add(
    _ amount: Int, to key: Int, in system: StranglerRoute.System, isSent: Bool
  ) {
    let after = value(key, in: system) + amount
    let change = Change(key: key, amount: amount, value: after)
    if system == .legacy {
      legacy[key] = after
      if isSent { toNew.append(change) }
    } else {
      new[key] = after
      if isSent { toLegacy.append(change) }
    }
  }

  /// Carries up to `most` changes each way: the other side takes over the value.
  public mutating func carry(_ most: Int) {
    let forward = toNew.prefix(most)
    let backward = toLegacy.prefix(most)
    toNew.removeFirst(forward.count)
    toLegacy.removeFirst(backward.count)
    for change in forward { new[change.key] = change.value }
    for change in backward { legacy[change.key] = change.value }
  }
}
