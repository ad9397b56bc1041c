import Estimation
import Curriculum
import Drills
import Kernel
import Presentation
import Progress

/// A session as a machine: a line goes in, a document comes out.
///
/// It knows no terminal.
///
/// Desks lie on a stack: the home desk below, then a lesson, a drill, a bench, a review. `back`
/// takes the top one away. What the learner did is appended to the store before the reply is
/// given, so that leaving, a crash or a kill lose nothing.
public final class Session {
  /// The content.
  public let library: Library
  /// What the learner did.
  public let store: ProgressStore
  /// What the session needs from the world around it.
  public let surroundings: Surroundings
  /// Whether what the learner does outlasts the program; false where the store cannot be used.
  public internal(set) var isKept = true
  private var desks: [any Desk] = [HomeDesk()]
  private var remembered: [String: EventID] = [:]
  /// The run that was shown last, for looking into it.
  var inspected: InspectedRun?
  /// The estimate that is being written.
  var notebook: EstimateNotebook

  /// A session on `library` that remembers in `store`.
  public init(library: Library, store: ProgressStore, surroundings: Surroundings = Surroundings()) {
    self.library = library
    self.store = store
    self.surroundings = surroundings
    notebook = EstimateNotebook(reference: library.estimates.reference)
  }

  var desk: any Desk { desks[desks.count - 1] }

  /// The word before the `>` of the prompt.
  public var promptName: String { desk.name }

  /// What is shown when the prompt opens.
  public func welcome() throws(Diagnostic) -> Document {
    try desk.show(self) + Document([.actions(desk.actions)])
  }

  /// Carries out one line of the prompt; a line that is refused changes nothing.
  public func handle(_ line: String) throws(Diagnostic) -> Reply {
    let text = line.trimmed
    guard !text.isEmpty else { return Reply(Document([.actions(desk.actions)])) }
    var reply = try dispatch(text)
    if reply.json == nil, !reply.leaves { reply.document.add(.actions(desk.actions)) }
    return reply
  }

  /// Carries out one call from the command line.
  public func call(_ words: [String]) throws(Diagnostic) -> Reply {
    if ["--help", "-h"].contains(words.first) { return try call(["help"] + words.dropFirst()) }
    guard let (command, count) = CommandRegistry.find(words) else {
      throw CommandRegistry.incomplete(words)
        ?? Diagnostic.unknown("command", words.first ?? "", known: CommandRegistry.words)
        .listed(by: "drillhall help")
    }
    if words.contains("--help") { return HelpCommand().help(of: command) }
    guard !command.spec.isPromptOnly else {
      throw Diagnostic(
        "'\(command.spec.name)' only makes sense at the prompt.", found: command.spec.name,
        expected: "'drillhall' without a command, and there '\(command.spec.name)'")
    }
    let rest = words.dropFirst(count).map { CommandWords.Word(text: $0, column: 1) }
    return try command.run(CommandCall(rest, raw: nil, spec: command.spec), in: self)
  }

  private func dispatch(_ text: String) throws(Diagnostic) -> Reply {
    // A bench's own words come first where a bench is open: `show`, `add`, `put`.
    if desk.claims(text), let document = try desk.other(text, self) {
      return Reply(document)
    }
    let plain = text.split(whereSeparator: \.isWhitespace).map(String.init)
    guard let (command, count) = CommandRegistry.find(plain) else {
      if let document = try desk.other(text, self) { return Reply(document) }
      throw unknown(plain)
    }
    let takesText = command.spec.arguments.last?.isRest == true && command.spec.options.isEmpty
    let raw = Self.rest(of: text, after: count)
    var words: [CommandWords.Word] = []
    if !takesText { words = Array(try CommandWords.split(text).dropFirst(count)) }
    return try command.run(CommandCall(words, raw: raw, spec: command.spec), in: self)
  }

  private func unknown(_ words: [String]) -> Diagnostic {
    if let incomplete = CommandRegistry.incomplete(words) { return incomplete }
    let word = words.first ?? ""
    let offered = desk.actions.compactMap { $0.command.split(separator: " ").first }
    if offered.contains(where: { $0 == word }), word.count > 1, word == word.uppercased() {
      return Diagnostic(
        "Words in capitals such as \(word) stand for your own: a figure, a name, a text.",
        column: 1, found: word)
    }
    let known = CommandRegistry.words + desk.words
    let nearest =
      known.first { $0.hasSuffix(" " + word) } ?? NearestWord.nearest(to: word, in: known)
    let here = desk.actions.map(\.command).filter { $0 != "help" }.joined(separator: ", ")
    return Diagnostic(
      "'\(word)' is no command here.", column: 1, found: word,
      expected: nearest == nil ? "one of: \(here), or 'help'" : nil, suggestion: nearest)
  }

  private static func rest(of text: String, after count: Int) -> String {
    var rest = text[...]
    for _ in 0..<count {
      rest = rest.drop { !$0.isWhitespace }
      rest = rest.drop { $0.isWhitespace }
    }
    return String(rest)
  }
}

// MARK: Desks

extension Session {
  /// Puts a desk on top and shows it.
  func open(_ desk: any Desk) throws(Diagnostic) -> Document {
    desks.append(desk)
    return try desk.show(self)
  }

  /// Takes the top desk away and shows the one below.
  func leave() throws(Diagnostic) -> Document {
    guard desks.count > 1 else { return try desk.show(self) }
    desks.removeLast()
    return try desk.show(self)
  }

  /// Opens a lesson where it was left.
  func open(lesson id: String) throws(Diagnostic) -> Document {
    let lesson = try library.lesson(id)
    desks = [desks[0]]
    let desk = LessonDesk(lesson)
    try desk.resume(at: position(in: id), self)
    return try open(desk)
  }

  /// Opens a lesson at a step, given by its number or id.
  func open(lesson id: String, at step: String) throws(Diagnostic) -> Document {
    let desk = LessonDesk(try library.lesson(id))
    let document = try desk.goto(step, self)
    desks = [desks[0], desk]
    return document
  }

  /// Opens a drill on top of whatever is open.
  func open(drill id: String) throws(Diagnostic) -> Document {
    try open(DrillDesk(library.drill(id), isInLesson: desks.contains { $0 is LessonDesk }))
  }
}

// MARK: Memory

extension Session {
  /// Appends a fact to the log; it is safe when this returns.
  func record(_ fact: Fact) throws(Diagnostic) {
    _ = try remembering { () throws(StoreError) in try store.append(fact) }
  }

  /// Appends a prediction and remembers it under `key` until it is measured.
  func record(_ fact: Fact, as key: String) throws(Diagnostic) {
    remembered[key] = try remembering { () throws(StoreError) in try store.append(fact) }.id
  }

  /// Records what became of the prediction made under `key`.
  func measured(_ key: String, _ value: Double?) throws(Diagnostic) {
    guard let id = remembered.removeValue(forKey: key) else { return }
    try record(.measured(prediction: id, value: value))
  }

  /// Records a run of a drill.
  func record(_ run: DrillRun, of drill: Drill) throws(Diagnostic) {
    try record(
      .ran(
        RunRecord(
          drill: drill.id, token: run.token.description, isPassed: run.isPassed,
          metCount: run.judgements.count(where: \.isMet), objectiveCount: run.judgements.count,
          figures: run.judgements.compactMap(\.measured))))
  }

  /// Where a lesson was left.
  func position(in topic: String?) throws(Diagnostic) -> Place? {
    try remembering { () throws(StoreError) in try store.position(in: topic) }
  }

  /// What became of a step or a task; nil when it is still open.
  func outcome(of place: Place) throws(Diagnostic) -> StepOutcome? {
    let progress = try remembering { () throws(StoreError) in try store.topic(place.topic) }
    if progress.isDone(place.step) { return .done }
    return progress.skipped.contains(place.step) ? .skipped : nil
  }

  /// The bench lines typed at a place, in order.
  func commands(at place: Place) throws(Diagnostic) -> [String] {
    try remembering { () throws(StoreError) in try store.benchCommands(at: place) }
  }

  /// Whether a drill was ever passed.
  func isPassed(_ drill: String) throws(Diagnostic) -> Bool {
    try remembering { () throws(StoreError) in try store.drill(drill) }.isPassed
  }

  /// Runs `body` on the store; its errors become sentences.
  func remembering<Value>(_ body: () throws(StoreError) -> Value) throws(Diagnostic) -> Value {
    do { return try body() } catch { throw Diagnostic(error.description) }
  }
}

extension String {
  /// The text without white space around it.
  var trimmed: String {
    var view = self[...]
    while view.first?.isWhitespace == true { view.removeFirst() }
    while view.last?.isWhitespace == true { view.removeLast() }
    return String(view)
  }
}
