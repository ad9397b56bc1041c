/// How good the answers to a problem are together.
public struct ProblemGrade: Sendable, Hashable {
  /// The grades of the steps that were answered or passed over, in order.
  public let steps: [StepGrade]
  /// The mean of their scores, from 0 to 1.
  public let score: Double
  /// log10(the learner's result / the true result) of the last step of the problem.
  ///
  /// Steps without an answer follow from those before. 0 inside a result that is a range; nil when
  /// the answers lead to no result above 0.
  public let error: Double?
  /// How many powers of ten each step contributed to the error, in order.
  ///
  /// They add up to it (where the result is a range, to the distance from its middle). Empty
  /// without an error.
  public let contributions: [Double]
  /// The step that caused most of the error, by its place; nil when the result is right.
  public let culprit: Int?
  /// The result for a tired person.
  public let sentence: String
}
