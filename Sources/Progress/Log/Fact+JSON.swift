import Kernel
import Recall

extension Fact {
  /// The fact's content without its kind, as the log keeps it.
  var payload: JSON {
    switch self {
    case .moved(let place): .members(["topic": .text(place.topic), "step": .text(place.step)])
    case .finished(let place, let outcome):
      .members([
        "topic": .text(place.topic), "step": .text(place.step),
        "outcome": .text(outcome.rawValue),
      ])
    case .restarted(let topic): .members(["topic": .text(topic)])
    case .answered(let answer):
      .members([
        "topic": .text(answer.place.topic), "step": .text(answer.place.step),
        "question": .text(answer.question), "text": .text(answer.text),
        "right": .boolean(answer.isRight),
      ])
    case .commanded(let place, let line):
      .members([
        "topic": .text(place.topic), "step": .text(place.step), "line": .text(line),
      ])
    case .hinted(let subject, let level):
      .members(["subject": .text(subject), "level": .integer(level)])
    case .predicted(let prediction):
      .members([
        "subject": .text(prediction.subject), "metric": .text(prediction.metric),
        "low": .number(prediction.low), "high": .number(prediction.high),
        "unit": .text(prediction.unit.rawValue),
      ])
    case .measured(let prediction, let value):
      .members(["prediction": .text(prediction.text), "value": value.map(JSON.number)])
    case .ran(let run): run.json
    case .diagnosed(let mystery): mystery.json
    case .interviewBegan(let plan): plan.json
    case .interviewLine(let line): line.json
    case .noteAdded(let place, let text):
      .members([
        "topic": place.map { .text($0.topic) }, "step": place.map { .text($0.step) },
        "text": .text(text),
      ])
    case .noteEdited(let note, let text):
      .members(["note": .text(note.text), "text": .text(text)])
    case .noteDeleted(let note): .members(["note": .text(note.text)])
    case .reviewed(let card, let rating):
      .members(["card": .text(card), "rating": .text(rating.word)])
    case .preferred(let name, let value):
      .members(["name": .text(name), "value": .text(value)])
    case .undid(let action): .members(["action": .text(action.text)])
    }
  }

  /// Reads the payload of a fact of this kind.
  init(_ kind: FactKind, _ payload: JSONField) throws(Diagnostic) {
    switch kind {
    case .position:
      self = .moved(try Place(payload))
    case .step:
      let words = StepOutcome.allCases.map { ($0.rawValue, $0) }
      let outcome = try payload.member("outcome").word("outcome", from: words)
      self = .finished(try Place(payload, and: "outcome"), outcome)
    case .restart:
      self = .restarted(topic: try payload.only("topic").id())
    case .answer:
      self = .answered(
        Answer(
          place: try Place(payload, and: "question", "text", "right"),
          question: try payload.member("question").id(), text: try payload.member("text").text(),
          isRight: try payload.member("right").flag()))
    case .command:
      self = .commanded(
        try Place(payload, and: "line"), line: try payload.member("line").text())
    case .hint:
      try payload.onlyMembers(["subject", "level"])
      self = .hinted(
        subject: try payload.member("subject").id(),
        level: try payload.member("level").integer(1...1_000))
    case .prediction: self = .predicted(try PredictionRecord(payload))
    case .measurement:
      try payload.onlyMembers(["prediction", "value"])
      self = .measured(
        prediction: try payload.member("prediction").eventID(),
        value: try payload.optional("value")?.number())
    case .run: self = .ran(try RunRecord(payload))
    case .mystery: self = .diagnosed(try MysteryRecord(payload))
    case .interview: self = .interviewBegan(try InterviewPlanRecord(payload))
    case .interviewLine: self = .interviewLine(try InterviewLineRecord(payload))
    case .note:
      let place =
        try payload.optional("topic") == nil ? nil : Place(payload, and: "text")
      if place == nil { try payload.onlyMembers(["text"]) }
      self = .noteAdded(place, text: try payload.member("text").text())
    case .noteEdit:
      try payload.onlyMembers(["note", "text"])
      self = .noteEdited(
        try payload.member("note").eventID(), text: try payload.member("text").text())
    case .noteDelete: self = .noteDeleted(try payload.only("note").eventID())
    case .review:
      try payload.onlyMembers(["card", "rating"])
      let words = Rating.allCases.map { ($0.word, $0) }
      self = .reviewed(
        card: try payload.member("card").id(),
        try payload.member("rating").word("rating", from: words))
    case .preference:
      try payload.onlyMembers(["name", "value"])
      self = .preferred(
        name: try payload.member("name").id(), value: try payload.member("value").text())
    case .undo: self = .undid(action: try payload.only("action").eventID())
    }
  }
}

extension Place {
  /// Reads the members `topic` and `step`; the object may have `others` besides.
  fileprivate init(_ payload: JSONField, and others: String...) throws(Diagnostic) {
    try payload.onlyMembers(["topic", "step"] + others)
    self.init(
      topic: try payload.member("topic").id(), step: try payload.member("step").id())
  }
}

extension PredictionRecord {
  fileprivate init(_ payload: JSONField) throws(Diagnostic) {
    try payload.onlyMembers(["subject", "metric", "low", "high", "unit"])
    self.init(
      subject: try payload.member("subject").id(), metric: try payload.member("metric").id(),
      low: try payload.member("low").number(), high: try payload.member("high").number(),
      unit: try payload.member("unit").unit())
  }
}

extension RunRecord {
  fileprivate var json: JSON {
    .members([
      "drill": .text(drill), "token": .text(token), "passed": .boolean(isPassed),
      "met": .integer(metCount), "objectives": .integer(objectiveCount),
      "figures": .list(
        figures.map { figure in
          .members([
            "name": .text(figure.name), "value": figure.value.map(JSON.number),
            "unit": .text(figure.unit.rawValue),
          ])
        }),
    ])
  }

  fileprivate init(_ payload: JSONField) throws(Diagnostic) {
    try payload.onlyMembers(["drill", "token", "passed", "met", "objectives", "figures"])
    var figures: [Measurement] = []
    for figure in try payload.member("figures").items() {
      try figure.onlyMembers(["name", "value", "unit"])
      figures.append(
        Measurement(
          try figure.member("name").id(), try figure.optional("value")?.number(),
          try figure.member("unit").unit()))
    }
    self.init(
      drill: try payload.member("drill").id(), token: try payload.member("token").text(),
      isPassed: try payload.member("passed").flag(),
      metCount: try payload.member("met").integer(0...1_000),
      objectiveCount: try payload.member("objectives").integer(0...1_000), figures: figures)
  }
}

extension JSONField {
  /// The one member of an object that has no other.
  fileprivate func only(_ name: String) throws(Diagnostic) -> JSONField {
    try onlyMembers([name])
    return try member(name)
  }

  /// The id of an event.
  func eventID() throws(Diagnostic) -> EventID {
    guard let id = EventID(try text()) else {
      throw complaint(
        "this is no event id.", expected: "32 digits from 0 to 9 and a to f")
    }
    return id
  }

  fileprivate func unit() throws(Diagnostic) -> Unit {
    try word("unit", from: Unit.allCases.map { ($0.rawValue, $0) })
  }
}
