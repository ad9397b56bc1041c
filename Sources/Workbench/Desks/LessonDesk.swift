import Curriculum
import Drills
import Estimation
import Kernel
import Presentation
import Progress

/// A lesson on the desk: one step a screen, things to do one after the other.
final class LessonDesk: Desk {
  let lesson: Lesson
  var stepIndex = 0
  /// The task that is waited for; nil when the step is over.
  var pending: LessonTask?
  var bench: BenchSession?
  /// The prediction that was made and waits for its figure.
  var prediction: Prediction?
  /// The estimate that is being worked out.
  var sheet: ProblemSheet?
  var lines: [String] = []
  var wrongAnswers = 0
  var hintsShown = 0

  private let hasDrills: Bool

  init(_ lesson: Lesson) {
    self.lesson = lesson
    hasDrills = lesson.steps.flatMap(\.tasks).contains { task in
      if case .drill = task.kind { true } else { false }
    }
  }

  var name: String { lesson.id }
  var topic: String? { lesson.id }
  var openBench: (any Bench)? { bench?.bench }
  var step: LessonStep { lesson.steps[stepIndex] }
  var isLastStep: Bool { stepIndex == lesson.steps.count - 1 }
  var settings: Settings? { bench?.bench.settings }
  var words: [String] { (bench?.words ?? []) + (bench?.bench.parts ?? []) }
  var stepPlace: Place { Place(topic: lesson.id, step: step.id) }
  var taskPlace: Place {
    pending.map(place) ?? stepPlace
  }

  private func place(of task: LessonTask) -> Place {
    Place(topic: lesson.id, step: "\(step.id)/\(task.id)")
  }

  var sources: [CitedSource] {
    let keys = pending.map(\.cites) ?? step.tasks.flatMap(\.cites)
    let chosen = lesson.sources.filter { keys.isEmpty || keys.contains($0.key) }
    return chosen.map { CitedSource(key: $0.key, title: $0.title, place: $0.place) }
  }

  var actions: [Action] {
    guard let pending else {
      let end = isLastStep ? "end of the lesson" : lesson.steps[stepIndex + 1].title
      return [Action("next", end), Action("note TEXT"), Action("back")]
    }
    let hasHint = !pending.hints.isEmpty || sheet?.step?.hint != nil
    let isFirst =
      stepIndex == 0 && step.tasks.first { LessonTaskView.isWaitedFor($0) }?.id == pending.id
    return LessonTaskView.actions(pending, isPredicted: prediction != nil)
      + (hasHint ? [Action("hint")] : []) + [Action("skip")]
      + (isFirst && hasDrills ? [Action("drill next", "straight to a drill")] : [])
  }

  /// Whether the step waits for a note.
  var isNoteAsked: Bool {
    if case .note(ask: _) = pending?.kind { true } else { false }
  }

  // MARK: Walking

  /// Takes up the lesson where it was left, the bench as it was.
  func resume(at place: Place?, _ session: Session) throws(Diagnostic) {
    let parts = place?.step.split(separator: "/", maxSplits: 1).map(String.init) ?? []
    stepIndex = lesson.steps.firstIndex { $0.id == parts.first } ?? 0
    try enter(session, records: false)
    let earlier = try session.commands(at: taskPlace)
    if sheet != nil {
      for line in earlier where sheet?.isOver == false {
        if line == Self.passedOver { sheet?.skip() } else { _ = try? sheet?.answer(line) }
      }
    } else {
      for line in earlier where (try? bench?.run(line)) != nil { lines.append(line) }
    }
  }

  /// Waits for the first task of the step that is not finished.
  private func enter(_ session: Session, records: Bool = true) throws(Diagnostic) {
    pending = nil
    for task in step.tasks where LessonTaskView.isWaitedFor(task) {
      if try session.outcome(of: place(of: task)) == nil {
        pending = task
        break
      }
    }
    prediction = nil
    sheet = nil
    if case .estimate(let task) = pending?.kind { sheet = ProblemSheet(task.problem) }
    lines = []
    wrongAnswers = 0
    hintsShown = 0
    try layBench()
    if records { try session.record(.moved(taskPlace)) }
    if pending == nil, try session.outcome(of: stepPlace) == nil {
      try session.record(.finished(stepPlace, .done))
    }
  }

  private func layBench() throws(Diagnostic) {
    var preset: String?
    var setup: [String] = []
    switch pending?.kind {
    case .predict(let task): (preset, setup) = (task.preset, task.setup)
    case .reach(let task): (preset, setup) = (task.preset, task.setup)
    case .choice, .number, .order, .drill, .estimate, .claim, .note, nil: break
    }
    guard let topic = try? TopicRegistry.topic(lesson.id) else { return }
    var fresh = BenchSession(try topic.bench(as: preset))
    for line in setup { _ = try fresh.run(line) }
    bench = fresh
  }

  func show(_ session: Session) throws(Diagnostic) -> Document {
    if case .drill(let id) = pending?.kind, try session.isPassed(id) {
      return try finish(session, .done)
    }
    return LessonView.step(self, from: 0, library: session.library)
  }

  func next(_ session: Session) throws(Diagnostic) -> Document {
    if let pending {
      if case .drill(let id) = pending.kind { return try session.open(drill: id) }
      return LessonTaskView.document(pending, isPredicted: prediction != nil)
        + (sheet.map(ProblemView.question) ?? Document())
        + Document([.text("Answer it, or 'skip' it to go on.")])
    }
    guard !isLastStep else { return try end(session) }
    stepIndex += 1
    try enter(session)
    return LessonView.step(self, from: 0, library: session.library)
  }

  private func end(_ session: Session) throws(Diagnostic) -> Document {
    let document = try LessonView.end(lesson, session)
    _ = try session.leave()
    return document
  }

  func back(_ session: Session) throws(Diagnostic) -> Document? {
    guard stepIndex > 0 else { return nil }
    stepIndex -= 1
    try enter(session)
    return LessonView.step(self, from: 0, library: session.library)
  }

  func goto(_ place: String, _ session: Session) throws(Diagnostic) -> Document {
    let ids = lesson.steps.map(\.id)
    let number = Int(place).map { $0 - 1 }.flatMap { ids.indices.contains($0) ? $0 : nil }
    guard let index = number ?? ids.firstIndex(of: place) else {
      throw Diagnostic(
        "The lesson has no step '\(place)'.", found: place,
        expected: "a number from 1 to \(ids.count), or a step's id",
        suggestion: NearestWord.nearest(to: place, in: ids))
    }
    stepIndex = index
    try enter(session)
    return LessonView.step(self, from: 0, library: session.library)
  }

  /// Ends the pending task and shows what follows it.
  func finish(_ session: Session, _ outcome: StepOutcome) throws(Diagnostic) -> Document {
    guard let done = pending else { return Document() }
    try session.record(.finished(taskPlace, outcome))
    let place =
      step.elements.firstIndex { element in
        if case .task(let task) = element { task.id == done.id } else { false }
      } ?? 0
    let keptBench = bench
    try enter(session)
    if pending.map(LessonTaskView.needsBench) != true { bench = keptBench }
    return LessonView.step(self, from: place + 1, library: session.library)
  }

  // MARK: Help

  func hint(_ session: Session) throws(Diagnostic) -> Document {
    if let hint = sheet?.step?.hint {
      return Document([.aside(.hint, MarkdownParser.document(hint).blocks)])
    }
    guard let pending, !pending.hints.isEmpty else { throw refusal("There is no hint for this.") }
    guard hintsShown < pending.hints.count else {
      return Document([.text("That was the last hint. 'skip' goes on; 'solution' shows the way.")])
    }
    hintsShown += 1
    try session.record(.hinted(subject: "\(lesson.id)/\(pending.id)", level: hintsShown))
    return Document([
      .aside(.hint, MarkdownParser.document(pending.hints[hintsShown - 1]).blocks)
    ])
  }

  func skip(_ session: Session) throws(Diagnostic) -> Document {
    guard pending != nil else { throw refusal("There is nothing to skip: the step is over.") }
    if sheet?.isOver == false { return try passOver(session) }
    return Document([.text("Skipped.")]) + (try finish(session, .skipped))
  }

  func why(_ session: Session) throws(Diagnostic) -> Document {
    var explanation: String?
    for task in step.tasks where try session.outcome(of: place(of: task)) != nil {
      explanation = task.explanation ?? explanation
    }
    guard let explanation else {
      throw refusal("Nothing has been answered in this step yet, so there is no why.")
    }
    return MarkdownParser.document(explanation)
  }

  func solution(_ session: Session) throws(Diagnostic) -> Document {
    guard let pending else { throw refusal("There is nothing to solve: the step is over.") }
    guard wrongAnswers > 0 || !lines.isEmpty else {
      throw refusal("Solutions come after an attempt. Try it once.")
    }
    return LessonTaskView.solution(pending)
  }

  func restart(_ session: Session) throws(Diagnostic) -> Document {
    try session.record(.moved(taskPlace))
    lines = []
    try layBench()
    return Document([.text("The bench is fresh again.")])
  }

  func play(_ session: Session) throws(Diagnostic) -> Document {
    try session.open(BenchDesk(topic: lesson.id, preset: nil))
  }
}
