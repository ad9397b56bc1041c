/// Whether a new version does worse than the old one beside it, call by call.
///
/// Both get traffic at the same time, so what hurts both is held against neither.
///
/// **It says nothing before the new version has had `least` calls.** Fewer would be chance.
public struct CanaryComparison: Sendable, Hashable {
  /// The calls that the new version must have had; ours.
  public static let least = 50
  /// The share of calls by which it must fail more often; ours.
  public static let margin = 0.05

  /// Calls that the new version has ended.
  public var canaryCalls: Int
  /// Of these, the ones that failed.
  public var canaryErrors: Int
  /// Calls that the old version has ended.
  public var stableCalls: Int
  /// Of these, the ones that failed.
  public var stableErrors: Int

  /// A comparison.
  public init(
    canaryCalls: Int = 0, canaryErrors: Int = 0, stableCalls: Int = 0, stableErrors: Int = 0
  ) {
    self.canaryCalls = canaryCalls
    self.canaryErrors = canaryErrors
    self.stableCalls = stableCalls
    self.stableErrors = stableErrors
  }

  /// Whether the new version is worse.
  public var isWorse: Bool {
    guard canaryCalls >= Self.least, stableCalls > 0 else { return false }
    return Double(canaryErrors) / Double(canaryCalls)
      > Double(stableErrors) / Double(stableCalls) + Self.margin
  }
}
