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
    let information = answers[place].unit.terms.first {
      $0.atom.dimension == StandardUnits.information
    }
    var signatures = step.forgot.flatMap(SlipSignature.own)
    for given in givens { signatures += try slips(with: given, in: place) }
    if units.hasInformation {
      signatures += SlipSignature.bits(informationExponent: information?.exponent ?? 0)
    }
    for factor in TimeFactor.allCases where factor.leastSpan <= longest ?? 0 {
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
    let (middle, unit) = try written(given)
    let value = middle / unit.scale
    func ratio(_ changed: Double) throws(Diagnostic) -> Double? {
      var model = model
      try model.set(given.name, to: changed * unit.scale, in: unit)
      return figure(of: place, in: model).map { $0.middle / answers[place].middle }
    }
    let leftOut = try ratio(1)
    let isUsed = leftOut.map { abs($0 - 1) > 1e-9 } ?? true
    var found: [(mishap: GivenMishap, ratio: Double?)] = []
    if !unit.dimension.isOne {
      // A figure with a unit is left out as the number that it is; a second time it would change
      // the unit.
      if isUsed, value > 1 { found = [(.leftOut, leftOut)] }
    } else if isUsed {
      found = [(.leftOut, leftOut), (.onceTooOften, try ratio(value * value))]
      if role == .readWrite { found.append((.turnedOver, try ratio(1 / value))) }
    } else if role != .share {
      // The step has no use for it, so it can only be where it does not belong.
      found = [(.onceTooOften, value)]
    }
    return found.compactMap { mishap, ratio in
      guard let ratio, abs(ratio - 1) > 1e-9 else { return nil }
      return SlipSignature.given(given, role, mishap, ratio: ratio, takesPart: isUsed)
    }
  }

  /// The value of a given, in base units, and the unit in which it was written.
  private func written(_ given: DrawnGiven) throws(Diagnostic) -> (Double, CompoundUnit) {
    let estimator = Estimator(model, reference: EstimateReference(content))
    let part = "the given '\(given.name)'"
    let figure = try model.figure(of: given.name, part: part, reference: EstimateReference(content))
    do throws(EstimateComplaint) {
      let unit = try model.place(of: given.name).map { place throws(EstimateComplaint) in
        try estimator.run.value(at: place).unit
      }
      return (figure.middle, unit ?? figure.unit)
    } catch {
      throw error.diagnostic.inPart(part)
    }
  }
}
