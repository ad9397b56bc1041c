import Blueprints
import Estimation
import Kernel

extension Interview {
  /// The words that begin a line of the interview; everything else is what the candidate says.
  public static let words = [
    "next", "ask", "skip", "say", "note", "estimate", "design", "dive", "run", "wait", "pause",
    "continue", "finish",
  ]

  /// Takes a line that was typed at `seconds` of the interview's clock.
  ///
  /// - Returns: The turns that it led to, the candidate's own first.
  @discardableResult
  public mutating func take(
    _ line: String, at seconds: Double
  ) throws(Diagnostic) -> ArraySlice<Turn> {
    var changed = self
    let first = turns.count
    changed.pass(to: seconds)
    switch phase {
    case .talking(let stage):
      try changed.talk(line, stage)
      changed.warn(since: stage)
    case .rating: try changed.rate(line)
    case .over: throw Diagnostic("The interview is over.", expected: "'report', or 'back'")
    }
    self = changed
    return turns[first...]
  }

  /// Lets time pass.
  private mutating func pass(to seconds: Double) {
    guard seconds > elapsed else { return }
    if let stage, !isPaused { spent[stage.rawValue] += seconds - elapsed }
    if stage != nil { elapsed = seconds }
  }

  /// Says once when four fifths of a stage are over, and once when all of it is.
  private mutating func warn(since before: InterviewStage) {
    guard let stage, stage == before, !isPaused else { return }
    let (box, spent) = (plan.box(stage), spent[stage.rawValue])
    if spent >= box, !warnings.contains(.over(stage)) {
      warnings += [.over(stage), .near(stage)]
      add(.asked("The time for \(stage.title) is over; 'next' goes on."))
    } else if spent >= 0.8 * box, !warnings.contains(.near(stage)) {
      warnings.append(.near(stage))
      add(.asked("\(ClockText.text(box - spent)) left for \(stage.title)."))
    }
  }

  private mutating func talk(_ line: String, _ stage: InterviewStage) throws(Diagnostic) {
    let words = line.split(maxSplits: 1, whereSeparator: \.isWhitespace).map(String.init)
    guard let first = words.first else { return }
    let rest = words.count > 1 ? words[1] : ""
    if isPaused {
      guard ["continue", "resume"].contains(line) else {
        throw Diagnostic("The clock stands.", found: line, expected: "'continue'")
      }
      isPaused = false
      return add(.clock("goes on"))
    }
    switch first {
    case "next" where rest.isEmpty: goOn(from: stage)
    case "finish" where rest.isEmpty: finish()
    case "ask" where rest.isEmpty, "skip" where rest.isEmpty: askNext()
    case "pause" where rest.isEmpty:
      isPaused = true
      add(.clock("stands"))
    case "wait" where TimeSpan(text: rest) != nil: add(.clock("\(rest) pass"))
    case "say", "note": say(rest)
    case "estimate": try estimate(rest)
    case "design": try drawAll(rest)
    case "dive" where stage == .dives: try choose(rest)
    case "run" where rest.isEmpty || rest.hasPrefix("at "): try run(rest)
    default: try speak(line, stage)
    }
  }

  /// Something that is no word of the interview: an answer, a line of the design, or speech.
  private mutating func speak(_ line: String, _ stage: InterviewStage) throws(Diagnostic) {
    if pending == .estimate, let figure = Self.figure(in: line) {
      let place = estimates.count - 1
      return try take(subject.answer(figure, to: estimates[place].question), figure, for: place)
    }
    if stage.rawValue >= InterviewStage.design.rawValue, sketch.looksLikeDesign(line) {
      return try draw(line)
    }
    try refuseSlips(line)
    say(line)
  }

  /// The figure that a line says, as in `about 50M streams`; nil when it says none.
  private static func figure(in line: String) -> String? {
    let fillers = ["about", "roughly", "around", "say", "maybe", "so", "i'd", "~", "circa", "some"]
    let words = line.split(whereSeparator: \.isWhitespace).map(String.init)
    var rest = words.drop { fillers.contains($0.lowercased()) }.joined(separator: " ")
    if rest.first == "~" { rest.removeFirst() }
    guard let first = rest.first, first.isNumber || "$(.".contains(first) else { return nil }
    return rest
  }

  /// A single word that is nearly one of the interview's is a slip, and nothing that was said.
  private func refuseSlips(_ line: String) throws(Diagnostic) {
    guard !line.contains(where: \.isWhitespace) else { return }
    guard let nearest = NearestWord.nearest(to: line, in: Self.words) else { return }
    throw Diagnostic(
      "'\(line)' is no word of the interview.", found: line,
      expected: "a sentence, or 'say \(line)' if you mean it", suggestion: nearest)
  }

  private mutating func say(_ text: String) {
    add(.said(text))
    switch pending {
    case .dive: dives[dives.count - 1].answers.append((elapsed, text))
    case .followUp:
      let place = followUps.count - 1
      followUps[place].answers.append((elapsed, text))
      let asked = followUps[place]
      guard asked.answers.count == 1 else { return }
      if let fault = asked.fault {
        add(.tried(design: asked.design, fault: fault, followUp: place))
      } else if let trial = asked.followUp.trial, sketch.obstacle == nil {
        let missing = trial.fault.missing(in: sketch.design).joined(separator: ", ")
        add(.asked("Your design has no \(missing), so I take your word. 'ask' for the next."))
      } else {
        add(.asked("\(asked.followUp.saidIfHeld) 'ask' for the next."))
      }
    case .nothing, .estimate: break
    }
  }

  // MARK: Stages

  private mutating func goOn(from stage: InterviewStage) {
    if stage == .design { review() }
    guard let next = stage.next else { return finish() }
    open(next)
  }

  /// What the interviewer makes of a design before the deep dives.
  private mutating func review() {
    guard sketch.obstacle == nil else {
      return add(.asked("I cannot run this: \(sketch.obstacle ?? "")"))
    }
    add(.tried(design: sketches.count - 1, fault: "", followUp: nil))
    let lints = sketch.design.lints().filter { $0.severity == .hard }
    for lint in lints.prefix(2) { add(.asked("(\(lint.rule)) \(lint.message)")) }
    if !lints.isEmpty {
      add(.asked("You may still redraw: lines of the design count in every stage from here."))
    }
  }

  private mutating func finish() {
    pending = .nothing
    add(.asked("Thank you, that is it."))
    phase = .rating
  }

  // MARK: Figures

  /// `estimate ID VALUE`: a figure that was asked for, once more.
  private mutating func estimate(_ text: String) throws(Diagnostic) {
    let words = text.split(maxSplits: 1, whereSeparator: \.isWhitespace).map(String.init)
    if let place = estimates.firstIndex(where: { $0.question.id == words.first }), words.count == 2
    {
      return try take(subject.answer(words[1], to: estimates[place].question), words[1], for: place)
    }
    guard pending == .estimate, let place = estimates.indices.last else {
      throw Diagnostic(
        "Say which figure.", found: text,
        expected: "'estimate ID VALUE' with one of: "
          + estimates.map(\.question.id).joined(separator: ", "))
    }
    try take(subject.answer(text, to: estimates[place].question), text, for: place)
  }

  // MARK: Design

  private mutating func draw(_ line: String) throws(Diagnostic) {
    var sketch = self.sketch
    let came = try sketch.add(line)
    sketches.append(sketch)
    isReference = false
    add(.drew(line, came: came))
  }

  /// `design LINE`, `design reference`, or `design` and the text of a file.
  private mutating func drawAll(_ text: String) throws(Diagnostic) {
    if text == "reference" {
      sketches.append(DesignSketch(whole: subject.reference, text: "the reference"))
      isReference = true
      return add(.drew("design reference", came: ["the case's own design; it earns no points"]))
    }
    guard text.contains("\n") else { return try draw(text) }
    let sketch = try readDesign(text)
    sketches.append(sketch)
    isReference = sketch.design == subject.reference
    let count = sketch.design.components.count
    add(.drew("design from a file", came: ["\(count) parts, \(sketch.design.calls.count) calls"]))
  }

  private mutating func choose(_ text: String) throws(Diagnostic) {
    let all = subject.rubric.dives
    let open = all.filter { dive in !dives.contains { $0.dive.id == dive.id } }
    let number = Int(text).flatMap { $0 > 0 && $0 <= all.count ? all[$0 - 1].id : nil }
    guard let dive = open.first(where: { $0.id == number ?? text }) else {
      throw .unknown("subject", text, known: open.map(\.id))
    }
    ask(dive)
  }

  /// `run`, `run at 30s crash NAME`: the design as it stands, there and then.
  private mutating func run(_ fault: String) throws(Diagnostic) {
    if let obstacle = sketch.obstacle { throw Diagnostic("This cannot run yet. \(obstacle)") }
    _ = try subject.trial(sketch.design, fault: fault)
    add(.said(fault.isEmpty ? "I run it." : "I try: \(fault)"))
    add(.tried(design: sketches.count - 1, fault: fault, followUp: nil))
  }

  // MARK: Afterwards

  /// `mid`, `senior`, `staff`, `below` or `skip` for one dimension; `report` for no more of them.
  private mutating func rate(_ line: String) throws(Diagnostic) {
    let word = line.hasPrefix("rate ") ? String(line.dropFirst(5)) : line
    let left = RubricDimension.allCases.dropFirst(ratings.count)
    switch word {
    case "report": for dimension in left { ratings.append((dimension, nil)) }
    case "skip": if let dimension = left.first { ratings.append((dimension, nil)) }
    default:
      guard let rating = SelfRating(rawValue: word), let dimension = left.first else {
        throw .unknown(
          "rating", word, known: SelfRating.allCases.map(\.rawValue) + ["skip", "report"])
      }
      ratings.append((dimension, rating))
    }
    if ratings.count == RubricDimension.allCases.count { phase = .over }
  }
}
