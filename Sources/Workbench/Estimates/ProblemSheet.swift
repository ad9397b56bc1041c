import Curriculum
import Estimation
import Kernel
import Presentation
import Progress

/// A problem being answered, step by step: what was said so far, and what it is worth.
struct ProblemSheet {
  let problem: Problem
  private(set) var answers: [EstimateAnswer?] = []

  init(_ problem: Problem) { self.problem = problem }

  /// The place of the step that is asked; nil when all are over.
  var place: Int? { answers.count < problem.steps.count ? answers.count : nil }

  /// The step that is asked.
  var step: ProblemFamily.Step? { place.map { problem.steps[$0] } }

  /// Whether every step is over.
  var isOver: Bool { place == nil }

  /// Takes an answer to the step that is asked and grades it.
  mutating func answer(_ line: String) throws(Diagnostic) -> StepGrade {
    guard let place else { preconditionFailure("every step of the problem is over") }
    let answer = try problem.answer(line, to: place)
    let grade = try problem.grade(answers + [answer])
    answers.append(answer)
    return grade.steps[place]
  }

  /// What an answer would be worth, without taking it.
  func trial(_ line: String) throws(Diagnostic) -> StepGrade {
    var copy = self
    return try copy.answer(line)
  }

  /// Passes over the step that is asked, and says what it comes to.
  @discardableResult mutating func skip() -> Document {
    guard let place else { return Document() }
    answers.append(nil)
    return Document([.text("Passed over; it comes to \(problem.answers[place].text).")])
  }

  /// What the answers are worth together.
  var grade: ProblemGrade {
    get throws(Diagnostic) { try problem.grade(answers) }
  }

  /// How a step of the problem comes about.
  func derivation(
    of place: Int, reference: EstimateReference
  ) throws(Diagnostic) -> Document {
    let model = problem.model
    guard let definition = model.definition(of: problem.steps[place].name) else {
      return Document()
    }
    return try EstimateComplaint.diagnosed { () throws(EstimateComplaint) in
      try ExplainView.derivation(Estimator(model, reference: reference), definition)
    }
  }
}

/// Problems, questions and grades as documents.
enum ProblemView {
  /// The question of the step that is asked.
  static func question(_ sheet: ProblemSheet) -> Document {
    guard let place = sheet.place, let step = sheet.step else { return Document() }
    let count = sheet.problem.steps.count
    let head = count > 1 ? "\(place + 1)/\(count)  " : ""
    return Document([
      .aside(
        .question,
        [
          .paragraph(Text([.toned(head, .quiet), .plain(step.ask)])),
          .text("A number with its unit, or a range you are 90 % sure of."),
        ])
    ])
  }

  /// What an answer was worth.
  static func grade(_ grade: StepGrade) -> Document {
    let mark: Mark = grade.isMet ? .met : .missed
    var document = Document([
      .paragraph(Text([.mark(mark), .plain(" \(grade.sentence)")]))
    ])
    guard grade.answer != nil else { return document }
    if grade.followsEarlierAnswers {
      document.add(
        .text(
          "With your figures before it comes to \(grade.expected.text); it is \(grade.truth.text).")
      )
    } else if grade.band != .exact || grade.answer?.isRange == true {
      document.add(.text("It comes to \(grade.truth.text)."))
    }
    return document
  }

  /// Every step beside its answer, and the whole.
  static func summary(_ sheet: ProblemSheet) throws(Diagnostic) -> Document {
    let grade = try sheet.grade
    guard grade.steps.count > 1 else { return Document() }
    let rows = grade.steps.map { step in
      [
        Text([.mark(step.isMet ? .met : .missed)]),
        Text(step.step), Text(step.answer?.figureText ?? "passed over"), Text(step.truth.text),
      ]
    }
    // What follows from answers that stop before the end says little about the whole.
    let isWhole = grade.steps.last?.answer != nil
    let score = "Score \(DecimalText.fixed(grade.score * 100, decimals: 0))%."
    return Document([
      .table(
        Table(
          [.init(""), .init("step"), .init("you", .trailing), .init("it is", .trailing)], rows)),
      .text(isWhole ? "\(score) \(grade.sentence)" : score),
    ])
  }
}
