import Curriculum
import Kernel
import Presentation
import Progress

/// What an interview came to, as a document.
enum InterviewReportView {
  static func document(
    _ interview: Interview, _ report: InterviewReport, _ library: Library
  ) throws(Diagnostic) -> Document {
    let plan = interview.plan
    var document = Document([
      .heading(
        1, Text("\(interview.subject.title) · \(plan.minutes) min · \(plan.level.rawValue)")),
      .paragraph(verdict(report)),
      .table(dimensions(report)),
      .heading(3, "Time"), .table(times(report)), .text(firsts(report)),
    ])
    if !report.trials.isEmpty { document.add(.heading(3, "Under faults")) }
    document = document + trials(report)
    document.add(.heading(3, "Point by point"))
    document = document + points(report)
    document.add(.text("'why RULE' says what was looked for and what a point rests on."))
    if !report.slips.isEmpty {
      document.add(.heading(3, "Worth a word"))
      document.add(
        .list(
          report.slips.map { [.paragraph(Text([.code($0.id), .plain("  \($0.say)")]))] },
          isOrdered: false))
    }
    document = document + answers(report)
    return document + (try practise(report, plan.topic, library))
  }

  private static func verdict(_ report: InterviewReport) -> Text {
    guard let share = report.share, let word = report.recommendation else {
      return "Nothing could be judged."
    }
    let unknown = report.dimensions.reduce(0) { $0 + $1.unknown }
    let rest = unknown > 0 ? "; \(unknown) more cannot be judged" : ""
    return Text([
      .plain("At \(report.level.rawValue) this reads as "), .strong(word.rawValue),
      .plain(": \(report.met) of \(report.judged) points, \(Unit.fraction.text(share))\(rest)."),
    ])
  }

  private static func dimensions(_ report: InterviewReport) -> Table {
    Table(
      [
        .init("dimension"), .init("points", .trailing), .init("cannot judge", .trailing),
        .init("level"), .init("you say"),
      ],
      report.dimensions.map { dimension in
        let isThere = dimension.reached.map { $0 >= report.level } ?? false
        let none = dimension.judged == 0 ? "not seen" : "below mid"
        let level = dimension.reached?.rawValue ?? none
        return [
          Text(dimension.dimension.rawValue), Text("\(dimension.met) of \(dimension.judged)"),
          Text(dimension.unknown == 0 ? "" : "\(dimension.unknown)"),
          .toned(level, isThere ? .good : .quiet), Text(dimension.own?.rawValue ?? ""),
        ]
      })
  }

  private static func times(_ report: InterviewReport) -> Table {
    var rows = report.times.map { time -> [Text] in
      let over = time.spent - time.planned
      return [
        Text(time.stage.title), Text(ClockText.text(time.planned)),
        Text(ClockText.text(time.spent)),
        over >= 1 ? .toned("\(ClockText.text(over)) over", .bad) : "",
      ]
    }
    let planned = report.times.reduce(0) { $0 + $1.planned }
    let spent = report.times.reduce(0) { $0 + $1.spent }
    rows.append([.strong("in all"), Text(ClockText.text(planned)), Text(ClockText.text(spent)), ""])
    return Table(
      [.init("stage"), .init("planned", .trailing), .init("spent", .trailing), .init("")], rows)
  }

  private static func firsts(_ report: InterviewReport) -> String {
    let figure = report.firstFigure.map { "first figure at \(ClockText.text($0))" } ?? "no figure"
    let drawn = report.firstPart.map { "first part drawn at \(ClockText.text($0))" }
    let part = drawn ?? "nothing drawn"
    return "\(figure.prefix(1).uppercased())\(figure.dropFirst()), \(part)."
  }

  private static func trials(_ report: InterviewReport) -> Document {
    guard !report.trials.isEmpty else { return Document() }
    return Document([
      .list(
        report.trials.map { trial in
          let mark: Mark = trial.isHeld.map { $0 ? .met : .missed } ?? .unknown
          let answered = trial.isAnswered ? "" : " (you did not answer)"
          return [
            .paragraph(
              Text([
                .mark(mark), .plain(" "), .code(trial.id), .plain("  \(trial.figures)\(answered)"),
              ]))
          ]
        }, isOrdered: false)
    ])
  }

  private static func points(_ report: InterviewReport) -> Document {
    var document = Document()
    for dimension in RubricDimension.allCases {
      let own = report.points.filter { $0.dimension == dimension }
      guard !own.isEmpty else { continue }
      document.add(.paragraph(.strong(dimension.rawValue)))
      document.add(
        .list(
          own.map { point in
            let isBeyond = point.level > report.level
            let worth = isBeyond ? "beyond \(report.level.rawValue)" : "\(point.points)"
            return [
              .paragraph(
                Text([
                  .mark(mark(point.verdict)), .plain(" "), .code(point.id),
                  .toned(" (\(worth))  ", .quiet), .plain(brief(point)),
                ]))
            ]
          }, isOrdered: false))
    }
    return document
  }

  /// The evidence, without the long list of words that were not written.
  private static func brief(_ point: InterviewReport.Point) -> String {
    point.why.hasPrefix("none of this") ? "not said: \(point.text)" : point.why
  }

  static func mark(_ verdict: InterviewReport.Verdict) -> Mark {
    switch verdict {
    case .met: .met
    case .missed: .missed
    case .unknown: .unknown
    }
  }

  /// One point: what was looked for, and what it rests on.
  static func why(_ point: InterviewReport.Point) -> Document {
    let worth = point.points == 1 ? "1 point" : "\(point.points) points"
    return Document([
      .paragraph(
        Text([
          .mark(mark(point.verdict)), .plain(" "), .code(point.id),
          .toned("  \(point.dimension.rawValue), \(point.level.rawValue), \(worth)", .quiet),
        ])),
      .text(point.text),
      .paragraph(Text([.toned("why  ", .quiet), .plain(point.why)])),
    ])
  }

  /// The answers to the subjects that were gone into; they are shown only now.
  private static func answers(_ report: InterviewReport) -> Document {
    var document = Document()
    for dive in report.dives {
      document.add(.heading(3, Text(dive.ask)))
      document = document + MarkdownParser.document(dive.answer)
      document.add(.paragraph(Text([.toned("otherwise if  ", .quiet), .plain(dive.flips)])))
    }
    return document
  }

  private static func practise(
    _ report: InterviewReport, _ topic: String, _ library: Library
  ) throws(Diagnostic) -> Document {
    let cards = try library.cards(toPractise: report.practise, of: topic)
    var others: [String] = []
    for id in report.practise {
      switch try library.practice(id) {
      case .drill(let drill): others.append("open \(drill)")
      case .topic(let topic) where library.hasLesson(topic): others.append("open \(topic)")
      case .tag("estimate"): others.append("estimate practice")
      case .topic, .card, .tag: continue
      }
    }
    var document = Document([.heading(3, "Practise next")])
    if cards.isEmpty, others.isEmpty { document.add(.text("Nothing that the case has cards for.")) }
    if !cards.isEmpty {
      let list = cards.prefix(8).joined(separator: ", ") + (cards.count > 8 ? " and more" : "")
      document.add(
        .text("\(cards.count) cards come up for review, since they were missed here: \(list)."))
    }
    if !others.isEmpty {
      document.add(.list(others.prefix(6).map { [.paragraph(.code($0))] }, isOrdered: false))
    }
    let above = InterviewLevel.allCases.first { $0 > report.level }
    if let above, report.recommendation == .strongYes || report.recommendation == .yes {
      let line = "interview \(topic) --level \(above.rawValue)"
      document.add(.text("Then the same case one level up: '\(line)'."))
    }
    document.add(
      .paragraph(
        .toned(
          "Words are found, not understood: what was said otherwise counts as not said. The bounds "
            + "of the verdict (85, 70, 55 %) are those of a published rubric: \(InterviewReport.source)",
          .quiet)))
    return document
  }

  // MARK: JSON

  static func json(_ plan: InterviewPlan, _ report: InterviewReport) -> JSON {
    .members([
      "case": .text(plan.topic), "minutes": .integer(plan.minutes),
      "level": .text(plan.level.rawValue), "met": .integer(report.met),
      "judged": .integer(report.judged),
      "recommendation": report.recommendation.map { .text($0.rawValue) } ?? .null,
      "dimensions": .list(
        report.dimensions.map { dimension in
          .members([
            "name": .text(dimension.dimension.rawValue), "met": .integer(dimension.met),
            "judged": .integer(dimension.judged), "unknown": .integer(dimension.unknown),
            "level": dimension.reached.map { .text($0.rawValue) } ?? .null,
            "own": dimension.own.map { .text($0.rawValue) } ?? .null,
          ])
        }),
      "stages": .list(
        report.times.map { time in
          .members([
            "name": .text(time.stage.title), "planned": .number(time.planned),
            "spent": .number(time.spent),
          ])
        }),
      "points": .list(
        report.points.map { point in
          .members([
            "id": .text(point.id), "dimension": .text(point.dimension.rawValue),
            "level": .text(point.level.rawValue), "points": .integer(point.points),
            "verdict": .text(point.verdict.rawValue), "why": .text(point.why),
          ])
        }),
      "practise": .list(report.practise.map(JSON.text)),
    ])
  }
}
