import Drills
import Kernel
import Presentation
import Progress
import Simulation

/// The screens of a mystery: the opening, what may be asked, the answer.
enum MysteryView {
  static func opening(_ mystery: Mystery) -> Document {
    let again = "drill mystery \(mystery.topic) --seed \(mystery.seed)"
    return Document([
      .heading(1, Text("Mystery: \(mystery.scenario.title)")),
      .text(
        "One of the suspects may be at work in this run, or nothing is wrong. Ask, then name it. "
          + "Questions cost points of a budget of \(MysteryScore.budget); what is left of it and "
          + "how fast you are count beside the cause."),
      .code(situation(mystery).joined(separator: "\n"), language: nil),
      .table(
        Table(
          [.init("ask"), .init("points", .trailing), .init("and get")],
          questions.map { [.code($0.usage), Text($0.cost), Text($0.gives)] })),
      .paragraph(Text([.toned("again  ", .quiet), .code(again)])),
    ])
  }

  /// The settings that do not stand at their defaults, and the faults.
  private static func situation(_ mystery: Mystery) -> [String] {
    let changes = mystery.request.settings.changes.map { "\($0.name)=\($0.text)" }
    let roster = mystery.scenario.roster(mystery.request.settings)
    let faults = mystery.request.faults.lines(roster)
    return changes + (faults.isEmpty ? ["no faults"] : faults)
  }

  private static var questions: [(usage: String, cost: String, gives: String)] {
    func price(_ query: MysteryQuery) -> String { "\(query.cost)" }
    return [
      ("metrics, knobs, suspects", "free", "what is measured, how it is set, who it may be"),
      ("metric NAME", price(.metric), "one figure of this run"),
      ("series NAME", price(.series), "one figure over time"),
      ("logs [WORD]", price(.logs), "a page of what happened, of all or of what names a word"),
      ("trace", price(.trace), "the chain from the first cause to the last consequence"),
      ("baseline NAME", price(.baseline), "a figure beside that of the healthy mechanism"),
      ("rerun CHANGE", price(.rerun), "all figures with KNOB=VALUE, a fault line, or quiet"),
      ("findings", price(.findings), "which invariants and guarantees held"),
    ]
  }

  static func metrics(_ metrics: [Metric]) -> Document {
    Document([
      .table(
        Table(
          [.init("metric"), .init("what it measures")],
          metrics.map { [.code($0.name), Text($0.summary)] }))
    ])
  }

  static func names(of series: [TimeSeries]) -> Document {
    Document([.text("series: " + series.map(\.name).joined(separator: ", "))])
  }

  static func suspects(_ mystery: Mystery) -> Document {
    Document([
      .table(
        Table(
          [.init("suspect"), .init("what it does")],
          mystery.suspects.map { [.code($0.id), Text($0.title)] }))
    ])
  }

  /// What became of every invariant and every guarantee.
  static func findings(_ outcome: Outcome) -> Document {
    let verdicts = outcome.verdicts.map { [Block.text($0.description)] }
    let list = verdicts.isEmpty ? [] : [Block.list(verdicts, isOrdered: false)]
    return Document(list) + FindingView.document(outcome.findings)
  }

  /// Whether the name was right, and what it was worth.
  static func verdict(
    _ mystery: Mystery, isRight: Bool, score: MysteryScore, spent: Int, seconds: Double
  ) -> Document {
    let title = mystery.culprit?.title ?? Mystery.nothing.title
    let mark: Mark = isRight ? .met : .missed
    let said = isRight ? " Right: it " : " It was '\(mystery.answer)': it "
    let rows: [[Text]] = [
      ["cause", Text(isRight ? "named" : "not named"), Text("\(score.cause) of 60")],
      [
        "questions", Text("\(spent) of \(MysteryScore.budget) points"),
        Text("\(score.queries) of 25"),
      ],
      [
        "time", Text(TimeSpan(seconds: seconds.rounded()).description), Text("\(score.time) of 15"),
      ],
      ["", "", .strong("\(score.total) of 100")],
    ]
    let sentence =
      mystery.culprit == nil
      ? (isRight ? " Right: nothing is wrong." : " Nothing is wrong: it works as it should.")
      : "\(said)\(title)."
    return Document([
      .paragraph(Text([.mark(mark), .plain(sentence)])),
      .table(Table([.init(""), .init(""), .init("score", .trailing)], rows)),
    ])
  }

  /// What the bug does, and what would have shown it for the fewest points.
  static func revelation(_ mystery: Mystery, outcome: Outcome) throws(Diagnostic) -> Document {
    guard let culprit = mystery.culprit else {
      let cost = MysteryQuery.baseline.cost
      return Document([
        .text(
          "What looked like trouble came from the settings and the faults. A baseline of a figure "
            + "that you suspect (\(cost) points) agrees with the run to the last digit.")
      ])
    }
    var document = Document([.text(culprit.summary)])
    let complaint = try culprit.complaint(on: outcome, of: mystery.scenario)
    document.add(.text("Fastest: \(fastest(culprit)): \(complaint ?? "it does not show here")."))
    return document
  }

  private static func fastest(_ culprit: Mutant) -> String {
    switch culprit.caughtBy {
    case .invariant, .finding: "'findings' (\(MysteryQuery.findings.cost) points)"
    case .objective(let text):
      "'metric \(text.prefix { $0 != " " })' (\(MysteryQuery.metric.cost) point)"
    }
  }

  /// The opening as JSON: everything but the answer.
  static func json(_ mystery: Mystery) -> JSON {
    let roster = mystery.scenario.roster(mystery.request.settings)
    return .members([
      "topic": .text(mystery.topic), "seed": .text("\(mystery.seed)"),
      "scenario": .text(mystery.scenario.id), "version": .integer(mystery.scenario.version),
      "settings": .object(
        mystery.request.settings.changes.map { .init($0.name, .text($0.text)) }),
      "faults": .list(mystery.request.faults.lines(roster).map(JSON.text)),
      "budget": .integer(MysteryScore.budget),
      "costs": .object(
        MysteryQuery.allCases.map { .init($0.rawValue, .integer($0.cost)) }),
      "metrics": .list(mystery.scenario.metrics.map { .text($0.name) }),
      "suspects": .list(
        mystery.suspects.map { .members(["id": .text($0.id), "title": .text($0.title)]) }),
    ])
  }
}
