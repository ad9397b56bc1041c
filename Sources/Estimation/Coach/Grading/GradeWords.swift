import Kernel

/// Grades in sentences.
enum GradeWords {
  /// What to say of an answer.
  static func sentence(
    _ answer: EstimateAnswer, _ expected: EstimateFigure, distance: Double, band: GradeBand,
    slip: Slip?, difference: FineDifference?
  ) -> String {
    let ratio = answer.middle / expected.middle
    var parts: [String] = []
    if answer.isRange { parts.append(held(answer, expected, band)) }
    if let slip {
      parts.append(slip.sentence)
    } else if distance == 0, expected.spread != nil {
      parts.append("Right: anything from \(expected.rangeText) counts.")
    } else if answer.isRange {
      if band != .exact {
        parts.append("Its middle is " + SlipFinder.plainSentence(ratio: ratio))
      }
    } else if band == .exact {
      parts.append(band.words)
    } else {
      parts.append(band.words + " " + SlipFinder.plainSentence(ratio: ratio))
    }
    if let difference { parts.append(difference.sentence) }
    return parts.joined(separator: " ")
  }

  /// Whether the range holds the figure, and what its width says.
  private static func held(
    _ answer: EstimateAnswer, _ expected: EstimateFigure, _ band: GradeBand
  ) -> String {
    let width = FigureText.number(answer.high / answer.low, digits: 2)
    if answer.holds(expected.middle) {
      let size = "its high end is \(width) times its low end."
      return band.isNear
        ? "Your range holds it; \(size)" : "Your range holds it but lies to one side; \(size)"
    }
    let isBelow = answer.high < expected.middle
    let gap = isBelow ? expected.middle / answer.high : answer.low / expected.middle
    let side = isBelow ? "ends below" : "begins above"
    return "Your range \(side) it, by \(FigureText.number(gap, digits: 2)) times."
  }

  /// What to say of all answers together; `isLastAnswered` is false where the result follows from
  /// the answers and was not given.
  static func total(
    error: Double, culprit: String?, answeredCount: Int, isLastAnswered: Bool
  ) -> String {
    guard answeredCount > 0 else { return "No step was answered." }
    let result = isLastAnswered ? "Your result is" : "Your answers lead to a result that is"
    guard let culprit else { return "\(result) right." }
    let ratio = PortableMath.power(10, error)
    let size = "\(result) \(SlipFinder.plainSentence(ratio: ratio))"
    return answeredCount == 1 ? size : size + " Most of that comes from the step '\(culprit)'."
  }
}
