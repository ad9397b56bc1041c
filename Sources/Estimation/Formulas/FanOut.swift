import Kernel

/// A request that needs the answers of many independent parts.
///
/// Source: Dean and Barroso, "The Tail at Scale", Communications of the ACM 56(2), 2013.
public enum FanOut {
  /// The share of requests that meet at least one slow part, when each part is slow for the share
  /// `slow` of its answers.
  public static func slowShare(slow: Double, parts: Double) -> Double {
    slow >= 1 ? 1 : -PortableMath.expm1(parts * PortableMath.log1p(-slow))
  }

  /// The share of its own answers that each part must give in time so that the share `inTime` of
  /// requests, above 0, has all of them in time.
  public static func partShare(inTime: Double, parts: Double) -> Double {
    PortableMath.power(inTime, 1 / parts)
  }
}
