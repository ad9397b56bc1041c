import Estimation
import Kernel
import Presentation

/// How a value came about, what it hangs on, and what it stands beside.
enum ExplainView {
  /// The whole explanation of the statement at `place`.
  static func document(
    _ estimator: Estimator, _ place: Int
  ) throws(EstimateComplaint) -> Document {
    let outcome = try estimator.outcome(at: place)
    guard let figure = outcome.figure else {
      return Document(EstimateView.outcome(outcome))
    }
    var document = Document([
      .paragraph(
        Text([.plain(outcome.name.map { "\($0) = " } ?? "= "), .strong(figure.text)])
          + .toned("   \(figure.method.text)", .quiet))
    ])
    document = try document + derivation(estimator, place)
    document = document + sensitivity(try estimator.influences(at: place))
    if let decision = try estimator.decision(at: place) {
      document = document + hinge(decision)
    }
    let anchors = try estimator.anchors(for: figure)
    if !anchors.isEmpty {
      document.add(.text("To see whether it can be right:"))
      document.add(
        .list(
          anchors.map { [.text("\($0.text) (\($0.figure), \($0.constant.date))")] },
          isOrdered: false))
    }
    return document
  }

  /// How a value came about, and the constants it rests on.
  static func derivation(
    _ estimator: Estimator, _ place: Int
  ) throws(EstimateComplaint) -> Document {
    let derivation = try estimator.derivation(at: place)
    return Document(
      [.code(lines(derivation), language: nil)] + derivation.constants.map(constant))
  }

  /// The lines of a derivation, in columns: names, formulas below each other.
  private static func lines(_ derivation: Derivation) -> String {
    let width = min(18, derivation.steps.map { $0.name?.count ?? 0 }.max() ?? 0)
    return derivation.steps.map { step in
      var lines = ["= \(step.formula)"]
      if let filled = step.filled, filled != step.result { lines.append("= \(filled)") }
      let cancelled = step.cancelled.isEmpty ? [] : [cancelling(step.cancelled)]
      let units = (cancelled + step.conversions).joined(separator: "; ")
      if !units.isEmpty { lines.append("  (\(units))") }
      if !step.isGiven { lines.append("= \(step.result)") }
      return column(lines, behind: step.name ?? "", width: width)
    }.joined(separator: "\n")
  }

  /// The widest that a line of a derivation gets before it goes on below.
  private static let lineWidth = 74

  private static func column(_ lines: [String], behind name: String, width: Int) -> String {
    let margin = String(repeating: " ", count: width + 1)
    let shown = lines.flatMap { wrapped($0, width: lineWidth - margin.count) }
    let opening = name + String(repeating: " ", count: max(1, margin.count - name.count))
    return shown.enumerated().map { ($0 == 0 ? opening : margin) + $1 }.joined(separator: "\n")
  }

  /// A line broken at spaces; what goes on below stands further in.
  private static func wrapped(_ line: String, width: Int) -> [String] {
    var lines: [String] = []
    var current = ""
    for word in line.split(separator: " ", omittingEmptySubsequences: false) {
      let next = current.isEmpty ? String(word) : current + " " + word
      if next.count > width, current.contains(where: { $0 != " " }) {
        lines.append(current)
        current = "    " + word
      } else {
        current = next
      }
    }
    return lines + [current]
  }

  private static func cancelling(_ words: [String]) -> String {
    let list = words.count > 1 ? words.dropLast().joined(separator: ", ") + " and " : ""
    return list + (words.last ?? "") + (words.count > 1 ? " cancel" : " cancels")
  }

  private static func constant(_ used: Derivation.Used) -> Block {
    .paragraph(
      Text([
        .strong(used.constant.id),
        .plain(" is \(used.figure): \(used.constant.summary) "),
        .toned("\(used.constant.source), \(used.constant.date)", .quiet),
      ]))
  }

  // MARK: What it hangs on

  private static let mostInfluences = 8

  private static func sensitivity(_ influences: [Influence]) -> Document {
    guard let first = influences.first, influences.count > 1 else { return Document() }
    // What shows as the same figure counts as the same.
    let equals = influences.prefix { text($0) == text(first) }
    let bars = influences.prefix(mostInfluences).map { influence in
      BarChart.Bar(label(influence), abs(influence.strength), text: text(influence))
    }
    let caption =
      first.measure == .share
      ? "each input's share of the uncertainty, exact"
      : "rank correlation of each input with the result"
    return Document([
      .text(
        equals.count == 1
          ? "If you can look up one input, look up \(first.label):"
          : "The first \(equals.count) weigh the same; look up any of them:"),
      .bars(BarChart(bars, caption: caption)),
    ])
  }

  private static func label(_ influence: Influence) -> String {
    influence.label.contains(" ") ? influence.label : "\(influence.label)  \(influence.range)"
  }

  private static func text(_ influence: Influence) -> String {
    switch influence.measure {
    case .share: FigureText.share(influence.strength, digits: 2)
    case .rankCorrelation: DecimalText.fixed(influence.strength, decimals: 2)
    }
  }

  /// The most outcomes that are told apart.
  private static let mostChoices = 6

  /// What a decision hangs on.
  static func hinge(_ decision: Decision) -> Document {
    var document = Document()
    let told = decision.choices.prefix(mostChoices)
    let isFew = told.count > 1 && told.reduce(0) { $0 + $1.share } > 0.95
    if isFew {
      let bars = told.map { choice in
        BarChart.Bar(choice.text, choice.share, text: FigureText.share(choice.share, digits: 2))
      }
      document.add(.text("How often each outcome comes:"))
      document.add(.bars(BarChart(bars)))
    }
    let opening = "With every input at its middle it is \(decision.middle)"
    guard !decision.flips.isEmpty else {
      document.add(.text("\(opening); no input alone changes that."))
      return document
    }
    let columns: [Table.Column] = [
      .init("input"), .init("at its low end", .trailing), .init("at its high end", .trailing),
    ]
    guard isFew || decision.choices.isEmpty else {
      document.add(.text("\(opening). What each input alone makes of it:"))
      let rows = decision.flips.map { [Text($0.label), Text($0.low), Text($0.high)] }
      document.add(.table(Table(columns, rows)))
      return document
    }
    document.add(.text("\(opening). What would flip it, alone:"))
    let rows = decision.flips.map { flip in
      [Text(flip.label), Text(flip.low), Text(flip.high), Text(flip.threshold)]
    }
    document.add(.table(Table(columns + [.init("flips at", .trailing)], rows)))
    return document
  }

  // MARK: The distribution

  /// The distribution of a value as bars.
  static func chart(
    _ estimator: Estimator, _ place: Int
  ) throws(EstimateComplaint) -> Document {
    let outcome = try estimator.outcome(at: place)
    guard let figure = outcome.figure, let histogram = try estimator.histogram(at: place) else {
      return Document(
        EstimateView.outcome(outcome) + [.text("It is one number: there is no spread to draw.")])
    }
    let bars = histogram.bins.map { bin in
      BarChart.Bar(
        FigureText.range(bin.low, bin.high, figure.unit, isShare: figure.isShare), bin.share,
        text: FigureText.share(bin.share, digits: 2))
    }
    let spread = figure.spread
    let mean = spread.map {
      FigureText.quantity($0.mean, figure.unit, isShare: figure.isShare, digits: 2)
    }
    let steps = histogram.isLog ? "each step is the same factor wide" : "steps of the same width"
    return Document([
      .paragraph(
        Text([.plain(outcome.name.map { "\($0) = " } ?? "= "), .strong(figure.text)])
          + Text(mean.map { ", mean \($0)" } ?? "")),
      .bars(BarChart(bars, caption: "from the 1st to the 99th percentile; \(steps)")),
    ])
  }
}
