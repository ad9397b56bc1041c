import Curriculum
import Drills
import Kernel
import Presentation
import Progress

extension LessonDesk {
  func answer(_ text: String, _ session: Session) throws(Diagnostic) -> Document {
    guard let pending else { throw refusal("Nothing is asked here.") }
    switch pending.kind {
    case .choice(_, let options):
      let reply = try ChoiceAnswer(text, options: options)
      return try grade(pending, text, reply.isRight, reply.document, session)
    case .number(let question):
      let reply = try NumberAnswer(text, question)
      return try grade(pending, text, reply.isRight, reply.document, session)
    case .order(_, let items):
      let reply = try OrderAnswer(text, items: items, seed: pending.id)
      return try grade(pending, text, reply.isRight, reply.document, session)
    case .predict where prediction == nil: return try predict(text, session)
    case .predict(let task):
      throw refusal(
        "Your prediction is noted. Now make it happen: \(task.after.joined(separator: "; ")).")
    case .estimate: return try estimate(text, session)
    case .reach, .drill, .claim, .note:
      throw refusal("This is done on the bench, not by an answer.")
    }
  }

  private func grade(
    _ task: LessonTask, _ text: String, _ isRight: Bool, _ document: Document, _ session: Session
  ) throws(Diagnostic) -> Document {
    try session.record(
      .answered(Answer(place: stepPlace, question: task.id, text: text, isRight: isRight)))
    guard isRight else {
      wrongAnswers += 1
      let next = wrongAnswers == 1 ? "Try again." : "Try again, or 'skip'; 'solution' shows it."
      return document + Document([.text(next)])
    }
    return document + explanation(task) + (try finish(session, .done))
  }

  func explanation(_ task: LessonTask) -> Document {
    task.explanation.map(MarkdownParser.document) ?? Document()
  }

  func predict(_ text: String, _ session: Session) throws(Diagnostic) -> Document {
    guard let pending, case .predict(let task) = pending.kind else {
      throw refusal("There is nothing to predict here.")
    }
    guard prediction == nil else { throw refusal("Your prediction is noted. Now make it happen.") }
    let made = try Prediction(text, unit: task.unit)
    try session.record(
      .predicted(
        PredictionRecord(
          subject: "\(lesson.id)/\(pending.id)", metric: task.figure, low: made.low,
          high: made.high, unit: task.unit)), as: "\(lesson.id)/\(pending.id)")
    prediction = made
    return Document([
      .text("Noted: \(made)."),
      .paragraph(
        Text([.plain("Now make it happen: "), .code(task.after.joined(separator: "; "))])),
    ])
  }

  func run(_ session: Session) throws(Diagnostic) -> Document {
    guard let pending, case .predict(let task) = pending.kind, prediction != nil else {
      throw refusal("There is nothing to run here.")
    }
    var document = Document()
    for line in task.after { document = document + (try perform(line, session)) }
    return document
  }

  func set(_ text: String, _ session: Session) throws(Diagnostic) -> Document {
    try perform("set " + text, session)
  }

  func undo(_ session: Session) throws(Diagnostic) -> Document { try perform("undo", session) }

  /// Carries out a bench line, and sees whether it brought what the step waits for.
  func perform(_ line: String, _ session: Session) throws(Diagnostic) -> Document {
    guard bench != nil else { throw refusal("There is no bench in this lesson.") }
    if case .predict = pending?.kind, prediction == nil, isAfterLine(line) {
      throw Diagnostic(
        "First say what you expect; results teach more after a guess.", found: line,
        expected: "a number, or a range you are 90 % sure of")
    }
    guard let reply = try bench?.run(line) else { return Document() }
    lines.append(BenchLine(line).text)
    try session.record(.commanded(taskPlace, line: line))
    switch pending?.kind {
    case .predict(let task): return reply + (try judge(task, session))
    case .reach(let goal):
      guard goal.until.holds(bench?.bench.facts ?? []) else { return reply }
      let said = Document([.aside(.success, [.text("That is it: \(goal.until).")])])
      let explained = pending.map(explanation) ?? Document()
      return reply + said + explained + (try finish(session, .done))
    case .choice, .number, .order, .drill, .estimate, .claim, .note, nil: return reply
    }
  }

  private func isAfterLine(_ line: String) -> Bool {
    guard case .predict(let task) = pending?.kind else { return false }
    return task.after.last == BenchLine(line).text
  }

  private func judge(_ task: BenchPrediction, _ session: Session) throws(Diagnostic) -> Document {
    guard let pending, let prediction, lines.suffix(task.after.count).elementsEqual(task.after)
    else { return Document() }
    let fact = bench?.bench.facts.first { $0.name == task.figure }
    guard let value = fact?.value else { return Document() }
    try session.measured("\(lesson.id)/\(pending.id)", value)
    let line = Text([
      .plain("measured "), .strong(task.unit.text(value)),
      .plain("     you said \(prediction): "),
    ])
    let verdict = PredictionView.word(prediction.score(value))
    return Document([.paragraph(line + verdict)]) + explanation(pending)
      + (try finish(session, .done))
  }

  /// A bench line, or an answer to what is asked.
  func other(_ line: String, _ session: Session) throws(Diagnostic) -> Document? {
    if let bench, bench.words.contains(BenchLine(line).name) { return try perform(line, session) }
    guard let pending else { return nil }
    switch pending.kind {
    case .choice(_, let options):
      return ChoiceAnswer.looksLikeOne(line, options) ? try answer(line, session) : nil
    case .estimate:
      guard line.first.map(PracticeDesk.beginsAnswer) == true else { return nil }
      return try answer(line, session)
    case .number, .order, .predict:
      guard line.first.map({ $0.isNumber || ".-".contains($0) }) == true else { return nil }
      return try answer(line, session)
    case .reach, .drill, .claim, .note: return nil
    }
  }
}
