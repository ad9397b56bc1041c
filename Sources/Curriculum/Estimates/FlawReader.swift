import Estimation
import Kernel

/// Reads `lessons/estimates/flaws.yaml`: worked estimates with one wrong line each.
enum FlawReader {
  private static let keys = [
    "id", "title", "story", "source", "units", "lines", "flaw", "right", "why", "hints",
  ]

  static func read(_ text: String, file: String) throws(Diagnostic) -> [FlawedEstimate] {
    let map = try YAMLField.parse(text, file: file).map(known: ["flaws"])
    var flaws: [FlawedEstimate] = []
    for item in try map.required("flaws").list() {
      let flaw = try self.flaw(item.map(known: keys))
      guard !flaws.contains(where: { $0.id == flaw.id }) else {
        throw item.complaint("The id '\(flaw.id)' stands here twice.", found: flaw.id)
      }
      flaws.append(flaw)
    }
    return flaws
  }

  private static func flaw(_ map: YAMLMap) throws(Diagnostic) -> FlawedEstimate {
    var lines: [FlawedEstimate.Line] = []
    for item in try map.required("lines").list() {
      let line = try item.map(known: ["name", "formula", "value"])
      lines.append(
        FlawedEstimate.Line(
          name: try line.words("name"), formula: try line.words("formula"),
          value: try line.words("value")))
    }
    var source: FlawedEstimate.Publication?
    if let field = map.optional("source") {
      let entry = try field.map(known: ["title", "where", "date"])
      source = FlawedEstimate.Publication(
        title: try entry.words("title"), address: try entry.words("where"),
        date: try entry.words("date"))
    }
    return FlawedEstimate(
      id: try map.words("id"), title: try map.words("title"), story: try map.words("story"),
      source: source, units: try map.strings("units"), lines: lines, flaw: try map.words("flaw"),
      right: try map.words("right"), why: Self.oneParagraph(try map.words("why")),
      hints: try map.strings("hints"))
  }

  /// The text without its line breaks, which belong to the file and not to the screen.
  private static func oneParagraph(_ text: String) -> String {
    text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }
}
