/// How good one answer is, and what went wrong.
///
/// Later steps are graded as if the answers before them were right, so that one slip is counted
/// once.
public struct StepGrade: Sendable, Hashable {
  /// The name of the step.
  public let step: String
  /// The answer; nil when the step was passed over, which scores 0.
  public let answer: EstimateAnswer?
  /// What the step comes to.
  public let truth: EstimateFigure
  /// What it comes to with the learner's own answers to the steps before.
  public let expected: EstimateFigure
  /// log10(answer / truth); 0 inside a truth that is a range, nil without an answer.
  public let trueDistance: Double?
  /// log10(answer / expected), by which the answer is graded; 0 inside a range, nil without an
  /// answer.
  public let distance: Double?
  /// How near it came.
  public let band: GradeBand
  /// From 0 to 1: 1 - |distance|, and 0 from ten times off.
  public let score: Double
  /// Whether a range holds what was expected; nil for a single number.
  public let isHeld: Bool?
  /// The interval score of a range on the scale of powers of ten, smaller being better; nil for a
  /// single number.
  public let intervalScore: Double?
  /// The slip that explains the distance, if one does.
  public let slip: Slip?
  /// What makes a right or good answer a little too high or too low, where its digits show it.
  public let difference: FineDifference?
  /// The grade for a tired person, a sentence or a few.
  public let sentence: String
}

extension StepGrade {
  /// Whether the answer counts: within about three times, and by no slip that has a name.
  public var isMet: Bool { band.isNear && slip == nil }

  /// Whether the answers before led to another figure than the true one.
  public var followsEarlierAnswers: Bool {
    abs(expected.middle / truth.middle - 1) > 1e-6
  }
}
