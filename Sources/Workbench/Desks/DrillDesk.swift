import Curriculum
import Drills
import Kernel
import Presentation
import Progress
import Simulation

/// A drill on the desk: predict, run, see why, turn knobs, run again.
final class DrillDesk: Desk {
  let drill: Drill
  let scenario: any Scenario
  private var current: Settings
  private var plan: FaultPlan
  private var past: [(Settings, FaultPlan)] = []
  private(set) var attempts: [DrillRun] = []
  private var predictions: [String: Prediction] = [:]
  private var skipped: Set<String> = []
  private var hintsShown = 0
  /// Whether `back` leads to the lesson.
  private let isInLesson: Bool

  init(_ drill: Drill, isInLesson: Bool = true) throws(Diagnostic) {
    self.drill = drill
    self.isInLesson = isInLesson
    scenario = drill.scenario
    current = drill.settings
    plan = drill.faults
  }

  var name: String { drill.id }
  var settings: Settings? { current }
  var topic: String? { drill.topic }
  var isPassed: Bool { attempts.contains { $0.isPassed } }
  private var open: PredictionRequest? {
    drill.predictions.first { predictions[$0.metric] == nil && !skipped.contains($0.metric) }
  }

  var actions: [Action] {
    if let open {
      return [
        Action(open.unit.rangePattern, "your range"), Action("skip"), Action("knobs"),
        Action("back"),
      ]
    }
    guard let last = attempts.last else {
      return [Action("run", "see what happens"), Action("set KNOB=VALUE"), Action("back")]
    }
    if last.isPassed {
      let compare = attempts.count > 1 ? [Action("compare", "the attempts")] : []
      let way =
        isInLesson
        ? [Action("back", "to the lesson")]
        : [Action("open \(drill.topic)", "the lesson"), Action("drill", "the next one")]
      return way + [Action("note TEXT")] + compare
    }
    let count = drill.hints.count
    let hint = [
      hintsShown < count ? Action("hint", "\(hintsShown + 1) of \(count)") : Action("solution")
    ]
    return [Action("set KNOB=VALUE"), Action("run", "again"), Action("why")] + hint
      + (past.isEmpty ? [] : [Action("undo")])
  }

  func show(_ session: Session) throws(Diagnostic) -> Document {
    DrillView.document(drill) + question()
  }

  private func question() -> Document {
    guard let open else { return Document() }
    return Document([
      .aside(
        .predict,
        [
          .paragraph(Text([.plain(open.ask), .toned("  (\(open.metric))", .quiet)])),
          .text("A number such as \(open.unit.examples), or a range you are 90 % sure of."),
        ])
    ])
  }

  func next(_ session: Session) throws(Diagnostic) -> Document {
    if isPassed { return try session.leave() }
    return open == nil ? try run(session) : question()
  }

  func predict(_ text: String, _ session: Session) throws(Diagnostic) -> Document {
    guard attempts.isEmpty else {
      throw refusal("The first run is over: a prediction now would be a memory.")
    }
    guard let request = open ?? drill.predictions.last else {
      throw refusal("This drill asks for no prediction.")
    }
    let prediction = try Prediction(text, unit: request.unit)
    try session.record(
      .predicted(
        PredictionRecord(
          subject: drill.id, metric: request.metric, low: prediction.low, high: prediction.high,
          unit: request.unit)), as: "\(drill.id) \(request.metric)")
    predictions[request.metric] = prediction
    let noted = Document([.text("Noted: \(request.metric) \(prediction).")])
    return open == nil
      ? noted + Document([.text("Now run it.")]) : noted + question()
  }

  func answer(_ text: String, _ session: Session) throws(Diagnostic) -> Document {
    try predict(text, session)
  }

  func skip(_ session: Session) throws(Diagnostic) -> Document {
    guard let open else { throw refusal("There is nothing to skip: run it, or go back.") }
    skipped.insert(open.metric)
    let said = Document([.text("Skipped: \(open.metric).")])
    return self.open == nil ? said + Document([.text("Now run it.")]) : said + question()
  }

  func set(_ text: String, _ session: Session) throws(Diagnostic) -> Document {
    let changed = try BenchSession.settings(current, changedBy: BenchLine("set " + text))
    for (before, after) in zip(current.all, changed.all)
    where before.setting != after.setting && before.knob.role == .load {
      throw Diagnostic(
        "\(before.knob.name) is part of the load, which is fixed while the drill is judged.",
        found: before.knob.name,
        expected: "a design knob, or 'drill run \(drill.id) --set …' to try it unjudged")
    }
    try scenario.validate(changed)
    let moved = try scenario.faults(plan, of: current, under: changed)
    past.append((current, plan))
    let said = Self.difference(current, changed)
    (current, plan) = (changed, moved)
    return Document([.text(said ?? "That changes nothing.")])
  }

  /// What is set otherwise afterwards; nil when nothing is.
  private static func difference(_ before: Settings, _ after: Settings) -> String? {
    let lines = zip(before.all, after.all).filter { $0.setting != $1.setting }.map {
      "\($0.knob.name): \($0.knob.text($0.setting)) -> \($1.knob.text($1.setting))"
    }
    return lines.isEmpty ? nil : lines.joined(separator: ", ")
  }

  func fault(_ text: String, _ session: Session) throws(Diagnostic) -> Document {
    let roster = scenario.roster(current)
    guard text != "reset" else {
      let own = try scenario.faults(drill.faults, of: drill.settings, under: current)
      past.append((current, plan))
      plan = own
      return Document([.text("The drill's own faults are back.")])
    }
    let added = try FaultPlan.parse(text, roster: roster)
    past.append((current, plan))
    plan.faults += added.faults
    return Document([
      .text("Added. Runs do not count as passed while the faults are not the drill's own:"),
      .code(plan.text(roster), language: "fault"),
    ])
  }

  func undo(_ session: Session) throws(Diagnostic) -> Document {
    guard let last = past.popLast() else {
      throw refusal("There is nothing to undo: the drill stands as it started.")
    }
    let said = Self.difference(current, last.0) ?? "The faults are as they were before."
    (current, plan) = last
    return Document([.text("Taken back. \(said)")])
  }

  func restart(_ session: Session) throws(Diagnostic) -> Document {
    past.append((current, plan))
    current = drill.settings
    plan = drill.faults
    return Document([.text("The drill stands as it started; your attempts are kept.")])
  }

  func run(_ session: Session) throws(Diagnostic) -> Document {
    guard open == nil else {
      return Document([.text("First say what you expect; results teach more after a guess.")])
        + question()
    }
    let own = drill.faults.lines(scenario.roster(drill.settings))
    let isOwnPlan = plan.lines(scenario.roster(current)) == own
    let request = ScenarioRequest(settings: current, faults: plan, seed: drill.seed)
    let run = DrillRun(drill, of: scenario, request)
    let isFirst = attempts.isEmpty
    attempts.append(run)
    session.inspected = InspectedRun(title: "\(drill.id) · attempt \(attempts.count)", run: run)
    if isOwnPlan { try session.record(run, of: drill) }
    if isFirst { try measure(run, session) }
    var document = RunView.document(
      run, title: "\(drill.id) · attempt \(attempts.count)",
      predictions: isFirst ? predictions : [:])
    if let violation = run.outcome.violations.first {
      document = document + shrunk(run, violation, session)
    }
    guard run.isPassed else { return document }
    guard isOwnPlan else {
      document.add(
        .text("Met, but under faults of your own. 'fault reset' brings back the drill's."))
      return document
    }
    document.add(.aside(.success, [.text("Passed.")]))
    document = document + MarkdownParser.document(drill.debrief)
    return document
  }

  private func measure(_ run: DrillRun, _ session: Session) throws(Diagnostic) {
    for request in drill.predictions where predictions[request.metric] != nil {
      try session.measured(
        "\(drill.id) \(request.metric)", run.outcome.measurement(request.metric)?.value)
    }
  }

  private func shrunk(
    _ run: DrillRun, _ violation: InvariantVerdict, _ session: Session
  ) -> Document {
    let smallest = FaultShrinking.smallest(
      run, breaking: violation.name, isCancelled: session.surroundings.isInterrupted)
    let roster = scenario.roster(current)
    let lines = smallest.lines(roster)
    return Document([
      .text("The smallest fault plan found that still breaks it:"),
      .code(lines.isEmpty ? "# none is needed" : lines.joined(separator: "\n"), language: "fault"),
    ])
  }

  func why(_ session: Session) throws(Diagnostic) -> Document {
    guard let last = attempts.last else {
      throw refusal("Nothing has run yet, so there is no why.")
    }
    return WhyView.whole(last.outcome, missed: last.judgements.filter { !$0.isMet })
  }

  func hint(_ session: Session) throws(Diagnostic) -> Document {
    guard !attempts.isEmpty else { throw refusal("Run it once before you take a hint.") }
    guard hintsShown < drill.hints.count else {
      return Document([.text("That was the last hint. 'solution' shows settings that pass.")])
    }
    hintsShown += 1
    try session.record(.hinted(subject: drill.id, level: hintsShown))
    return Document([
      .aside(
        .hint,
        [.text("\(hintsShown) of \(drill.hints.count)")]
          + MarkdownParser.document(drill.hints[hintsShown - 1]).blocks)
    ])
  }

  func solution(_ session: Session) throws(Diagnostic) -> Document {
    guard !attempts.isEmpty else { throw refusal("Solutions come after an attempt. Run it once.") }
    let line = drill.solution.map { "\($0.name)=\($0.text)" }.joined(separator: " ")
    return Document([
      .text("One that passes, proven by 'drillhall check':"), .code("set \(line)", language: nil),
    ])
  }

  func compare(_ text: String, _ session: Session) throws(Diagnostic) -> Document {
    guard attempts.count > 1 else {
      throw refusal("There is one attempt at most; run it again first.")
    }
    let numbered = attempts.enumerated().map { (label: "attempt \($0 + 1)", run: $1) }
    return ComparisonView.document(Array(numbered.suffix(4)), title: "\(drill.id), same seed")
  }

  func play(_ session: Session) throws(Diagnostic) -> Document {
    try session.open(BenchDesk(topic: drill.topic, preset: nil))
  }

  /// A bare prediction is taken as one.
  func other(_ line: String, _ session: Session) throws(Diagnostic) -> Document? {
    // No command begins like this, so a figure without its unit is told what it lacks.
    guard open != nil, line.first.map({ $0.isNumber || ".-".contains($0) }) == true else {
      return nil
    }
    return try predict(line, session)
  }
}
