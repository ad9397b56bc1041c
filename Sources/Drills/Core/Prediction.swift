import Kernel

/// What a drill or a lesson asks before a run: a figure that the run will measure.
public struct PredictionRequest: Sendable, Hashable {
  /// The name of the figure.
  public let metric: String
  /// The unit of the figure.
  public let unit: Unit
  /// The question, as one sentence.
  public let ask: String

  /// A request for a prediction of `metric`.
  public init(metric: String, unit: Unit, ask: String) {
    self.metric = metric
    self.unit = unit
    self.ask = ask
  }
}

/// What somebody said a figure would be: a number, or the range that holds it nine times in ten.
public struct Prediction: Sendable, Hashable {
  /// The lower end; equal to the upper one for a single number.
  public let low: Double
  /// The upper end.
  public let high: Double
  /// The unit of both.
  public let unit: Unit

  /// A prediction from `low` to `high`.
  public init(low: Double, high: Double, unit: Unit) {
    self.low = min(low, high)
    self.high = max(low, high)
    self.unit = unit
  }

  /// Whether it is a range and not a single number.
  public var isRange: Bool { low < high }

  /// Reads `20 to 30 %`, `20-30%`, `80 %`, `5 ms to 1 s`; a unit at the end counts for both.
  ///
  /// Of a share, a bare number above 1 is taken as percent: nobody who says 5 means 500 %.
  public init(_ text: String, unit: Unit) throws(Diagnostic) {
    let parts = Self.ends(text)
    guard let last = parts.last, parts.count <= 2 else { throw Self.unreadable(text, unit) }
    guard let high = Self.value(of: last, unit) else { throw Self.unreadable(text, unit) }
    guard parts.count == 2 else {
      self.init(low: high, high: high, unit: unit)
      return
    }
    let suffix = String(last.drop { $0.isNumber || ".,-_".contains($0) })
    let isBare = Double(parts[0]) != nil
    let first = isBare ? parts[0] + suffix : parts[0]
    guard let low = Self.value(of: first, unit) else { throw Self.unreadable(text, unit) }
    self.init(low: low, high: high, unit: unit)
  }

  /// What a measured figure says of the prediction.
  public func score(_ measured: Double) -> Score {
    guard !isRange else { return low <= measured && measured <= high ? .inside : .outside }
    let scale = max(abs(measured), abs(low))
    return abs(measured - low) <= scale * 0.1 ? .near : .off
  }

  /// How a prediction came out.
  public enum Score: String, Sendable, Hashable {
    /// The range holds the figure.
    case inside
    /// The range does not hold the figure.
    case outside
    /// The number is within a tenth of the figure.
    case near
    /// The number is further off.
    case off
  }

  private static func value(of text: String, _ unit: Unit) -> Double? {
    guard let value = unit.value(from: text) else { return nil }
    let isBarePercent = unit == .fraction && value > 1 && !text.contains("%")
    return isBarePercent ? value / 100 : value
  }

  private static func ends(_ text: String) -> [String] {
    for separator in [" to ", "..", "–", " - "] {
      let parts = Condition.split(text, by: separator)
      if parts.count > 1 { return parts.map(Condition.trimmed) }
    }
    let dashed = text.split(separator: "-", omittingEmptySubsequences: false).map(String.init)
    if dashed.count == 2, dashed[0].contains(where: \.isNumber) {
      return dashed.map(Condition.trimmed)
    }
    return [Condition.trimmed(text)]
  }

  private static func unreadable(_ text: String, _ unit: Unit) -> Diagnostic {
    Diagnostic(
      "'\(text)' is no prediction of this figure.", found: text,
      expected: "a number such as \(unit.examples), or a range that you are 90 % sure of: "
        + unit.rangePattern)
  }
}

extension Prediction: CustomStringConvertible {
  /// The prediction as people write it.
  public var description: String {
    isRange ? "\(unit.text(low)) to \(unit.text(high))" : unit.text(low)
  }
}
