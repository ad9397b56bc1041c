import Drills
import Kernel
import Presentation
import Progress

/// A run with a hidden bug on the desk: ask within a budget, then name the bug.
final class MysteryDesk: Desk {
  let mystery: Mystery
  private let startedAt: Double
  /// What the hidden mechanism did.
  private(set) lazy var outcome = mystery.scenario.run(mystery.request)
  /// What the healthy one does under the same settings, faults and seed.
  private(set) lazy var healthy = mystery.scenario.run(mystery.healthyRequest)
  private(set) var spent = 0
  private var named: [String] = []
  private(set) var isOver = false
  /// Questions that were paid for: asking again is free.
  private var paid: Set<String> = []
  /// How many events of each kind of log have been shown.
  var shownEvents: [String: Int] = [:]

  init(_ mystery: Mystery, _ session: Session) {
    self.mystery = mystery
    startedAt = session.surroundings.seconds()
  }

  var name: String { "mystery" }
  var topic: String? { mystery.topic }
  var settings: Settings? { mystery.request.settings }
  var words: [String] { isOver ? [] : Question.allCases.map(\.rawValue) }
  var left: Int { max(0, MysteryScore.budget - spent) }

  /// The desk's own words.
  enum Question: String, CaseIterable {
    case metrics, metric, series, logs, trace, findings, history, baseline, rerun
    case suspects, name, accuse
  }

  var actions: [Action] {
    guard !isOver else {
      return [Action("next", "another mystery"), Action("note TEXT"), Action("back")]
    }
    let naming = [Action("suspects"), Action("name SUSPECT"), Action("skip", "give up")]
    guard left > 0 else { return naming }
    return [Action("metrics"), Action("logs"), Action("findings"), Action("knobs")] + naming
  }

  func show(_ session: Session) throws(Diagnostic) -> Document {
    MysteryView.opening(mystery) + budget()
  }

  /// Where the budget stands.
  func budget() -> Document {
    Document([
      .paragraph(.toned("\(left) of \(MysteryScore.budget) points left for questions", .quiet))
    ])
  }

  /// Takes the price of `query` unless `question` was paid for; refuses what is beyond the budget.
  func pay(for query: MysteryQuery, _ question: String) throws(Diagnostic) {
    guard !paid.contains(question) else { return }
    guard query.cost <= left else {
      throw Diagnostic(
        "'\(query.rawValue)' costs \(query.cost) and you have \(left) left.",
        found: query.rawValue, expected: left > 0 ? "a cheaper question, or a name" : "a name")
    }
    spent += query.cost
    paid.insert(question)
  }

  func next(_ session: Session) throws(Diagnostic) -> Document {
    guard isOver else { return try show(session) }
    _ = try session.leave()
    return try session.openMystery(mystery.topic, seed: nil)
  }

  func answer(_ text: String, _ session: Session) throws(Diagnostic) -> Document {
    guard !isOver else { throw refusal("It is solved already.") }
    let suspect = try mystery.suspect(text)
    guard !named.contains(suspect.id) else {
      throw refusal("You named '\(suspect.id)' before, and that was not it.")
    }
    named.append(suspect.id)
    if suspect.id == mystery.answer { return try reveal(isRight: true, session) }
    guard named.count < MysteryScore.tries else { return try reveal(isRight: false, session) }
    spent = min(MysteryScore.budget, spent + MysteryScore.wrongNameCost)
    let said = Text([
      .mark(.missed), .plain(" No: not '\(suspect.id)'. One more try; this one cost "),
      .plain("\(MysteryScore.wrongNameCost) points of the budget."),
    ])
    return Document([.paragraph(said)]) + budget()
  }

  func skip(_ session: Session) throws(Diagnostic) -> Document {
    guard !isOver else { throw refusal("There is nothing to skip: it is solved.") }
    return try reveal(isRight: false, session)
  }

  func solution(_ session: Session) throws(Diagnostic) -> Document {
    guard !named.isEmpty else { throw refusal("Solutions come after an attempt. Name somebody.") }
    return isOver ? try revelation() : try reveal(isRight: false, session)
  }

  private func reveal(isRight: Bool, _ session: Session) throws(Diagnostic) -> Document {
    let seconds = max(0, session.surroundings.seconds() - startedAt)
    let score = MysteryScore(
      isRight: isRight, tries: named.count, spent: spent, seconds: seconds)
    let document =
      MysteryView.verdict(
        mystery, isRight: isRight, score: score, spent: spent, seconds: seconds)
      + (try revelation())
    try session.record(
      .diagnosed(
        MysteryRecord(
          topic: mystery.topic, seed: mystery.seed, named: named.last ?? "given-up",
          answer: mystery.answer, isRight: isRight, tries: named.count, spent: spent,
          budget: MysteryScore.budget, seconds: seconds, score: score.total)))
    isOver = true
    return document
  }

  private func revelation() throws(Diagnostic) -> Document {
    try MysteryView.revelation(mystery, outcome: outcome)
  }

  func set(_ text: String, _ session: Session) throws(Diagnostic) -> Document {
    throw refusal("The run is over; 'rerun \(text)' tries it under other settings.")
  }

  func fault(_ text: String, _ session: Session) throws(Diagnostic) -> Document {
    throw refusal("The run is over; 'rerun at ...' tries it under other faults.")
  }

  func why(_ session: Session) throws(Diagnostic) -> Document {
    isOver ? WhyView.whole(outcome) : try ask(.trace, "")
  }
}

extension Session {
  /// Opens the mystery that `seed`, or a seed nobody has seen, draws from a topic.
  func openMystery(_ topic: String, seed: UInt64?) throws(Diagnostic) -> Document {
    let mystery = try Mystery(
      TopicRegistry.topic(topic), seed: seed ?? surroundings.freshSeed())
    return try open(MysteryDesk(mystery, self))
  }
}
