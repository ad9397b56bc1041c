import Kernel
import Presentation
import Progress

/// What a learner has done, as a document for people to read.
public enum ProgressReport {
  /// The summary as Markdown.
  public static func markdown(_ summary: ProgressSummary, titles: Titles = Titles()) -> String {
    MarkdownRenderer().render(document(summary, titles: titles))
  }

  /// The summary as a document.
  public static func document(_ summary: ProgressSummary, titles: Titles = Titles()) -> Document {
    var document = Document([.heading(1, "Progress")])
    if let place = summary.position {
      document.add("Now at \(titles.topic(place.topic)): \(titles.step(place)).")
    } else {
      document.add("Nothing was begun yet.")
    }
    if !summary.topics.isEmpty { add(summary.topics, titles, to: &document) }
    if !summary.drills.isEmpty { add(summary.drills, titles, to: &document) }
    if !summary.predictions.isEmpty { add(summary.calibration, to: &document) }
    if !summary.schedule.isEmpty { add(summary.schedule, titles, to: &document) }
    return document
  }

  private static func add(
    _ topics: [TopicProgress], _ titles: Titles, to document: inout Document
  ) {
    document.add(.heading(2, "Topics"))
    let columns: [Table.Column] = [
      .init("topic"), .init("steps done", .trailing), .init("skipped", .trailing),
      .init("answers right", .trailing), .init("last"),
    ]
    document.add(
      .table(
        Table(
          columns,
          topics.map { topic in
            [
              Text(titles.topic(topic.topic)), Text("\(topic.doneSteps.count)"),
              Text("\(topic.skippedSteps.count)"),
              Text("\(topic.rightCount) of \(topic.lastAnswers.count)"),
              Text(CalendarText.day(topic.lastMilliseconds)),
            ]
          })))
  }

  private static func add(
    _ drills: [DrillProgress], _ titles: Titles, to document: inout Document
  ) {
    document.add(.heading(2, "Drills"))
    let columns: [Table.Column] = [
      .init("drill"), .init("attempts", .trailing), .init("passed"), .init("best"),
      .init("token of the best"),
    ]
    document.add(
      .table(
        Table(
          columns,
          drills.map { drill in
            let best = drill.best.map { "\($0.metCount) of \($0.objectiveCount) objectives" }
            return [
              Text(titles.drill(drill.drill)), Text("\(drill.attemptCount)"),
              Text(drill.firstPass.map { "at attempt \($0)" } ?? "not yet"), Text(best ?? "none"),
              .code(drill.best?.token ?? ""),
            ]
          })))
  }

  private static func add(_ calibration: Calibration, to document: inout Document) {
    document.add(.heading(2, "Predictions"))
    if let share = calibration.heldShare {
      document.add(
        """
        \(calibration.heldCount) of \(calibration.rangeCount) ranges held the figure \
        (\(Unit.fraction.text(share))); ranges that are right nine times in ten hold 90 %.
        """)
    }
    if calibration.pointCount > 0 {
      document.add(
        """
        \(calibration.nearCount) of \(calibration.pointCount) single numbers came within a tenth \
        of the figure.
        """)
    }
    if calibration.rangeCount + calibration.pointCount == 0 {
      document.add("None has met its measurement yet.")
    }
  }

  private static func add(
    _ schedule: [ScheduledItem], _ titles: Titles, to document: inout Document
  ) {
    document.add(.heading(2, "Reviews"))
    let columns: [Table.Column] = [
      .init("item"), .init("state"), .init("due"), .init("stability in days", .trailing),
      .init("difficulty", .trailing),
    ]
    document.add(
      .table(
        Table(
          columns,
          schedule.map { scheduled in
            let name =
              switch scheduled.item {
              case .card(let id): "card \(id)"
              case .drill(let id): "drill \(titles.drill(id))"
              }
            return [
              Text(name), Text(scheduled.stateWord),
              Text(CalendarText.minute(scheduled.dueMilliseconds)),
              Text(scheduled.stabilityDays.map { DecimalText.significant($0, digits: 3) } ?? ""),
              Text(scheduled.difficulty.map { DecimalText.fixed($0, decimals: 1) } ?? ""),
            ]
          })))
  }
}
