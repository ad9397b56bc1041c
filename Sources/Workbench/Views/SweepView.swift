import Drills
import Kernel
import Presentation

/// Many seeds at a glance: how each figure spread, and the worst run to look at.
enum SweepView {
  static func document(_ sweep: Sweep, title: String) -> Document {
    var document = Document([.heading(2, Text(title))])
    document.add(.text("\(sweep.passCount) of \(sweep.runCount) runs met every objective."))
    let columns: [Table.Column] =
      [.init("figure")]
      + ["least", "p5", "p50", "p95", "most"].map { .init($0, .trailing) }
    document.add(
      .table(
        Table(
          columns,
          sweep.spreads.map { spread in
            [Text(spread.name)]
              + [0, 0.05, 0.5, 0.95, 1].map { q in
                Text(spread.quantile(q).map(spread.unit.text) ?? "none")
              }
          })))
    if let worst = sweep.worst {
      document.add(
        .paragraph(
          Text([
            .toned("worst  seed \(worst.request.seed)  ", .quiet),
            .code(worst.token.description),
          ])))
    }
    return document
  }
}
