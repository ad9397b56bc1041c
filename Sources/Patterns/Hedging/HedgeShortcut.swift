/// A wrong way to build hedging that seems to work.
public enum HedgeShortcut: String, Sendable, Hashable, CaseIterable {
  /// The budget is filled but never taken from.
  case neverCharges = "hedge-budget-never-charged"
  /// The second copy is sent along with the first, whatever the delay.
  case sendsAtOnce = "hedges-at-once"
  /// The copy that lost is not told to stop.
  case keepsLosers = "losers-not-cancelled"
}
