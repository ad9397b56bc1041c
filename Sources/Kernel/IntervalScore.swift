/// How good a 90 % range was, smaller being better: its width, plus a penalty for missing.
///
/// The penalty is such that stating what one really believes pays best. On the scale of powers of
/// ten, width = log10(high / low), and a miss costs 2 / alpha = 20 times its distance: a range of
/// 10 to 1,000 around 100 scores 2, and 10 to 100 scores 21 when the figure is 1,000.
///
/// Source: Gneiting and Raftery, "Strictly proper scoring rules, prediction, and estimation",
/// Journal of the American Statistical Association 102 (2007), pages 359-378, equation 43, with
/// alpha = 0.1; also known as Winkler's score.
public enum IntervalScore {
  /// The share of figures that may lie outside of the range.
  public static let alpha = 0.1

  /// The score of the range from `low` to `high` when the figure turned out to be `value`.
  ///
  /// Refuses ends or figures that are not above 0, which have no logarithm, and a low end that is
  /// above the high one.
  public static func onLogScale(
    low: Double, high: Double, value: Double
  ) throws(Diagnostic) -> Double {
    guard low > 0, high < .infinity, value > 0, value < .infinity else {
      throw Diagnostic(
        "A range is scored by powers of ten, and 0 and less have none.",
        found: "\(low) to \(high), figure \(value)", expected: "ends and a figure above 0")
    }
    guard low <= high else {
      throw Diagnostic(
        "The low end of this range lies above its high end.", found: "\(low) to \(high)",
        expected: "LOW to HIGH")
    }
    let (bottom, top) = (PortableMath.log10(low), PortableMath.log10(high))
    let place = PortableMath.log10(value)
    return top - bottom + 2 / alpha * max(0, bottom - place, place - top)
  }
}
