/// How far a topic has come: what follows from its events since it was last begun anew.
public struct TopicProgress: Sendable, Hashable {
  /// The topic's id.
  public let topic: String
  /// Steps that were finished, in the order in which they first were.
  public private(set) var done: [String] = []
  /// Steps that were passed over and not finished later, in the order in which they first were.
  public private(set) var skipped: [String] = []
  /// The last answer to each question, in the order in which they were first answered.
  public private(set) var lastAnswers: [Answer] = []
  /// When something last happened in it, in milliseconds since 1970 (UTC).
  public private(set) var lastMilliseconds = 0

  /// Folds the effective events of one topic, in the order of the log.
  init(topic: String, events: [Event]) {
    self.topic = topic
    for event in events { apply(event) }
  }

  /// How many questions were last answered rightly.
  public var rightCount: Int { lastAnswers.filter(\.isRight).count }

  /// The finished steps as a whole; `step/task` names a task within one.
  public var doneSteps: [String] { done.filter { !$0.contains("/") } }

  /// The steps that were passed over as a whole.
  public var skippedSteps: [String] { skipped.filter { !$0.contains("/") } }

  /// Whether a step was finished.
  public func isDone(_ step: String) -> Bool { done.contains(step) }

  private mutating func apply(_ event: Event) {
    lastMilliseconds = max(lastMilliseconds, event.atMilliseconds)
    switch event.fact {
    case .finished(let place, .done):
      skipped.removeAll { $0 == place.step }
      if !done.contains(place.step) { done.append(place.step) }
    case .finished(let place, .skipped):
      let isKnown = done.contains(place.step) || skipped.contains(place.step)
      if !isKnown { skipped.append(place.step) }
    case .restarted:
      done = []
      skipped = []
      lastAnswers = []
    case .answered(let answer):
      let known = lastAnswers.firstIndex {
        $0.place.step == answer.place.step && $0.question == answer.question
      }
      if let known { lastAnswers[known] = answer } else { lastAnswers.append(answer) }
    case .moved, .commanded, .hinted, .predicted, .measured, .ran, .diagnosed, .interviewBegan,
      .interviewLine, .noteAdded,
      .noteEdited,
      .noteDeleted, .reviewed, .preferred, .undid:
      break
    }
  }
}

extension ProgressStore {
  /// Where the learner stands: the last step moved to, in all topics or within one; nil at the
  /// very first start and for a topic that was never opened.
  public func position(in topic: String? = nil) throws(StoreError) -> Place? {
    try read { database in
      let last = try LogTable.last([.position], subject: topic, database)
      guard case .moved(let place)? = last?.fact else { return nil }
      return place
    }
  }

  /// The topics that something happened in, in the order in which it first did.
  public func topics() throws(StoreError) -> [TopicProgress] {
    let events = try read { database in
      try LogTable.effective([.position, .step, .restart, .answer], database)
    }
    var topics: [String] = []
    var byTopic: [String: [Event]] = [:]
    for event in events {
      let topic = event.fact.subject
      if byTopic[topic] == nil { topics.append(topic) }
      byTopic[topic, default: []].append(event)
    }
    return topics.map { TopicProgress(topic: $0, events: byTopic[$0] ?? []) }
  }

  /// How far one topic has come.
  public func topic(_ topic: String) throws(StoreError) -> TopicProgress {
    try read { database in
      TopicProgress(
        topic: topic,
        events: try LogTable.effective(
          [.position, .step, .restart, .answer], subject: topic, database))
    }
  }

  /// The bench commands given at a step since the topic was last begun anew, for bringing the
  /// bench back as it was left; what `undo` took back is not among them.
  public func benchCommands(at place: Place) throws(StoreError) -> [String] {
    let events = try read { database in
      try LogTable.effective([.command, .restart], subject: place.topic, database)
    }
    return events.reduce(into: []) { lines, event in
      switch event.fact {
      case .commanded(place, let line): lines.append(line)
      case .restarted: lines = []
      case .commanded, .moved, .finished, .answered, .hinted, .predicted, .measured, .ran,
        .diagnosed, .interviewBegan, .interviewLine, .noteAdded, .noteEdited, .noteDeleted,
        .reviewed, .preferred, .undid:
        break
      }
    }
  }

  /// The highest hint shown for a drill or a `topic/step`; 0 when none was.
  public func hintLevel(of subject: String) throws(StoreError) -> Int {
    let events = try read { try LogTable.effective([.hint], subject: subject, $0) }
    return events.reduce(0) { level, event in
      guard case .hinted(_, let shown) = event.fact else { return level }
      return max(level, shown)
    }
  }
}
