import Estimation
import Kernel
import Presentation

/// What an estimate came to, as documents.
enum EstimateView {
  /// What a line of the prompt came to.
  static func entry(_ entry: EstimateNotebook.Entry) -> Document {
    var document = Document(entry.outcomes.flatMap { outcome($0) })
    if !entry.followers.isEmpty {
      let shown = entry.followers.prefix(5).map {
        [Text($0.name), Text($0.before), Text($0.after)]
      }
      document.add(
        .table(
          Table([.init("follows"), .init("was", .trailing), .init("is", .trailing)], shown)))
      let more = entry.followers.count - shown.count
      if more > 0 { document.add(.text("And \(more) more.")) }
    }
    return document + remarks(entry.remarks)
  }

  /// One outcome: `rate = 46,296 messages/s`.
  static func outcome(_ outcome: EstimateOutcome) -> [Block] {
    switch outcome.kind {
    case .declaration: return [.text("Noted.")]
    case .hole(let unit, let dimension):
      guard !unit.isEmpty else { return [.text("? must be a plain number, such as 5.")] }
      let example = unit.hasPrefix("/") ? "5\(unit)" : "5 \(unit)"
      return [
        .paragraph(
          Text([.plain("? must be in "), .strong(unit), .plain(", that is \(dimension).")])),
        .text("Put a figure in its place, such as \(example)."),
      ]
    case .expectation(let holds, let range):
      return [.paragraph(Text([.mark(holds ? .met : .missed)]) + expected(outcome, range))]
    case .value, .decision: return value(outcome)
    }
  }

  private static func expected(_ outcome: EstimateOutcome, _ range: String) -> Text {
    Text(" \(outcome.name ?? "") = \(outcome.figure?.middleText ?? ""), expected \(range)")
  }

  private static func value(_ outcome: EstimateOutcome) -> [Block] {
    guard let figure = outcome.figure else { return [] }
    let name = outcome.name.map { "\($0) = " } ?? "= "
    var text = Text([.plain(name), .strong(figure.text)])
    if figure.method != .arithmetic { text = text + method(figure) }
    return [.paragraph(text)]
  }

  private static func method(_ figure: EstimateFigure) -> Text {
    .toned("   \(figure.method.text)", .quiet)
  }

  /// Conventions and easy slips, a line each.
  static func remarks(_ remarks: [EstimateRemark]) -> Document {
    Document(remarks.map { .aside(.note, [.text(sentence($0))]) })
  }

  /// A remark in a sentence.
  static func sentence(_ remark: EstimateRemark) -> String {
    switch remark {
    case .month(let seconds):
      "A month is \(FigureText.number(seconds / 86_400)) days here; 'unit month = 30.4 days' changes it."
    case .year(let seconds):
      "A year is \(FigureText.number(seconds / 86_400)) days here; 'unit year = 365.25 days' changes it."
    case .bits(let word):
      "\(word) is \(word.dropLast())bit; \(word.dropLast())B would be bytes, eight times as much."
    case .kilobyte: "KB is read as kB, 1,000 bytes; KiB is 1,024."
    case .divisor(let text):
      "'\(text)' divides by the whole quantity behind the '/'; for a fraction of it write a decimal."
    case .twice(let name): "'\(name)' is defined twice; the last definition holds everywhere."
    }
  }

  // MARK: A whole model

  /// Every line of a model with what it came to.
  static func model(_ estimator: Estimator) throws(EstimateComplaint) -> Document {
    var rows: [[Text]] = []
    var expectations: [Block] = []
    for place in estimator.places {
      let outcome = try estimator.outcome(at: place)
      switch outcome.kind {
      case .declaration: continue
      case .expectation: expectations += self.outcome(outcome)
      case .hole(let unit, _):
        rows.append([Text(outcome.name ?? ""), Text("? in \(unit)"), Text("")])
      case .value, .decision:
        guard let figure = outcome.figure else { continue }
        let name = outcome.name ?? outcome.formula
        let isDecision = outcome.kind == .decision
        rows.append([
          isDecision ? .strong(name) : Text(name), Text(figure.rangeText),
          Text(figure.spread == nil ? "" : figure.medianText),
        ])
      }
    }
    let hasMedian = rows.contains { !$0[2].plain.isEmpty }
    let columns: [Table.Column] = [
      .init("name"), .init("value", .trailing), .init(hasMedian ? "median" : "", .trailing),
    ]
    var document = Document()
    if !rows.isEmpty { document.add(.table(Table(columns, rows))) }
    document.blocks += expectations
    return document + remarks(estimator.remarks)
  }
}
