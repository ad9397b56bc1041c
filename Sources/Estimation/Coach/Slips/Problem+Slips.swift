import Kernel

extension Problem {
  /// What can go wrong in the step at `place`, when the steps before it came to what `model` says.
  func slipFinder(
    step place: Int, answer: EstimateAnswer, in model: EstimateModel
  ) throws(Diagnostic) -> SlipFinder {
    let step = steps[place]
    let units = try involvedUnits(step, answer, model)
    let longest = units.longestTime
    let time = answers[place].unit.terms.first { $0.atom.dimension == StandardUnits.time }
    let exponent = time?.exponent ?? 0
    var signatures = step.forgot.flatMap(SlipSignature.own)
    for given in givens { signatures += try slips(with: given, in: place) }
    if units.hasInformation { signatures += SlipSignature.bits }
    for factor in TimeFactor.allCases where factor.leastUnit <= longest ?? 0 {
      signatures += SlipSignature.time(factor, timeExponent: exponent)
    }
    signatures += SlipSignature.prefixes(
      hasInformation: units.hasInformation, hasTime: longest != nil)
    signatures += SlipSignature.zeros
    let hasDay = longest ?? 0 >= TimeFactor.secondsOfDay.factor
    let shortcut = 100_000 / TimeFactor.secondsOfDay.factor
    return SlipFinder(
      signatures: signatures,
      roundDay: hasDay ? (exponent < 0 ? 1 / shortcut : shortcut) : nil)
  }

  private func involvedUnits(
    _ step: ProblemFamily.Step, _ answer: EstimateAnswer, _ model: EstimateModel
  ) throws(Diagnostic) -> InvolvedUnits {
    let run = Estimator(model, reference: EstimateReference(content)).run
    var units = InvolvedUnits()
    units.add(answer.unit)
    do throws(EstimateComplaint) {
      if let place = model.place(of: step.name), let formula = model.statements[place].formula {
        units.add(try run.value(at: place).unit)
        try units.add(formula, of: model.statements[place], in: run)
      }
    } catch {
      throw error.diagnostic.inPart(step.part)
    }
    return units
  }

  /// What the step comes to with the given left out, counted twice or turned over, against what it
  /// should come to.
  private func slips(
    with given: DrawnGiven, in place: Int
  ) throws(Diagnostic) -> [SlipSignature] {
    guard let role = given.role else { return [] }
    let reference = EstimateReference(content)
    let figure = try model.figure(
      of: given.name, part: "the given '\(given.name)'", reference: reference)
    let (unit, value) = (figure.unit, figure.middle / figure.unit.scale)
    func ratio(_ changed: Double) throws(Diagnostic) -> Double {
      var model = model
      try model.set(given.name, to: changed * unit.scale, in: unit)
      let step = steps[place]
      let result = try model.figure(of: step.name, part: step.part, reference: reference)
      return result.middle / answers[place].middle
    }
    let leftOut = try ratio(1)
    let isUsed = abs(leftOut - 1) > 1e-9
    var found: [(GivenMishap, Double)] = []
    if !unit.dimension.isOne {
      // A figure with a unit is left out as the number that it is; a second time it would change
      // the unit.
      if isUsed, value > 1 { found = [(.leftOut, leftOut)] }
    } else if isUsed {
      found = [(.leftOut, leftOut), (.onceTooOften, try ratio(value * value))]
      if role == .readWrite { found.append((.turnedOver, try ratio(1 / value))) }
    } else {
      // The step has no use for it, so it can only be where it does not belong.
      found = [(.onceTooOften, value), (.onceTooOften, 1 / value)]
    }
    return found.filter { $0.1 > 0 && $0.1 < .infinity && abs($0.1 - 1) > 1e-9 }.map {
      SlipSignature.given(given, role, $0.0, ratio: $0.1)
    }
  }
}
