import Curriculum
import Kernel
import Presentation
import Progress
import Recall

/// An interview on the desk: what is typed is kept before it is answered.
final class InterviewDesk: Desk {
  private(set) var kept: KeptInterview
  private let surroundings: Surroundings
  /// The interview's clock when the real one stood at `since`.
  private var start: (elapsed: Double, since: Double)

  init(_ kept: KeptInterview, _ session: Session) {
    self.kept = kept
    surroundings = session.surroundings
    start = (kept.interview.elapsed, session.surroundings.seconds())
  }

  var interview: Interview { kept.interview }
  var topic: String? { interview.plan.topic }
  var words: [String] { Interview.words + Self.views }

  /// Words that only show something; they are not kept and cost no time where lines make the clock.
  private static let views = ["clock", "report", "why", "dives", "help", "design"]

  var name: String {
    switch interview.phase {
    case .talking(let stage):
      if interview.isPaused { return "paused" }
      let spent = interview.spent[stage.rawValue] + now - interview.elapsed
      let box = interview.plan.box(stage)
      return "\(stage.word) \(ClockText.text(spent))/\(ClockText.text(box))"
    case .rating: return "rate"
    case .over: return "interview"
    }
  }

  var actions: [Action] {
    switch interview.phase {
    case .talking where interview.isPaused: [Action("continue"), Action("back")]
    case .talking(let stage): InterviewView.actions(stage, interview)
    case .rating:
      Interview.SelfRating.allCases.map { Action($0.rawValue) }
        + [Action("skip"), Action("report")]
    case .over:
      [Action("report"), Action("why RULE"), Action("export interview"), Action("back")]
    }
  }

  func help(of word: String) -> Document? { InterviewView.help(of: word) }

  func show(_ session: Session) throws(Diagnostic) -> Document {
    switch interview.phase {
    case .talking:
      let last = interview.turns.lastIndex { turn in
        if case .opened = turn.content { true } else { false }
      }
      let turns = interview.turns[(last ?? 0)...]
      let said = try InterviewView.turns(turns, interview, isWhole: true)
      return kept.lines.isEmpty ? said : InterviewView.clock(interview, now: now) + said
    case .rating: return InterviewView.rating(interview)
    case .over: return try report(session)
    }
  }

  func next(_ session: Session) throws(Diagnostic) -> Document { try session.leave() }

  // MARK: The clock

  /// The interview's clock now.
  private var now: Double {
    guard surroundings.interviewClock == .real, !interview.isPaused, interview.stage != nil else {
      return interview.elapsed
    }
    let passed = max(0, surroundings.seconds() - start.since)
    return max(interview.elapsed, start.elapsed + passed)
  }

  /// The interview's clock at the end of a line.
  private func time(of line: String) -> Double {
    guard !interview.isPaused, interview.stage != nil else { return interview.elapsed }
    switch surroundings.interviewClock {
    case .typing: return interview.elapsed + TypingClock.seconds(for: line)
    case .real:
      let isWait = line.hasPrefix("wait ")
      return (now + (isWait ? TypingClock.seconds(for: line) : 0)).rounded()
    }
  }

  // MARK: Lines

  func claims(_ line: String) -> Bool {
    let words = line.split(whereSeparator: \.isWhitespace).map(String.init)
    let second = words.count > 1 ? words[1] : nil
    switch words.first {
    case "quit", "exit", "back", "here", "undo": return second != nil
    case "next": return interview.phase != .over || second != nil
    case "history", "cite", "fidelity", "doctor", "progress": return words.count > 2
    case "export": return second.map { !ExportCommand.things.contains($0) } ?? true
    case "interview": return !["resume", "report", "list"].contains(second)
    case "help": return second.map { help(of: $0) != nil } ?? true
    default: return interview.phase != .over || ["why", "report"].contains(words.first)
    }
  }

  func other(_ line: String, _ session: Session) throws(Diagnostic) -> Document? {
    let words = line.split(maxSplits: 1, whereSeparator: \.isWhitespace).map(String.init)
    let rest = words.count > 1 ? words[1] : ""
    switch words.first {
    case "help": return rest.isEmpty ? InterviewView.help() : help(of: rest)
    case "clock" where rest.isEmpty: return InterviewView.clock(interview, now: now)
    case "dives" where interview.stage == .dives: return InterviewView.dives(interview)
    case "design" where rest.isEmpty && interview.stage != nil:
      return InterviewView.design(interview)
    case "report" where interview.phase == .over: return try report(session)
    case "why": return try why(rest)
    default: return try take(fileText(line, rest, session) ?? line, session)
    }
  }

  /// `design FILE` with the file's text in place of its name, so that the log holds what was read.
  private func fileText(
    _ line: String, _ rest: String, _ session: Session
  ) throws(Diagnostic) -> String? {
    let isFile = [".yaml", ".yml", ".design", ".txt"].contains { rest.hasSuffix($0) }
    let isOne = !rest.contains(where: \.isWhitespace)
    guard line.hasPrefix("design "), isFile, isOne else { return nil }
    return "design " + (try session.surroundings.text(of: rest)) + "\n"
  }

  /// Takes a line: it is tried on a copy, then kept, then answered.
  private func take(_ line: String, _ session: Session) throws(Diagnostic) -> Document {
    let at = time(of: line)
    var changed = interview
    let wasPaused = interview.isPaused
    let turns = try changed.take(line, at: at)
    var facts: [Fact] = [
      .interviewLine(InterviewLineRecord(interview: kept.id, atSeconds: at, line: line))
    ]
    let isEnd = changed.phase == .over && interview.phase != .over
    if isEnd {
      for card in try session.cards(toPractise: changed.report().practise) {
        facts.append(.reviewed(card: card, .again))
      }
    }
    let said = facts
    let events = try session.remembering { () throws(StoreError) in
      try session.store.append(said)
    }
    kept.interview = changed
    if case .interviewLine(let record) = events[0].fact {
      kept.lines.append(InterviewLog.Line(event: events[0].id, record: record))
    }
    if wasPaused || line.hasPrefix("wait ") {
      start = (changed.elapsed, session.surroundings.seconds())
    }
    if isEnd { return try report(session) }
    if changed.phase == .rating { return InterviewView.rating(changed) }
    return try InterviewView.turns(turns, changed, isWhole: false)
  }

  func undo(_ session: Session) throws(Diagnostic) -> Document {
    guard let last = kept.lines.last else { throw refusal("Nothing was typed here yet.") }
    try session.remembering { () throws(StoreError) in _ = try session.store.undo(last.event) }
    let time = now
    kept = session.replay(
      kept.id, try session.interview(interview.plan), Array(kept.lines.dropLast()))
    // What was typed is gone; the time that it took is not.
    start = (time, session.surroundings.seconds())
    return Document([.text("Taken back: \(last.record.line.prefix(60))")])
  }

  func why(_ session: Session) throws(Diagnostic) -> Document { try why("") }

  private func why(_ id: String) throws(Diagnostic) -> Document {
    guard interview.phase == .over else {
      throw refusal("Grades come at the end; in an interview nobody tells you either.")
    }
    let report = try interview.report()
    guard !id.isEmpty else {
      throw Diagnostic(
        "Say which rule.",
        expected: "'why RULE' with an id of the report such as "
          + (report.points.first?.id ?? ""))
    }
    return InterviewReportView.why(try report.point(id))
  }

  private func report(_ session: Session) throws(Diagnostic) -> Document {
    try InterviewReportView.document(interview, interview.report(), session.library)
  }
}

extension Session {
  /// The cards among what is to be practised, and those of a tag, of the case on the desk.
  func cards(toPractise ids: [String]) throws(Diagnostic) -> [String] {
    try library.cards(toPractise: ids, of: (desk as? InterviewDesk)?.topic ?? "")
  }
}

extension Library {
  /// The cards among what is to be practised, and those of a tag among a case's cards.
  func cards(toPractise ids: [String], of topic: String) throws(Diagnostic) -> [String] {
    var cards: [String] = []
    for id in ids {
      switch try practice(id) {
      case .card(let card): if !cards.contains(card) { cards.append(card) }
      case .tag(let tag):
        for card in try self.cards(of: topic) where card.tags.contains(tag) {
          if !cards.contains(card.id) { cards.append(card.id) }
        }
      case .drill, .topic: continue
      }
    }
    return cards
  }
}
