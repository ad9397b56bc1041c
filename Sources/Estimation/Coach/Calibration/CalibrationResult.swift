import Kernel

/// How well ranges that should hold nine times in ten did.
public struct CalibrationResult: Sendable, Hashable {
  /// A range and the figure that it should hold, in base units; all above 0.
  public struct Outcome: Sendable, Hashable {
    /// The low end.
    public let low: Double
    /// The high end, above the low one.
    public let high: Double
    /// The true figure.
    public let value: Double

    /// A range and its figure.
    public init(low: Double, high: Double, value: Double) {
      self.low = low
      self.high = high
      self.value = value
    }

    /// How many times as wide the range would have to be, on the log scale about its geometric
    /// middle, to hold the figure; 1 or less when it does.
    var neededWidening: Double {
      let (bottom, top) = (PortableMath.log(low), PortableMath.log(high))
      return abs(PortableMath.log(value) - (bottom + top) / 2) / ((top - bottom) / 2)
    }
  }

  /// A point of the curve.
  public struct CurvePoint: Sendable, Hashable {
    /// How many times as wide each range would have been.
    public let widening: Double
    /// The share of ranges that would have held then.
    public let share: Double
  }

  /// What the round says about the learner's confidence.
  public enum Verdict: String, Sendable, Hashable, CaseIterable {
    /// Fewer ranges held than chance explains: they are too narrow.
    case overconfident
    /// Nothing that chance would not explain.
    case calibrated
    /// Ranges half as wide would have held more often than chance explains: they are too wide.
    case underconfident
  }

  /// The ranges in the order of the questions.
  public let outcomes: [Outcome]
  /// How many held.
  public let heldCount: Int
  /// The mean interval score on the scale of powers of ten; smaller is better.
  public let meanIntervalScore: Double
  /// The share that would have held with all ranges 0.5 to 4 times as wide.
  public let curve: [CurvePoint]
  /// The smallest widening with which nine of ten hold.
  public let sufficientWidening: Double
  /// What the round says about the learner's confidence.
  public let verdict: Verdict

  /// The widenings that the curve shows.
  public static let widenings = [0.5, 1, 1.5, 2, 3, 4]
  /// A chance below this is taken to say something.
  private static let significance = 0.05
  /// The share that should hold.
  static let target = 1 - IntervalScore.alpha

  /// The result of at least one range.
  ///
  /// Refuses ranges whose ends are not above 0 and in order, and figures that are not above 0.
  public init(_ outcomes: [Outcome]) throws(Diagnostic) {
    precondition(!outcomes.isEmpty, "a result has ranges")
    self.outcomes = outcomes
    var sum = 0.0
    for outcome in outcomes {
      guard outcome.low < outcome.high else {
        throw Diagnostic(
          "A range has two ends, the low one first.", found: "\(outcome.low) to \(outcome.high)",
          expected: "LOW to HIGH")
      }
      sum += try IntervalScore.onLogScale(
        low: outcome.low, high: outcome.high, value: outcome.value)
    }
    let count = outcomes.count
    let needed = outcomes.map(\.neededWidening).sorted()
    func held(_ widening: Double) -> Int { needed.count { $0 <= widening * (1 + 1e-9) } }
    heldCount = held(1)
    meanIntervalScore = sum / Double(count)
    curve = Self.widenings.map {
      CurvePoint(widening: $0, share: Double(held($0)) / Double(count))
    }
    // Nine of ten, rounded up in whole numbers: 18 of 20, and 10 of 11.
    sufficientWidening = needed[(9 * count + 9) / 10 - 1]
    let chance = Binomial.atMost(heldCount, of: count, probability: Self.target)
    let halfChance = Binomial.atLeast(held(0.5), of: count, probability: Self.targetOfHalf)
    // Fewer held than should is no sign of ranges that are too wide, however near the others came.
    let isEnough = Double(heldCount) >= Self.target * Double(count) * (1 - 1e-9)
    if chance < Self.significance {
      verdict = .overconfident
    } else {
      verdict = isEnough && halfChance < Self.significance ? .underconfident : .calibrated
    }
  }

  /// The share of figures that the middle half of a good 90 % range holds, on the log scale, where
  /// errors are lognormal: 0.589.
  static let targetOfHalf =
    2 * PortableMath.normalCumulative(InputShape.ninetyPercent / 2) - 1

  /// The probability that somebody whose ranges hold nine times in ten has so few held, or fewer.
  public var chanceOfSoFew: Double {
    Binomial.atMost(heldCount, of: outcomes.count, probability: Self.target)
  }
}
