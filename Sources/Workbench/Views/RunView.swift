import Drills
import Kernel
import Presentation

/// The screen at the end of a run: objectives, predictions beside measurements, a chart, why.
enum RunView {
  /// What is shown of `run`; `predictions` are those made before it, by the metric's name.
  static func document(
    _ run: DrillRun, title: String, predictions: [String: Prediction] = [:]
  ) -> Document {
    var document = Document([.heading(2, Text(title))])
    if !run.judgements.isEmpty { document.add(.table(objectives(run))) }
    document = document + self.predictions(run, predictions)
    if run.judgements.isEmpty { document.add(.table(figures(run.outcome.measurements))) }
    document = document + FindingView.document(run.outcome.findings)
    document.add(chart(run))
    document = document + verdicts(run.outcome)
    document =
      document
      + WhyView.document(run.outcome, missed: run.judgements.filter { !$0.isMet })
    document.add(.paragraph(Text([.toned("token  ", .quiet), .code(run.token.description)])))
    return document
  }

  private static func objectives(_ run: DrillRun) -> Table {
    let columns: [Table.Column] = [
      .init(""), .init("objective"), .init("wanted", .trailing), .init("measured", .trailing),
    ]
    return Table(
      columns,
      run.judgements.map { judgement in
        let mark: Mark = judgement.isMet ? .met : .missed
        return [
          Text([.mark(mark)]), Text(judgement.clause.name), Text(judgement.clause.wanted),
          .toned(judgement.measured?.text ?? "none", judgement.isMet ? .good : .bad),
        ]
      })
  }

  private static func predictions(
    _ run: DrillRun, _ predictions: [String: Prediction]
  ) -> Document {
    let rows = run.outcome.measurements.compactMap { measured -> [Text]? in
      guard let prediction = predictions[measured.name] else { return nil }
      let score = measured.value.map { prediction.score($0) }
      return [
        Text(measured.name), Text(prediction.description), Text(measured.text),
        score.map { PredictionView.word($0) } ?? Text("not measured"),
      ]
    }
    guard !rows.isEmpty else { return Document() }
    return Document([
      .table(
        Table(
          [
            .init("you predicted"), .init("said", .trailing), .init("measured", .trailing),
            .init(""),
          ], rows))
    ])
  }

  /// Every figure of a run, for runs without objectives.
  static func figures(_ measurements: [Measurement]) -> Table {
    Table(
      [.init("figure"), .init("measured", .trailing)],
      measurements.map { [Text($0.name), Text($0.text)] })
  }

  /// The figures over time, with the objectives' bounds drawn across where they fit.
  static func chart(_ run: DrillRun) -> Block {
    chart(run.outcome.series, lasting: run.outcome.duration) { name in
      run.judgements.first { $0.clause.name == name }?.clause.comparison.bound
    }
  }

  /// Figures over the time of a run, each with a level to draw across where there is one.
  static func chart(
    _ series: [TimeSeries], lasting duration: TimeSpan, level: (String) -> Double? = { _ in nil }
  ) -> Block {
    let lines = series.map { line in
      TimeChart.Series(
        line.name, line.values, style: style(line.style), level: level(line.name),
        text: { line.unit.text($0) })
    }
    return .chart(TimeChart(lines, start: "0 s", end: duration.description))
  }

  private static func style(_ style: TimeSeries.Style) -> TimeChart.Style {
    switch style {
    case .line: .line
    case .strip: .strip
    case .band: .band
    }
  }

  private static func verdicts(_ outcome: Outcome) -> Document {
    let broken = outcome.verdicts.compactMap { verdict -> [Block]? in
      switch verdict.verdict {
      case .holds: nil
      case .violated, .unknown: [.text(verdict.description)]
      }
    }
    guard !broken.isEmpty else {
      let names = outcome.verdicts.map(\.name)
      guard !names.isEmpty else { return Document() }
      return Document([
        .paragraph(
          Text([
            .toned("held throughout  ", .quiet), .plain(names.joined(separator: ", ")),
          ]))
      ])
    }
    return Document([.aside(.warning, [.list(broken, isOrdered: false)])])
  }
}

extension Condition.Comparison {
  /// The bound, where there is one to draw.
  var bound: Double? {
    switch self {
    case .below(let bound), .atMost(let bound), .above(let bound), .atLeast(let bound): bound
    case .within, .not: nil
    }
  }
}

/// How predictions came out, in words.
enum PredictionView {
  static func word(_ score: Prediction.Score) -> Text {
    switch score {
    case .inside: .toned("inside", .good)
    case .near: .toned("within a tenth", .good)
    case .outside: .toned("outside", .bad)
    case .off: .toned("off", .bad)
    }
  }
}
