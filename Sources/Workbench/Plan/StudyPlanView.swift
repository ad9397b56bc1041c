import Kernel
import Presentation
import Progress

/// A study plan as a screen.
enum StudyPlanView {
  /// A line of a day: pieces of one subject and kind that follow each other, told as one.
  struct Line {
    let work: StudyWork
    var titles: [String]
    var minutes: Int
    var continues: Bool

    var text: String {
      let first = titles[0]
      guard titles.count > 1 else { return "\(work.subject), \(first)" + (continues ? " …" : "") }
      guard work.kind == .step || work.kind == .caseStudy, let from = Self.number(first),
        let last = titles.last, let to = Self.number(last)
      else { return "\(work.subject), \(titles.count) drills" }
      return "\(work.subject), steps \(from) to \(to)" + (continues ? " …" : "")
    }

    private static func number(_ title: String) -> Int? {
      let words = title.split { $0 == " " || $0 == ":" }
      return words.count > 1 ? Int(words[1]) : nil
    }
  }

  static func lines(_ day: StudyPlan.Day) -> [Line] {
    var lines: [Line] = []
    for entry in day.entries {
      if let last = lines.last, last.work.subject == entry.work.subject,
        last.work.kind == entry.work.kind, last.work.reason == entry.work.reason,
        entry.work.kind != .weak
      {
        lines[lines.count - 1].titles.append(entry.work.title)
        lines[lines.count - 1].minutes += entry.minutes
        lines[lines.count - 1].continues = entry.continues
      } else {
        lines.append(
          Line(
            work: entry.work, titles: [entry.work.title], minutes: entry.minutes,
            continues: entry.continues))
      }
    }
    return lines
  }

  /// The first `count` days as a table.
  static func table(_ plan: StudyPlan, days count: Int) -> Table {
    var rows: [[Text]] = []
    for day in plan.days.prefix(count) {
      var name = Text.strong(day.day.textWithWeekday)
      if day.reviews > 0 {
        rows.append([
          name, Text("\(day.reviewMinutes)"),
          Text("\(day.reviews) \(day.reviews == 1 ? "review" : "reviews")"),
          .toned("due by then", .quiet),
        ])
        name = Text("")
      }
      for line in lines(day) {
        rows.append([
          name, Text("\(line.minutes)"), Text(line.text), .toned(line.work.reason, .quiet),
        ])
        name = Text("")
      }
      if day.reviews == 0, day.entries.isEmpty {
        rows.append([name, Text(""), .toned("free", .quiet), Text("")])
      }
    }
    return Table([.init("day"), .init("min", .trailing), .init("what"), .init("why")], rows)
  }

  /// The plan as JSON.
  static func json(_ plan: StudyPlan, date: CalendarDay, minutes: Int) -> JSON {
    .members([
      "date": .text(date.text), "minutes": .integer(minutes),
      "work_minutes": .integer(plan.workMinutes), "free_minutes": .integer(plan.freeMinutes),
      "left_out": .list(plan.leftOut.map(JSON.text)),
      "days": .list(
        plan.days.map { day in
          .members([
            "day": .text(day.day.text), "reviews": .integer(day.reviews),
            "review_minutes": .integer(day.reviewMinutes),
            "work": .list(
              day.entries.map { entry in
                .members([
                  "subject": .text(entry.work.subject), "kind": .text(entry.work.kind.rawValue),
                  "title": .text(entry.work.title), "command": .text(entry.work.command),
                  "why": .text(entry.work.reason), "minutes": .integer(entry.minutes),
                ])
              }),
          ])
        }),
    ])
  }
}
