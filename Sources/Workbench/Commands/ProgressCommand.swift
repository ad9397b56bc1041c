import Curriculum
import Kernel
import Presentation
import Progress

/// `progress`: lessons, drills, reviews and how well predictions held.
struct ProgressCommand: Command {
  let spec = CommandSpec(
    "progress", .keeping, options: [.init("--json", "prints one JSON document")],
    "Shows lessons, drills, reviews and how often your 90 % ranges held.")

  func run(_ call: CommandCall, in session: Session) throws(Diagnostic) -> Reply {
    let drills = try session.remembering { () throws(StoreError) in try session.store.drills() }
    let calibration = try session.remembering { () throws(StoreError) in
      try session.store.calibration()
    }
    let mysteries = try session.remembering { () throws(StoreError) in
      try session.store.mysteries()
    }
    let overview = try session.overview()
    guard !call.has("--json") else {
      return Reply(json: json(overview, drills, calibration, mysteries).pretty())
    }
    var rows: [[Text]] = []
    for topic in session.library.topics {
      let progress = try session.remembering { () throws(StoreError) in
        try session.store.topic(topic)
      }
      let steps = try session.library.lesson(topic).steps.map(\.id)
      let ids = session.library.drillIDs(of: topic)
      rows.append([
        .code(topic), Text("\(steps.count { progress.isDone($0) }) of \(steps.count)"),
        Text("\(progress.rightCount) of \(progress.lastAnswers.count)"),
        Text("\(drills.count { ids.contains($0.drill) && $0.isPassed }) of \(ids.count)"),
      ])
    }
    var document = Document([.paragraph(overview.line)])
    let columns: [Table.Column] = [
      .init("topic"), .init("steps done", .trailing), .init("answers right", .trailing),
      .init("drills passed", .trailing),
    ]
    document.add(.table(Table(columns, rows)))
    document.add(.text(sentence(calibration)))
    if !mysteries.isEmpty { document.add(.text(sentence(mysteries))) }
    return Reply(document)
  }

  private func sentence(_ calibration: Calibration) -> String {
    guard let share = calibration.heldShare else {
      return "No range of yours has met its measurement yet: predict with LOW to HIGH."
    }
    let held = "\(calibration.heldCount) of your \(calibration.rangeCount) ranges held the figure"
    let target = "(\(Unit.fraction.text(share)); well-calibrated ranges hold 90 %)"
    guard let score = calibration.meanIntervalScore else { return "\(held) \(target)." }
    let width = DecimalText.fixed(score, decimals: 2)
    return "\(held) \(target). Mean interval score \(width): the width of your ranges in powers of "
      + "ten, and twenty times what they missed by; smaller is better."
  }

  private func sentence(_ mysteries: [MysteryRecord]) -> String {
    let right = mysteries.count(where: \.isRight)
    let mean = mysteries.reduce(0) { $0 + $1.score } / mysteries.count
    return "Mysteries: \(right) of \(mysteries.count) causes named, \(mean) of 100 points on "
      + "average."
  }

  private func json(
    _ overview: Overview, _ drills: [DrillProgress], _ calibration: Calibration,
    _ mysteries: [MysteryRecord]
  ) -> JSON {
    .members([
      "topics_done": .list(overview.doneTopics.map(JSON.text)),
      "topics": .integer(overview.topicCount), "reviews_due": .integer(overview.dueCount),
      "drills": .list(
        drills.map { drill in
          .members([
            "id": .text(drill.drill), "attempts": .integer(drill.attemptCount),
            "passed": .boolean(drill.isPassed),
          ])
        }),
      "mysteries": mysteries.isEmpty
        ? nil
        : .list(
          mysteries.map { mystery in
            .members([
              "topic": .text(mystery.topic), "seed": .text("\(mystery.seed)"),
              "right": .boolean(mystery.isRight), "score": .integer(mystery.score),
            ])
          }),
      "ranges": .integer(calibration.rangeCount), "ranges_held": .integer(calibration.heldCount),
      "mean_interval_score": calibration.meanIntervalScore.map(JSON.number) ?? .null,
    ])
  }
}
