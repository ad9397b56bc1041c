import Curriculum
import Estimation
import Kernel
import Presentation
import Progress

/// An estimate within a lesson: each question is asked until the answer is within about three times
/// and no slip explains the rest.
extension LessonDesk {
  /// Takes an answer to the question of the estimate that is open.
  func estimate(_ line: String, _ session: Session) throws(Diagnostic) -> Document {
    guard let pending, let open = sheet else { throw refusal("Nothing is asked here.") }
    let grade = try open.trial(line)
    let isTaken = grade.isMet
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
    try session.record(.commanded(taskPlace, line: line))
    return ProblemView.grade(grade) + (try goOnEstimating(pending, session))
  }

  /// Passes over the question of the estimate that is open, and tells what it comes to.
  func passOver(_ session: Session) throws(Diagnostic) -> Document {
    guard let pending, let told = sheet?.skip() else { return Document() }
    try session.record(.commanded(taskPlace, line: Self.passedOver))
    return told + (try goOnEstimating(pending, session))
  }

  /// How a question that was passed over stands among the answers.
  static let passedOver = "skip"

  private func goOnEstimating(
    _ pending: LessonTask, _ session: Session
  ) throws(Diagnostic) -> Document {
    wrongAnswers = 0
    guard let sheet, sheet.isOver else {
      return sheet.map(ProblemView.question) ?? Document()
    }
    let isAnswered = sheet.answers.contains { $0 != nil }
    return try ProblemView.summary(sheet) + explanation(pending)
      + finish(session, isAnswered ? .done : .skipped)
  }
}
