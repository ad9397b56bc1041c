import Kernel

/// A round of questions, each answered by a range that should hold the figure nine times in ten.
public struct CalibrationRound: Sendable {
  /// The questions in the order in which they are asked; none comes twice.
  public let questions: [Question]

  /// How many questions a round has, where the reference has that many.
  public static let standardCount = 20

  /// A question about a constant of the reference.
  public struct Question: Sendable, Hashable {
    /// The constant, with its source.
    public let constant: EstimateConstant
    /// What is asked.
    public let text: String
    /// The right answer.
    public let figure: EstimateFigure

    /// Reads a range.
    ///
    /// A single number is refused and a range asked for: nobody is nine in ten sure of one number,
    /// and counting it as a miss would tell about the form of the answer and not about the learner.
    public func answer(_ line: String) throws(Diagnostic) -> EstimateAnswer {
      let answer = try EstimateAnswer(reading: line, for: figure)
      guard answer.isRange else {
        let scale = figure.unit.scale
        let example = FigureText.range(
          3 * scale, 8 * scale, figure.isShare ? .one : figure.unit)
        throw Diagnostic(
          "A range is wanted here: two ends between which you are nine in ten sure that it lies.",
          found: line,
          expected: "LOW to HIGH, such as \(figure.isShare ? "3% to 8%" : example)")
      }
      return answer
    }
  }

  /// The round that `seed` draws from the constants that carry a question: one of each kind in
  /// turn, as long as there are any.
  ///
  /// Throws what is wrong with a constant, or that there is nothing to ask.
  public init(
    seed: UInt64, reference: EstimateReference, count: Int = standardCount
  ) throws(Diagnostic) {
    precondition(count > 0, "a round has questions")
    var stream = RandomStream(seed: seed, name: "calibration/questions")
    let constants = try reference.content().constants
    var piles: [[EstimateConstant]] = []
    for kind in EstimateConstant.Kind.allCases {
      var pile = constants.filter { $0.kind == kind && $0.question != nil }
      stream.shuffle(&pile)
      if !pile.isEmpty { piles.append(pile) }
    }
    stream.shuffle(&piles)
    var drawn: [EstimateConstant] = []
    var depth = 0
    while drawn.count < count, piles.contains(where: { $0.count > depth }) {
      drawn += piles.compactMap { depth < $0.count ? $0[depth] : nil }
      depth += 1
    }
    guard !drawn.isEmpty else {
      throw Diagnostic(
        "There is nothing to ask: no constant carries a question.",
        expected: "constants with a question")
    }
    var questions: [Question] = []
    for constant in drawn.prefix(count) {
      questions.append(try Question(constant, reference: reference))
    }
    stream.shuffle(&questions)
    self.questions = questions
  }

  /// What the answers to all questions, in their order, come to.
  public func result(_ answers: [EstimateAnswer]) throws(Diagnostic) -> CalibrationResult {
    precondition(answers.count == questions.count, "a round has an answer to every question")
    return try CalibrationResult(
      zip(answers, questions).map { .init(low: $0.low, high: $0.high, value: $1.figure.middle) })
  }
}

extension CalibrationRound.Question {
  /// The question of a constant that has one.
  init(_ constant: EstimateConstant, reference: EstimateReference) throws(Diagnostic) {
    self.constant = constant
    text = constant.question ?? constant.summary
    var model = EstimateModel()
    let part = "the constant '\(constant.id)'"
    try model.define("answer", constant.value, part: part)
    figure = try model.figure(of: "answer", part: part, reference: reference)
    guard figure.middle > 0, !figure.isTruth else {
      throw Diagnostic(
        "In \(part): it is not above 0, so ranges for it cannot be scored by powers of ten.",
        found: constant.value, expected: "a figure above 0, or no question")
    }
  }
}
