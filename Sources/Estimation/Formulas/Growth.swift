import Kernel

/// Growth by the same share in every period.
///
/// `growth` is the share by which a period ends above its begin: 0.4 for 40 %, above -1.
public enum CompoundGrowth {
  /// What one unit has become after `periods`.
  public static func factor(growth: Double, periods: Double) -> Double {
    PortableMath.exp(PortableMath.log1p(growth) * periods)
  }

  /// The number of periods in which an amount doubles; `growth` lies above 0.
  public static func doublingPeriods(growth: Double) -> Double {
    PortableMath.log(2) / PortableMath.log1p(growth)
  }

  /// What a stream that begins at one unit a period has brought after `periods`.
  ///
  /// The stream grows steadily and not in jumps: the integral of (1 + growth)^t.
  public static func accumulated(growth: Double, periods: Double) -> Double {
    let rate = PortableMath.log1p(growth)
    return rate == 0 ? periods : PortableMath.expm1(rate * periods) / rate
  }

  /// The number of periods after which such a stream has brought `amount`, 0 or more; nil for a
  /// stream that dries up before.
  public static func periods(growth: Double, amount: Double) -> Double? {
    let rate = PortableMath.log1p(growth)
    if rate == 0 { return amount }
    let grown = rate * amount
    return grown > -1 ? PortableMath.log1p(grown) / rate : nil
  }
}
