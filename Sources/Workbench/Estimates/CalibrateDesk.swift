import Estimation
import Kernel
import Presentation
import Progress

/// Twenty quick questions, each answered by a range that should hold the figure nine times in ten.
final class CalibrateDesk: Desk {
  private let round: CalibrationRound
  private var answers: [EstimateAnswer] = []
  private var asked: [CalibrationRound.Question] = []
  private var place = 0

  init(_ round: CalibrationRound) { self.round = round }

  var name: String { "calibrate" }
  private var question: CalibrationRound.Question? {
    place < round.questions.count ? round.questions[place] : nil
  }

  var actions: [Action] {
    question == nil
      ? [Action("estimate calibrate", "another round"), Action("progress"), Action("back")]
      : [Action("LOW to HIGH UNIT", "your 90 % range"), Action("skip"), Action("back")]
  }

  var sources: [CitedSource] {
    asked.suffix(1).map {
      CitedSource(key: $0.constant.id, title: $0.constant.source, place: $0.constant.address)
    }
  }

  func show(_ session: Session) throws(Diagnostic) -> Document {
    guard question != nil else { return try result() }
    let opening = Document([
      .text(
        "\(round.questions.count) questions. Answer each with a range so wide that you are 90 % sure it "
          + "holds the figure, and no wider: eighteen of twenty should hold. Nobody knows these; "
          + "what counts is knowing how well you know.")
    ])
    return (place == 0 ? opening : Document()) + ask()
  }

  private func ask() -> Document {
    guard let question else { return Document() }
    return Document([
      .aside(
        .question,
        [
          .paragraph(
            Text([
              .toned("\(place + 1)/\(round.questions.count)  ", .quiet), .plain(question.text),
            ]))
        ])
    ])
  }

  func next(_ session: Session) throws(Diagnostic) -> Document {
    question == nil ? try session.leave() : ask()
  }

  func answer(_ text: String, _ session: Session) throws(Diagnostic) -> Document {
    guard let question else { throw refusal("The round is over.") }
    let answer = try question.answer(text)
    answers.append(answer)
    asked.append(question)
    place += 1
    try session.record(
      range: answer, of: question.figure, subject: "calibrate", metric: question.constant.id)
    let holds = answer.holds(question.figure.middle)
    let said = Text([
      .mark(holds ? .met : .missed),
      .plain(holds ? " Held: it is " : " Not held: it is "),
      .strong(question.figure.middleText), .plain(". "),
      .toned("\(question.constant.source), \(question.constant.date)", .quiet),
    ])
    return Document([.paragraph(said)]) + (try self.question == nil ? result() : ask())
  }

  func predict(_ text: String, _ session: Session) throws(Diagnostic) -> Document {
    try answer(text, session)
  }

  func skip(_ session: Session) throws(Diagnostic) -> Document {
    guard question != nil else { throw refusal("There is nothing to skip.") }
    place += 1
    return try question == nil ? result() : ask()
  }

  func claims(_ line: String) -> Bool {
    question != nil && line.first.map(PracticeDesk.beginsAnswer) == true
  }

  func other(_ line: String, _ session: Session) throws(Diagnostic) -> Document? {
    guard line.first.map(PracticeDesk.beginsAnswer) == true else { return nil }
    return try answer(line, session)
  }

  private func result() throws(Diagnostic) -> Document {
    guard !answers.isEmpty else { return Document([.text("No range was given.")]) }
    let outcomes = zip(answers, asked).map { answer, question in
      CalibrationResult.Outcome(
        low: answer.low, high: answer.high, value: question.figure.middle)
    }
    return CalibrationView.document(try CalibrationResult(outcomes))
  }
}

/// How well ranges held.
enum CalibrationView {
  static func document(_ result: CalibrationResult) -> Document {
    let bars = result.curve.map { point in
      let times = FigureText.number(point.widening)
      return BarChart.Bar(
        point.widening == 1 ? "as you gave them" : "\(times) times as wide", point.share,
        text: FigureText.share(point.share, digits: 2),
        tone: point.widening == 1 ? .accent : nil)
    }
    var document = Document([.heading(2, "How your ranges held")])
    document.add(
      .bars(
        BarChart(
          bars, caption: "the share that holds the figure; well-calibrated ranges hold 90%")))
    document.add(.text(result.sentences.joined(separator: " ")))
    return document
  }
}
