import Kernel

extension Problem {
  /// Grades the answers given so far, in the order of the steps; nil stands for a step that was
  /// passed over.
  ///
  /// Throws when the learner's own answers lead to a step that has no value above 0.
  public func grade(_ given: [EstimateAnswer?]) throws(Diagnostic) -> ProblemGrade {
    precondition(
      !given.isEmpty && given.count <= steps.count,
      "a problem of \(steps.count) steps cannot have \(given.count) answers")
    let reference = EstimateReference(content)
    guard let last = steps.last else { preconditionFailure("a problem has steps") }
    var model = model
    var grades: [StepGrade] = []
    var results = [answers[answers.count - 1].middle]
    for (place, answer) in given.enumerated() {
      let step = steps[place]
      let expected = try model.figure(of: step.name, part: step.part, reference: reference)
      guard expected.middle > 0 else {
        throw Diagnostic(
          "In \(step.part): your answers before it lead to no result above 0.",
          found: expected.text, expected: "answers from which it can be worked out")
      }
      grades.append(try grade(place, answer, expected, model))
      if let answer { try model.set(step.name, to: answer.middle, in: answer.unit) }
      let result = try model.figure(of: last.name, part: last.part, reference: reference)
      results.append(result.middle)
    }
    return total(grades, results)
  }

  private func grade(
    _ place: Int, _ answer: EstimateAnswer?, _ expected: EstimateFigure, _ model: EstimateModel
  ) throws(Diagnostic) -> StepGrade {
    let (step, truth) = (steps[place], answers[place])
    guard let answer else { return .passedOver(step.name, truth: truth, expected: expected) }
    let distance = expected.distance(to: answer.middle)
    let band = GradeBand(distance: distance)
    let isHeld = answer.isRange ? answer.holds(expected.middle) : nil
    let score =
      answer.isRange
      ? try IntervalScore.onLogScale(
        low: answer.low, high: answer.high, value: expected.middle) : nil
    let finder = try slipFinder(step: place, answer: answer, in: model)
    let ratio = answer.middle / expected.middle
    let isRight = isHeld == true || distance == 0
    let slip = isRight ? nil : finder.slip(ratio: ratio, rounding: answer.rounding, band: band)
    let isNear = band == .exact || band == .good
    let difference =
      isNear && slip == nil && expected.spread == nil
      ? finder.fineDifference(
        ratio: ratio, rounding: answer.rounding, power: answer.unit.informationPower) : nil
    return StepGrade(
      step: step.name, answer: answer, truth: truth, expected: expected,
      trueDistance: truth.distance(to: answer.middle), distance: distance, band: band,
      score: max(0, 1 - abs(distance)), isHeld: isHeld, intervalScore: score, slip: slip,
      difference: difference,
      sentence: GradeWords.sentence(
        answer, expected, distance: distance, band: band, slip: slip, difference: difference))
  }

  private func total(_ grades: [StepGrade], _ results: [Double]) -> ProblemGrade {
    let truth = answers[answers.count - 1]
    let contributions = zip(results, results.dropFirst()).map { before, after in
      PortableMath.log10(after / before)
    }
    let error = truth.distance(to: results[results.count - 1])
    let pushes = contributions.map { error < 0 ? -$0 : $0 }
    let isRight = GradeBand(distance: error) == .exact
    let culprit = isRight ? nil : pushes.indices.max { pushes[$0] < pushes[$1] }
    let sum = grades.reduce(0) { $0 + $1.score }
    return ProblemGrade(
      steps: grades, score: sum / Double(grades.count), error: error,
      contributions: contributions, culprit: culprit,
      sentence: GradeWords.total(
        error: error, culprit: culprit.map { steps[$0].name },
        answeredCount: grades.count { $0.answer != nil },
        isLastAnswered: grades.count == steps.count && grades.last?.answer != nil))
  }
}

extension StepGrade {
  /// The grade of a step without an answer.
  fileprivate static func passedOver(
    _ step: String, truth: EstimateFigure, expected: EstimateFigure
  ) -> StepGrade {
    StepGrade(
      step: step, answer: nil, truth: truth, expected: expected, trueDistance: nil,
      distance: nil, band: .miss, score: 0, isHeld: nil, intervalScore: nil, slip: nil,
      difference: nil, sentence: "Passed over; it comes to \(expected.text).")
  }
}

extension EstimateFigure {
  /// log10(value / figure); from the nearer end when the figure is a range, and 0 inside it.
  func distance(to value: Double) -> Double {
    let low = (spread?.p5 ?? middle) * (1 - 1e-9)
    let high = (spread?.p95 ?? middle) * (1 + 1e-9)
    if spread != nil, low <= value, value <= high { return 0 }
    let near = spread == nil ? middle : value < low ? low : high
    return PortableMath.log10(value / near)
  }
}

extension CompoundUnit {
  /// The power of the prefix of its unit of information: 3 for GB, GiB and Gbit/s; nil without one.
  var informationPower: Int? {
    guard let atom = terms.first(where: { $0.atom.dimension == StandardUnits.information })?.atom
    else { return nil }
    return StandardUnits.steps(of: atom.ladder).firstIndex(of: atom)
  }
}
