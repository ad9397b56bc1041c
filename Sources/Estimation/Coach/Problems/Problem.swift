import Kernel

/// A problem of a family with its figures drawn: what is told, what is given, and the reference
/// answers.
public struct Problem: Sendable {
  /// The family it was drawn from.
  public let family: ProblemFamily
  /// The seed that drew it: the same seed makes the same problem.
  public let seed: UInt64
  /// The figures in the order of the family.
  public let givens: [DrawnGiven]
  /// The story with the figures filled in.
  public let story: String
  /// Units, givens and steps as one estimate.
  public let model: EstimateModel
  /// What each step comes to, above 0; a range where an input is one.
  public let answers: [EstimateFigure]
  /// The constants that formulas may use.
  let content: EstimateReference.Content

  /// A figure with its value.
  public struct DrawnGiven: Sendable, Hashable {
    /// The name that formulas use.
    public let name: String
    /// The value in words, which the estimation language reads too.
    public let text: String
    /// The slip that leaving it out would be.
    public let role: ProblemFamily.Role?
  }

  /// The questions.
  public var steps: [ProblemFamily.Step] { family.steps }

  init(
    _ family: ProblemFamily, seed: UInt64, texts: [String], reference: EstimateReference
  ) throws(Diagnostic) {
    self.family = family
    self.seed = seed
    content = try reference.content()
    givens = zip(family.givens, texts).map { given, text in
      DrawnGiven(name: given.name, text: text, role: given.role)
    }
    var model = try family.unitModel()
    for (given, text) in zip(family.givens, texts) {
      try model.define(given.name, text, part: given.part)
      let figure = try model.figure(of: given.name, part: given.part, reference: reference)
      guard figure.middle > 0 else {
        throw Diagnostic(
          "In \(given.part): the value is not above 0.", found: text, expected: "a value above 0")
      }
    }
    for step in family.steps { try model.define(step.name, step.formula, part: step.part) }
    var answers: [EstimateFigure] = []
    for step in family.steps {
      let figure = try model.figure(of: step.name, part: step.part, reference: reference)
      guard (figure.spread?.p5 ?? figure.middle) > 0, !figure.isTruth else {
        throw Diagnostic(
          "In \(step.part): it comes to \(figure.text), which is no amount above 0, so no answer "
            + "can be graded by how many times too high or too low it is.",
          found: step.formula, expected: "a result above 0")
      }
      answers.append(figure)
    }
    self.model = model
    self.answers = answers
    story = try StoryText.filled(family.story, givens)
  }

  /// What answers are read with: the units of the problem and no names.
  var units: EstimateModel {
    get throws(Diagnostic) { try family.unitModel() }
  }
}

extension ProblemFamily.Step {
  /// What complaints call it.
  var part: String { "the step '\(name)'" }
}

extension ProblemFamily {
  /// The problem that `seed` draws; the same seed draws the same problem everywhere.
  ///
  /// Throws what does not hang together, naming the given or the step.
  public func problem(
    seed: UInt64, reference: EstimateReference = .empty
  ) throws(Diagnostic) -> Problem {
    try requireParts()
    let units = try unitModel()
    var texts: [String] = []
    for given in givens {
      texts.append(try given.text(seed: seed, family: id, model: units, reference: reference))
    }
    return try Problem(self, seed: seed, texts: texts, reference: reference)
  }

  /// Tries the family at both ends of every draw and at every value that may be chosen.
  ///
  /// Throws what is wrong with it, naming the given or the step.
  public func check(reference: EstimateReference = .empty) throws(Diagnostic) {
    try requireParts()
    let units = try unitModel()
    var extremes: [[String]] = []
    for given in givens {
      extremes.append(try given.extremes(model: units, reference: reference))
    }
    for round in 0..<(extremes.map(\.count).max() ?? 1) {
      let texts = extremes.map { $0[round % $0.count] }
      _ = try Problem(self, seed: 0, texts: texts, reference: reference)
    }
  }

  /// A model with the units of the family and nothing else.
  func unitModel() throws(Diagnostic) -> EstimateModel {
    var model = EstimateModel()
    for unit in units { try model.declare(unit: unit) }
    return model
  }

  private func requireParts() throws(Diagnostic) {
    guard !steps.isEmpty else {
      throw Diagnostic("The family '\(id)' asks nothing.", expected: "at least one step")
    }
    guard minutes >= 1 else {
      throw Diagnostic(
        "The family '\(id)' gives no time.", found: "\(minutes)", expected: "1 minute or more")
    }
    for step in steps {
      for forgotten in step.forgot where !(forgotten.factor > 1 && forgotten.factor < .infinity) {
        throw Diagnostic(
          "In \(step.part): what is forgotten has no factor above 1.",
          found: "\(forgotten.factor)", expected: "a factor above 1")
      }
    }
  }
}

/// Fills the values of givens into a story.
enum StoryText {
  /// The story with `{name}` replaced by the value of the given called that.
  static func filled(
    _ story: String, _ givens: [Problem.DrawnGiven]
  ) throws(Diagnostic) -> String {
    var text = ""
    var rest = story[...]
    while let open = rest.firstIndex(of: "{") {
      text += rest[..<open]
      guard let close = rest[open...].firstIndex(of: "}") else {
        throw Diagnostic("In the story: this '{' is not closed.", expected: "{name}")
      }
      let name = String(rest[rest.index(after: open)..<close])
      guard let given = givens.first(where: { $0.name == name }) else {
        throw Diagnostic.unknown("given", name, known: givens.map(\.name)).inPart("the story")
      }
      text += given.text
      rest = rest[rest.index(after: close)...]
    }
    return text + rest
  }
}
