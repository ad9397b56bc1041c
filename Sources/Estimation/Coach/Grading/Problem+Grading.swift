import Kernel

extension Problem {
  /// Grades the answers given so far, in the order of the steps; nil stands for a step that was
  /// passed over.
  ///
  /// Where the answers lead to no figure above 0, later steps are graded against the truth. Throws
  /// only what a problem that was drawn without complaint does not hold.
  public func grade(_ given: [EstimateAnswer?]) throws(Diagnostic) -> ProblemGrade {
    precondition(
      !given.isEmpty && given.count <= steps.count,
      "a problem of \(steps.count) steps cannot have \(given.count) answers")
    var model = model
    var grades: [StepGrade] = []
    var results: [Double?] = [answers[answers.count - 1].middle]
    for (place, answer) in given.enumerated() {
      let expected = figure(of: place, in: model) ?? answers[place]
      grades.append(try grade(place, answer, expected, model))
      if let answer { try model.set(steps[place].name, to: answer.middle, in: answer.unit) }
      results.append(figure(of: steps.count - 1, in: model)?.middle)
    }
    return total(grades, results)
  }

  /// What a step comes to in a model with some values changed; nil when that is no figure above 0,
  /// as when a difference turns around or a divisor vanishes.
  func figure(of place: Int, in model: EstimateModel) -> EstimateFigure? {
    let reference = EstimateReference(content)
    let step = steps[place]
    guard
      let figure = try? model.figure(of: step.name, part: step.part, reference: reference),
      (figure.spread?.p5 ?? figure.middle) > 0
    else { return nil }
    return figure
  }

  private func grade(
    _ place: Int, _ answer: EstimateAnswer?, _ expected: EstimateFigure, _ model: EstimateModel
  ) throws(Diagnostic) -> StepGrade {
    let (step, truth) = (steps[place], answers[place])
    guard let answer else { return .passedOver(step.name, truth: truth, expected: expected) }
    // Once a step's figure has been told, both it and the learner's own are fair to go on from.
    if expected != truth, goesOnFromTruth(answer, truth, expected) {
      return try grade(place, answer, truth, self.model)
    }
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
    let isGood = band == .exact || band == .good
    let difference =
      isGood && slip == nil && expected.spread == nil
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

  private func goesOnFromTruth(
    _ answer: EstimateAnswer, _ truth: EstimateFigure, _ expected: EstimateFigure
  ) -> Bool {
    let distance = truth.distance(to: answer.middle)
    return GradeBand(distance: distance) == .exact
      && abs(distance) < abs(expected.distance(to: answer.middle))
  }

  private func total(_ grades: [StepGrade], _ results: [Double?]) -> ProblemGrade {
    let score = grades.reduce(0) { $0 + $1.score } / Double(grades.count)
    let answered = grades.count { $0.answer != nil }
    let reached = results.compactMap { $0 }
    guard reached.count == results.count, let result = reached.last else {
      return ProblemGrade(
        steps: grades, score: score, error: nil, contributions: [], culprit: nil,
        sentence: "Your answers lead to no result above 0.")
    }
    let contributions = zip(reached, reached.dropFirst()).map { before, after in
      PortableMath.log10(after / before)
    }
    let error = answers[answers.count - 1].distance(to: result)
    let pushes = contributions.map { error < 0 ? -$0 : $0 }
    let isRight = GradeBand(distance: error) == .exact
    let culprit = isRight ? nil : pushes.indices.max { pushes[$0] < pushes[$1] }
    return ProblemGrade(
      steps: grades, score: score, error: error, contributions: contributions, culprit: culprit,
      sentence: GradeWords.total(
        error: error, culprit: culprit.map { steps[$0].name }, answeredCount: answered,
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
  public func distance(to value: Double) -> Double {
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
