import Curriculum
import Drills
import Estimation
import Kernel
import Presentation
import Progress

/// A worked estimate with one wrong line: find it.
final class FlawDesk: Desk {
  private let flaw: ProvenFlaw
  private var isFound = false
  private var tries = 0
  private var hintsShown = 0

  init(_ flaw: FlawedEstimate, _ session: Session) throws(Diagnostic) {
    self.flaw = try flaw.verify(reference: session.library.estimates.reference)
  }

  private var estimate: FlawedEstimate { flaw.estimate }
  var name: String { "flaw" }

  var actions: [Action] {
    guard !isFound else { return [Action("next", "another one"), Action("back")] }
    let hint = hintsShown < estimate.hints.count ? [Action("hint")] : []
    return [Action("NUMBER", "the line that is wrong")] + hint + [Action("skip"), Action("back")]
  }

  var sources: [CitedSource] {
    estimate.source.map { [CitedSource(key: $0.date, title: $0.title, place: $0.address)] } ?? []
  }

  func show(_ session: Session) throws(Diagnostic) -> Document {
    let rows = estimate.lines.enumerated().map { place, line in
      [Text.strong("\(place + 1)"), Text(line.text)]
    }
    var document =
      Document([.heading(1, Text(estimate.title))]) + MarkdownParser.document(estimate.story)
    document.add(.table(Table([.init(""), .init("")], rows)))
    if let source = estimate.source {
      document.add(.paragraph(.toned("Published: \(source.title), \(source.date)", .quiet)))
    }
    document.add(.aside(.question, [.text("One line is wrong. Which?")]))
    return document
  }

  func next(_ session: Session) throws(Diagnostic) -> Document {
    guard isFound else { return Document([.text("Say which line is wrong, or 'skip' it.")]) }
    _ = try session.leave()
    return try session.openFlaw(nil)
  }

  func answer(_ text: String, _ session: Session) throws(Diagnostic) -> Document {
    guard !isFound else { throw refusal("It is found already.") }
    let place = try estimate.place(of: text)
    let isRight = place == flaw.place
    tries += 1
    let subject = Place(topic: EstimateRecord.topic, step: "flaw/\(estimate.id)")
    try session.record(
      .answered(
        Answer(
          place: subject, question: "line", text: text, isRight: isRight && tries == 1)))
    isFound = isRight
    let mark: Mark = isRight ? .met : .missed
    return Document([.paragraph(Text([.mark(mark), .plain(" \(flaw.reply(to: place))")]))])
  }

  func skip(_ session: Session) throws(Diagnostic) -> Document {
    guard !isFound else { throw refusal("There is nothing to skip.") }
    isFound = true
    return Document([.text(flaw.explanation)])
  }

  func solution(_ session: Session) throws(Diagnostic) -> Document {
    guard tries > 0 else { throw refusal("Solutions come after an attempt. Try it once.") }
    return try skip(session)
  }

  func hint(_ session: Session) throws(Diagnostic) -> Document {
    guard hintsShown < estimate.hints.count else { throw refusal("There is no further hint.") }
    hintsShown += 1
    return Document([.aside(.hint, [.text(estimate.hints[hintsShown - 1])])])
  }

  func why(_ session: Session) throws(Diagnostic) -> Document {
    guard isFound else { throw refusal("Find the line first.") }
    return Document([.text(flaw.explanation)])
  }

  func other(_ line: String, _ session: Session) throws(Diagnostic) -> Document? {
    let isLine = estimate.lines.contains { $0.name == line } || Int(line) != nil
    return isLine ? try answer(line, session) : nil
  }
}

extension Session {
  /// Opens a flawed estimate: the named one, else the first whose flaw was not found yet, else any.
  func openFlaw(_ id: String?) throws(Diagnostic) -> Document {
    let flaws = try library.estimates.flaws()
    guard !flaws.isEmpty else {
      throw Diagnostic(
        "There are no flawed estimates here.", expected: "lessons/estimates/flaws.yaml")
    }
    if let id {
      guard let flaw = flaws.first(where: { $0.id == id }) else {
        throw Diagnostic.unknown("flawed estimate", id, known: flaws.map(\.id))
          .listed(by: "estimate problems")
      }
      return try open(FlawDesk(flaw, self))
    }
    let done = try practised().map(\.id)
    let open = flaws.first { !done.contains("flaw/\($0.id)") }
    var stream = RandomStream(seed: surroundings.freshSeed(), name: "flaws")
    return try self.open(FlawDesk(open ?? flaws[stream.below(flaws.count)], self))
  }
}
