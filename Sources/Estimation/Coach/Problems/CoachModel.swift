import Kernel

/// Models that are put together from the pieces of a problem or of a worked estimate.
extension EstimateModel {
  /// Declares a countable: `like`, or `entry, entries`.
  mutating func declare(unit: String) throws(Diagnostic) {
    try addOne("unit \(unit)", part: "the unit '\(unit)'")
  }

  /// Defines `name`, which must be new, by one formula.
  mutating func define(_ name: String, _ formula: String, part: String) throws(Diagnostic) {
    guard place(of: name) == nil else {
      throw Diagnostic("In \(part): the name '\(name)' is taken already.", found: name)
    }
    let place = try addOne("\(name) = \(formula)", part: part)
    guard definedName(place) == name else {
      throw Diagnostic(
        "In \(part): '\(name)' is no name.", found: name,
        expected: "letters, digits and underscores")
    }
  }

  /// Replaces the definition of `name` by one number in base units.
  ///
  /// Every unit stands as a number of its own, since a unit that stands in a chain could be
  /// mistaken for a name of the model.
  mutating func set(
    _ name: String, to value: Double, in unit: CompoundUnit
  ) throws(Diagnostic) {
    var text = "\(name) = \(value / unit.scale)"
    for term in unit.terms {
      text += term.exponent > 0 ? " * " : " / "
      text += "(1 \(term.atom.symbol))" + (abs(term.exponent) > 1 ? "^\(abs(term.exponent))" : "")
    }
    try addOne(text, part: "the value of '\(name)'")
  }

  /// Adds exactly one statement; complaints name the part that it comes from.
  @discardableResult
  private mutating func addOne(_ text: String, part: String) throws(Diagnostic) -> Int {
    let places: [Int]
    do throws(EstimateComplaint) { places = try add(SourceText(text)) } catch {
      throw error.diagnostic.inPart(part)
    }
    guard places.count == 1, let place = places.first else {
      throw Diagnostic(
        "In \(part): this is more than one line.", found: text, expected: "one formula")
    }
    return place
  }

  /// What the value called `name` comes to.
  func figure(
    of name: String, part: String, reference: EstimateReference
  ) throws(Diagnostic) -> EstimateFigure {
    do throws(EstimateComplaint) {
      let outcome = try Estimator(self, reference: reference).outcome(of: name)
      if let figure = outcome?.figure { return figure }
    } catch {
      throw error.diagnostic.inPart(part)
    }
    throw Diagnostic("In \(part): '\(name)' comes to no value.", expected: "a formula without '?'")
  }
}

extension Diagnostic {
  /// The same complaint with the part of the content that it is about.
  func inPart(_ part: String) -> Diagnostic {
    var named = self
    named.message = "In \(part): \(message)"
    return named
  }
}
