import Drills
import Kernel

/// Proves one thing to do in a lesson by running it.
struct TaskProof {
  let library: Library
  let lesson: Lesson

  func prove(_ task: LessonTask) throws(Diagnostic) {
    switch task.kind {
    case .choice, .order, .note, .estimate: break
    case .number(let question): try prove(question)
    case .predict(let prediction): try prove(prediction)
    case .reach(let goal): try prove(goal)
    case .drill(let id): _ = try library.drill(id)
    case .claim(let claim): try prove(claim)
    }
  }

  private func prove(_ question: NumberQuestion) throws(Diagnostic) {
    guard let measure = question.measure else { return }
    let measured = try measure.show.measurements(library).first { $0.name == measure.figure }
    guard let value = measured?.value else {
      throw Diagnostic(
        "'\(measure.show.command)' measured no \(measure.figure).",
        expected: question.unit.text(question.answer))
    }
    guard abs(value - question.answer) <= question.tolerance else {
      throw Diagnostic(
        "The key of the question is not what the mechanism measures: \(measure.figure) is "
          + "\(question.unit.text(value)).", found: question.unit.text(question.answer),
        expected: question.unit.text(value))
    }
  }

  private func prove(_ prediction: BenchPrediction) throws(Diagnostic) {
    var session = try bench(prediction.preset, prediction.setup)
    for line in prediction.after { _ = try session.run(line) }
    let fact = session.bench.facts.first { $0.name == prediction.figure }
    guard fact?.value != nil else {
      throw Diagnostic(
        "After '\(prediction.after.joined(separator: "; "))' the bench has measured no "
          + "\(prediction.figure).", expected: "lines after which it is measured")
    }
  }

  private func prove(_ goal: BenchGoal) throws(Diagnostic) {
    var session = try bench(goal.preset, goal.setup)
    guard !goal.until.holds(session.bench.facts) else {
      throw Diagnostic(
        "The goal '\(goal.until)' holds before anything is done.",
        expected: "a goal that the setup does not meet")
    }
    for line in goal.solution { _ = try session.run(line) }
    let facts = session.bench.facts
    guard goal.until.holds(facts) else {
      let seen = goal.until.clauses.map { clause in
        "\(clause.name) is \(facts.first { $0.name == clause.name }?.text ?? "none")"
      }
      throw Diagnostic(
        "The solution does not reach '\(goal.until)': \(seen.joined(separator: ", ")).",
        expected: "lines that reach it")
    }
  }

  private func prove(_ claim: Claim) throws(Diagnostic) {
    let measured = try claim.show.measurements(library)
    guard claim.expectation.holds(measured) else {
      let seen = claim.expectation.clauses.map { clause in
        "\(clause.name) is \(measured.first { $0.name == clause.name }?.text ?? "none")"
      }
      throw Diagnostic(
        "The claim '\(claim.statement)' does not come out: \(seen.joined(separator: ", ")).",
        found: seen.joined(separator: ", "), expected: claim.expectation.description)
    }
  }

  private func bench(_ preset: String?, _ setup: [String]) throws(Diagnostic) -> BenchSession {
    var session = BenchSession(try TopicRegistry.topic(lesson.id).bench(as: preset))
    for line in setup { _ = try session.run(line) }
    return session
  }
}
