import Drills
import Kernel
import Presentation

/// Runs side by side, a column each, on the same seed and under the same faults.
enum ComparisonView {
  /// `runs` with their labels; figures that are the same in all are named below.
  static func document(_ runs: [(label: String, run: DrillRun)], title: String) -> Document {
    guard let first = runs.first else { return Document() }
    var document = Document([.heading(2, Text(title))])
    let columns =
      [Table.Column("figure")] + runs.map { Table.Column($0.label, .trailing) }
    let figures = first.run.outcome.measurements.map { measured -> Row in
      let texts = runs.map { $0.run.outcome.measurement(measured.name)?.text ?? "none" }
      let cells = zip(runs, texts).map { entry, text -> Text in
        let judgement = entry.run.judgements.first { $0.clause.name == measured.name }
        guard let judgement else { return Text(text) }
        return .toned(text, judgement.isMet ? .good : .bad)
      }
      return (Set(texts).count > 1, [Text(measured.name)] + cells)
    }
    let rows = figures + guarantees(runs)
    let verdict = runs.map { entry -> Text in
      entry.run.judgements.isEmpty
        ? Text("") : Text([.mark(entry.run.isPassed ? .met : .missed)])
    }
    let judged = first.run.judgements.isEmpty ? [] : [[Text("objectives")] + verdict]
    document.add(.table(Table(columns, judged + rows.filter(\.differs).map(\.cells))))
    let same = rows.filter { !$0.differs }.map { "\($0.cells[0].plain) \($0.cells[1].plain)" }
    if !same.isEmpty {
      document.add(
        .paragraph(
          Text([.toned("the same in all  ", .quiet), .plain(same.joined(separator: ", "))])))
    }
    for entry in runs {
      document.add(
        .paragraph(
          Text([.toned("\(entry.label)  ", .quiet), .code(entry.run.token.description)])))
    }
    return document
  }

  private typealias Row = (differs: Bool, cells: [Text])

  /// A row for each guarantee that checkers looked at: held, broken or unknown in each run.
  private static func guarantees(_ runs: [(label: String, run: DrillRun)]) -> [Row] {
    let first = runs.first?.run.outcome.findings ?? []
    return first.map { finding in
      let cells = runs.map { entry -> Text in
        let same = entry.run.outcome.findings.first { $0.guarantee == finding.guarantee }
        return same.map(FindingView.word) ?? Text("not looked at")
      }
      return (Set(cells).count > 1, [Text(finding.guarantee)] + cells)
    }
  }
}
