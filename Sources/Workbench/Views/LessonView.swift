import Curriculum
import Drills
import Kernel
import Presentation

/// A step of a lesson as a screen.
enum LessonView {
  /// The step from an element on, up to the task that is waited for.
  static func step(_ desk: LessonDesk, from start: Int, library: Library) -> Document {
    let step = desk.step
    var document = Document()
    if start == 0 {
      let count = desk.lesson.steps.count
      let minutes = LessonPace.minutes(of: step, in: desk.lesson, library)
      document.add(
        .heading(
          1,
          Text(
            "\(desk.lesson.title) · \(desk.stepIndex + 1)/\(count) · \(step.title) [\(minutes) min]"
          )))
      if desk.stepIndex == 0 { document = document + desk.lesson.introduction }
    }
    for element in step.elements.dropFirst(start) {
      switch element {
      case .prose(let prose):
        document = document + prose
        if let line = GlossaryView.line(of: prose, library) { document.add(.paragraph(line)) }
      case .task(let task):
        document = document + self.task(task, desk, library)
        if task.id == desk.pending?.id { return document }
      }
    }
    return document
  }

  private static func task(
    _ task: LessonTask, _ desk: LessonDesk, _ library: Library
  ) -> Document {
    if case .claim(let claim) = task.kind { return ClaimView.document(claim, library) }
    if task.id == desk.pending?.id {
      return LessonTaskView.document(task, isPredicted: desk.prediction != nil)
        + (desk.sheet.map(ProblemView.question) ?? Document())
    }
    return Document([
      .paragraph(
        Text([.toned("done  \(Inline.text(LessonTaskView.title(task)).plain)", .quiet)]))
    ])
  }

  /// What is left after the last step.
  static func end(_ lesson: Lesson, _ session: Session) throws(Diagnostic) -> Document {
    var document = Document([.heading(1, Text("\(lesson.title): the end of the lesson"))])
    let linked = lesson.steps.flatMap(\.tasks).map(\.id)
    let more = session.library.drillIDs(of: lesson.id).filter { !linked.contains($0) }
    let cards = try session.library.cards(of: lesson.id).count
    document.add(.text("Its \(cards) cards are in your reviews now: 'review' brings what is due."))
    if !more.isEmpty {
      document.add(.text("More drills on the same mechanism, opened with 'open ID':"))
      document.add(.list(more.map { [.paragraph(.code($0))] }, isOrdered: false))
    }
    return document
  }
}

/// A claim with the command that shows it and what came out just now.
enum ClaimView {
  static func document(_ claim: Claim, _ library: Library) -> Document {
    var blocks: [Block] = [
      .paragraph(Inline.text(claim.statement)), .code(claim.show.command, language: "console"),
    ]
    if claim.show.isQuick, let figures = try? claim.show.figures(library) {
      // A range has two clauses of one name.
      var names: [String] = []
      for clause in claim.expectation.clauses where !names.contains(clause.name) {
        names.append(clause.name)
      }
      let shown = names.map { name in
        "\(name) \(figures.first { $0.name == name }?.text ?? "none")"
      }
      blocks.append(
        .paragraph(
          Text([.toned("measured just now  ", .quiet), .plain(shown.joined(separator: ", "))])))
    }
    return Document([.aside(.note, blocks)])
  }
}
