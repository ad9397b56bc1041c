import Curriculum
import Estimation
import Kernel
import Presentation
import Progress

/// A problem of the coach: a story, a step after the other, each graded at once.
final class PracticeDesk: Desk {
  private let family: ProblemFamily
  private let seed: UInt64
  private let reference: EstimateReference
  private var sheet: ProblemSheet
  private var hintsShown = 0
  private let begun: Double

  init(_ family: ProblemFamily, seed: UInt64, _ session: Session) throws(Diagnostic) {
    self.family = family
    self.seed = seed
    begun = session.surroundings.seconds()
    reference = session.library.estimates.reference
    sheet = ProblemSheet(try family.problem(seed: seed, reference: reference))
  }

  var name: String { "practice" }

  var sources: [CitedSource] {
    let known = (try? reference.content().sources) ?? []
    return known.filter { family.sources.contains($0.key) }.map {
      CitedSource(key: $0.key, title: $0.title, place: $0.address)
    }
  }

  var actions: [Action] {
    guard let step = sheet.step else {
      return [
        Action("next", "another problem"), Action("again", "the same with other figures"),
        Action("why", "how it comes about"), Action("back"),
      ]
    }
    let hint = step.hint == nil || hintsShown > 0 ? [] : [Action("hint")]
    return [Action("ANSWER", "with its unit")] + hint + [Action("skip"), Action("back")]
  }

  func show(_ session: Session) throws(Diagnostic) -> Document {
    let title = "\(family.title) [\(family.minutes) min]"
    let problem =
      Document([.heading(1, Text(title))]) + MarkdownParser.document(sheet.problem.story)
    return problem + ProblemView.question(sheet)
  }

  func next(_ session: Session) throws(Diagnostic) -> Document {
    guard sheet.isOver else {
      return ProblemView.question(sheet) + Document([.text("Answer it, or 'skip' it to go on.")])
    }
    _ = try session.leave()
    return try session.openPractice(nil, seed: nil)
  }

  func answer(_ text: String, _ session: Session) throws(Diagnostic) -> Document {
    guard !sheet.isOver else { throw refusal("Every step is over.") }
    let grade = try sheet.answer(text)
    hintsShown = 0
    try session.record(grade, subject: family.id, line: text)
    return ProblemView.grade(grade) + (try goOn(session))
  }

  func predict(_ text: String, _ session: Session) throws(Diagnostic) -> Document {
    try answer(text, session)
  }

  private func goOn(_ session: Session) throws(Diagnostic) -> Document {
    guard sheet.isOver else { return ProblemView.question(sheet) }
    return try ProblemView.summary(sheet) + MarkdownParser.document(family.debrief) + time(session)
      + Document([
        .paragraph(
          .toned("estimate practice \(family.id) --seed \(seed) brings it back", .quiet))
      ])
  }

  /// How long it took, beside what somebody who has practised needs.
  private func time(_ session: Session) -> Document {
    let seconds = session.surroundings.seconds() - begun
    guard seconds >= 1 else { return Document() }
    let took = Unit.seconds.text(seconds.rounded())
    return Document([
      .text("You took \(took); \(family.minutes) min is what it takes with practice.")
    ])
  }

  func skip(_ session: Session) throws(Diagnostic) -> Document {
    guard !sheet.isOver else { throw refusal("There is nothing to skip.") }
    hintsShown = 0
    return sheet.skip() + (try goOn(session))
  }

  func hint(_ session: Session) throws(Diagnostic) -> Document {
    guard let hint = sheet.step?.hint else { throw refusal("There is no hint for this.") }
    hintsShown += 1
    return Document([.aside(.hint, MarkdownParser.document(hint).blocks)])
  }

  func why(_ session: Session) throws(Diagnostic) -> Document {
    let answered = sheet.answers.count
    guard answered > 0 else { throw refusal("Nothing has been answered yet, so there is no why.") }
    return try sheet.derivation(of: answered - 1, reference: reference)
  }

  func solution(_ session: Session) throws(Diagnostic) -> Document { try why(session) }

  func restart(_ session: Session) throws(Diagnostic) -> Document {
    sheet = ProblemSheet(sheet.problem)
    return try show(session)
  }

  var words: [String] { sheet.isOver ? ["again"] : [] }

  func claims(_ line: String) -> Bool {
    line == "again" && sheet.isOver || !sheet.isOver && line.first.map(Self.beginsAnswer) == true
  }

  /// Whether a line that begins like this can be an answer.
  static func beginsAnswer(_ first: Character) -> Bool {
    first.isNumber || "$(-.".contains(first)
  }

  func other(_ line: String, _ session: Session) throws(Diagnostic) -> Document? {
    if line == "again", sheet.isOver {
      _ = try session.leave()
      return try session.openPractice(family.id, seed: nil)
    }
    guard line.first.map(Self.beginsAnswer) == true else { return nil }
    return try answer(line, session)
  }
}

extension Session {
  /// Opens a problem: the named one, else the shortest that was not practised yet, else any.
  func openPractice(_ id: String?, seed: UInt64?) throws(Diagnostic) -> Document {
    let shelf = library.estimates
    let seed = seed ?? surroundings.freshSeed()
    guard !shelf.problemIDs.isEmpty else {
      throw Diagnostic("There are no problems here.", expected: "lessons/estimates/problems")
    }
    if let id { return try open(PracticeDesk(shelf.problem(id), seed: seed, self)) }
    let done = try practised().map(\.id)
    var open: [ProblemFamily] = []
    for id in shelf.problemIDs where !done.contains(id) { open.append(try shelf.problem(id)) }
    if let shortest = open.min(by: { ($0.minutes, $0.steps.count) < ($1.minutes, $1.steps.count) })
    {
      return try self.open(PracticeDesk(shortest, seed: seed, self))
    }
    var stream = RandomStream(seed: seed, name: "practice")
    let any = shelf.problemIDs[stream.below(shelf.problemIDs.count)]
    return try self.open(PracticeDesk(shelf.problem(any), seed: seed, self))
  }
}
