import Kernel

/// A mock interview as it was begun.
public struct InterviewPlanRecord: Sendable, Hashable {
  /// The id of the case.
  public let topic: String
  /// How long it is to take.
  public let minutes: Int
  /// The level that is asked for, as in `senior`.
  public let level: String

  /// An interview on a case.
  public init(topic: String, minutes: Int, level: String) {
    self.topic = topic
    self.minutes = minutes
    self.level = level
  }
}

/// A line that was typed in an interview.
public struct InterviewLineRecord: Sendable, Hashable {
  /// The event that began the interview.
  public let interview: EventID
  /// The interview's own clock at the end of the line; pauses do not count.
  public let atSeconds: Double
  /// The line as typed.
  public let line: String

  /// A line of an interview.
  public init(interview: EventID, atSeconds: Double, line: String) {
    self.interview = interview
    self.atSeconds = atSeconds
    self.line = line
  }
}

extension InterviewPlanRecord {
  var json: JSON {
    .members(["topic": .text(topic), "minutes": .integer(minutes), "level": .text(level)])
  }

  init(_ payload: JSONField) throws(Diagnostic) {
    try payload.onlyMembers(["topic", "minutes", "level"])
    self.init(
      topic: try payload.member("topic").id(),
      minutes: try payload.member("minutes").integer(1...1_000),
      level: try payload.member("level").id())
  }
}

extension InterviewLineRecord {
  var json: JSON {
    .members([
      "interview": .text(interview.text), "at": .number(atSeconds), "line": .text(line),
    ])
  }

  init(_ payload: JSONField) throws(Diagnostic) {
    try payload.onlyMembers(["interview", "at", "line"])
    self.init(
      interview: try payload.member("interview").eventID(),
      atSeconds: try payload.member("at").number(), line: try payload.member("line").text())
  }
}
