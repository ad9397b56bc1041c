import Estimation
import Kernel

/// Reads kinds of estimation problems: `lessons/estimates/problems/NAME.yaml`, and the same parts in
/// an `estimate` block of a lesson.
enum ProblemReader {
  private static let keys = [
    "id", "title", "topic", "minutes", "story", "units", "given", "steps", "debrief", "sources",
  ]

  /// The family in `text`; its id must be `name`.
  static func read(_ text: String, file: String, name: String) throws(Diagnostic) -> ProblemFamily {
    let map = try YAMLField.parse(text, file: file).map(known: keys)
    let idField = try map.required("id")
    guard try idField.words() == name else {
      throw idField.complaint(
        "The id does not fit the file.", found: try idField.words(), expected: "id: \(name)")
    }
    return ProblemFamily(
      id: name, title: try map.words("title"), topic: try map.words("topic"),
      minutes: try map.required("minutes").integer(atLeast: 1), story: try map.words("story"),
      units: try map.strings("units"), givens: try givens(map), steps: try steps(map),
      debrief: try map.words("debrief"), sources: try map.strings("sources"))
  }

  /// The figures under `given`.
  static func givens(_ map: YAMLMap) throws(Diagnostic) -> [ProblemFamily.Given] {
    var givens: [ProblemFamily.Given] = []
    for item in try map.optional("given")?.list() ?? [] {
      let entry = try item.map(known: ["name", "draw", "one_of", "value", "role"])
      givens.append(
        ProblemFamily.Given(
          try entry.words("name"), try choice(entry, item), role: try role(entry)))
    }
    return givens
  }

  private static func choice(
    _ map: YAMLMap, _ item: YAMLField
  ) throws(Diagnostic) -> ProblemFamily.Choice {
    let ways = ["draw", "one_of", "value"].filter { map.optional($0) != nil }
    guard ways.count == 1 else {
      throw item.complaint(
        "A given has one way to come by its value.", found: ways.joined(separator: ", "),
        expected: "one of: draw, one_of, value")
    }
    switch ways[0] {
    case "draw": return .draw(try map.words("draw"))
    case "one_of": return .oneOf(try map.strings("one_of"))
    default: return .value(try map.words("value"))
    }
  }

  private static func role(_ map: YAMLMap) throws(Diagnostic) -> ProblemFamily.Role? {
    guard let field = map.optional("role") else { return nil }
    let word = try field.words()
    guard let role = ProblemFamily.Role(rawValue: word) else {
      let known = ProblemFamily.Role.allCases.map(\.rawValue)
      throw field.complaint(
        "There is no role called '\(word)'.", found: word,
        expected: Diagnostic.oneOf(known),
        suggestion: NearestWord.nearest(to: word, in: known))
    }
    return role
  }

  /// The questions under `steps`.
  static func steps(_ map: YAMLMap) throws(Diagnostic) -> [ProblemFamily.Step] {
    var steps: [ProblemFamily.Step] = []
    for item in try map.required("steps").list() {
      let entry = try item.map(known: ["name", "ask", "formula", "hint", "forgot"])
      steps.append(
        ProblemFamily.Step(
          name: try entry.words("name"), ask: try entry.words("ask"),
          formula: try entry.words("formula"), hint: try entry.optionalWords("hint"),
          forgot: try forgotten(entry)))
    }
    return steps
  }

  private static func forgotten(
    _ map: YAMLMap
  ) throws(Diagnostic) -> [ProblemFamily.Forgotten] {
    var forgotten: [ProblemFamily.Forgotten] = []
    for item in try map.optional("forgot")?.list() ?? [] {
      let entry = try item.map(known: ["factor", "says"])
      let field = try entry.required("factor")
      let text = try field.words()
      guard let factor = Double(text), factor > 1, factor.isFinite else {
        throw field.complaint(
          "'\(text)' is no factor.", found: text, expected: "a number above 1, such as 3")
      }
      forgotten.append(ProblemFamily.Forgotten(factor: factor, says: try entry.words("says")))
    }
    return forgotten
  }
}
