import Curriculum
import Estimation
import Kernel
import Presentation
import Progress

/// An estimate within a lesson: each question is asked until the answer is within about three times.
extension LessonDesk {
  /// Takes an answer to the question of the estimate that is open.
  func estimate(_ line: String, _ session: Session) throws(Diagnostic) -> Document {
    guard let pending, let open = sheet else { throw refusal("Nothing is asked here.") }
    let grade = try open.trial(line)
    let isTaken = grade.band != .miss && grade.band != .order
    try session.record(
      .answered(
        Answer(
          place: stepPlace, question: "\(pending.id)/\(grade.step)", text: line, isRight: isTaken)))
    if let answer = grade.answer, answer.isRange {
      try session.record(
        range: answer, of: grade.expected, subject: "\(lesson.id)/\(pending.id)",
        metric: grade.step)
    }
    guard isTaken else {
      wrongAnswers += 1
      let next = wrongAnswers == 1 ? "Try again." : "Try again, or 'skip'; 'solution' shows it."
      return Document([
        .paragraph(Text([.mark(.missed), .plain(" \(grade.sentence)")])), .text(next),
      ])
    }
    _ = try sheet?.answer(line)
    wrongAnswers = 0
    try session.record(.commanded(taskPlace, line: line))
    guard let sheet, sheet.isOver else {
      return ProblemView.grade(grade) + (sheet.map(ProblemView.question) ?? Document())
    }
    return try ProblemView.grade(grade) + ProblemView.summary(sheet) + explanation(pending)
      + finish(session, .done)
  }
}
