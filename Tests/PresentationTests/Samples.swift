import Kernel
import Presentation

/// Documents that the snapshots show.
enum Samples {
  static let all: [(name: String, document: Document)] = [
    ("lesson", lesson), ("drill", drill), ("bench", bench), ("blocks", blocks),
    ("diagrams", diagrams),
  ]

  static let lesson = Document([
    .heading(1, "Database sharding · 4/9 · Why modulo hurts"),
    .paragraph(
      Text([
        .plain("A store of 4 shards places a key with "), .code("hash(key) mod 4"),
        .plain(". It is even, it is cheap, and it works until the day you add the fifth shard: "),
        .emphasis("nearly every key"), .plain(" now belongs somewhere else, and "),
        .strong("moving them is the outage"), .plain("."),
      ])),
    .paragraph("The bench holds 10,000 keys on 4 shards. Try it, then answer."),
    .aside(
      .question,
      [
        .paragraph("What share of the 10,000 keys moves when shard-5 joins?"),
        .paragraph(
          Text([
            .plain("A number, or a 90 % range ("), .code("60 to 90 %"), .plain(")."),
          ])),
      ]),
    .actions([Action("hint"), Action("skip"), Action("next", "when you have answered")]),
  ])

  static let bench = Document([
    .bars(
      BarChart(
        [
          BarChart.Bar("shard-1", 2_513, text: "2,513"),
          BarChart.Bar("shard-2", 2_489, text: "2,489", tone: .good),
          BarChart.Bar("shard-10", 240, text: "240", tone: .bad),
          BarChart.Bar("empty", 0, text: "0"),
        ], caption: "max/mean 1.916")),
    .actions([
      Action("continue"), Action("review", "6 due cards"), Action("roadmap", "see it all"),
      Action("help"),
    ]),
  ])

  static let drill = Document([
    .heading(1, "sharding/grow-under-load · attempt 2"),
    .table(
      Table(
        [
          Table.Column(""), Table.Column("objective"), Table.Column("wanted", .trailing),
          Table.Column("measured", .trailing),
        ],
        [
          [Text([.mark(.met)]), "wrong-shard reads", "0", "0"],
          [
            Text([.mark(.missed)]), "p99 while keys move", "< 50 ms", .toned("212 ms", .bad),
          ],
          [Text([.mark(.unknown)]), "moved keys", "< 25 %", .toned("none", .quiet)],
        ])),
    .chart(chart),
    .heading(2, "Why"),
    .timeline([
      Moment(
        time: "30.0 s", part: "shard-5",
        text: "joins; 1,973 keys queue for copying"),
      Moment(
        time: "30.2 s", part: "shard-2",
        text: "copies take all 64 slots of its disk; reads wait behind them, in line", tone: .bad),
      Moment(time: "38.4 s", part: "", text: "last copy done", tone: .good),
    ]),
    .actions([Action("set copy.rate=…"), Action("run", "again"), Action("undo")]),
  ])

  static let diagrams = Document([
    .diagram(
      .operations(
        OperationDiagram([
          OperationDiagram.Row(process: "process 0", action: "write 3", start: 0, end: 4),
          OperationDiagram.Row(process: "process 12", action: "read 3", start: 2, end: 6),
          OperationDiagram.Row(process: "process 1", action: "write 5", start: 3, end: nil),
          OperationDiagram.Row(
            process: "process 2", action: "read nil", start: 8, end: 11, remark: "cannot be",
            tone: .bad),
        ]))),
    .diagram(
      .messages(
        MessageDiagram(
          parts: ["client-1", "n1", "n2"],
          [
            MessageDiagram.Row("1.2 s", .message(from: 0, to: 1, sent: ""), "put x=3"),
            MessageDiagram.Row("1.3 s", .lost(from: 1, to: 2), "copy x=3", tone: .bad),
            MessageDiagram.Row("1.4 s", .message(from: 1, to: 0, sent: "1.3 s"), "ok"),
            MessageDiagram.Row("2 s", .local(at: 2), "becomes primary", tone: .accent),
          ]))),
  ])

  static let chart = TimeChart(
    [
      TimeChart.Series("p99", latency, style: .line, level: 0.05, text: Unit.seconds.text),
      TimeChart.Series("req", load, style: .strip, text: Unit.perSecond.text),
      TimeChart.Series("moving", moving, style: .band, text: Unit.count.text),
    ], start: "0 s", end: "120 s")

  private static let latency: [Double?] = (0..<120).map { step in
    switch step {
    case 30..<34: 0.02 + Double(step - 29) * 0.048
    case 34..<40: 0.212 - Double(step - 34) * 0.03
    case 80..<84: nil
    default: 0.01
    }
  }
  private static let load: [Double?] = (0..<120).map { 900 + Double($0 % 7) * 40 }
  private static let moving: [Double?] = (0..<120).map { (30..<39).contains($0) ? 1 : 0 }

  static let blocks = Document([
    .heading(1, "Every block"),
    .heading(2, "Lists"),
    .list(
      [
        [.paragraph("first")],
        [.paragraph("second, with a code"), .code("a\n\tb", language: "swift")],
        [.list([[.text("nested")], [.text("again")]], isOrdered: true)],
      ], isOrdered: false),
    .heading(3, "Asides"),
    .aside(.note, [.text("A remark.")]),
    .aside(.hint, [.text("Look at the queue.")]),
    .aside(.success, [.text("The range held.")]),
    .aside(.warning, [.code("let it = burn", language: nil)]),
    .aside(
      .source,
      [
        .paragraph(
          Text([
            .link("Karger et al.", address: "https://example.org/a_b?c=d&e=f"), .plain(", 1997"),
          ])
        )
      ]),
    .rule,
    .paragraph("Wide: 日本語の文章、絵文字 👩‍💻 and e\u{301}.\nAnd a second line."),
    .table(
      Table(
        [Table.Column("name"), Table.Column("what it means to somebody who reads it")],
        [
          ["日本", "two wide signs, and a sentence that is long enough to be wrapped in its column"],
          ["plain", Text([.code("a|b"), .plain(" | c")])],
        ])),
  ])
}
