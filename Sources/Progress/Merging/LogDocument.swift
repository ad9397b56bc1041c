import Kernel

/// A log as a JSON document, version 3: what `export progress --format json` writes and `import
/// progress` reads.
///
///     format    "drillhall-progress"
///     version   3
///     about     a reminder of this description
///     events    every event of the log, in its order (by stamp, then by id):
///       id        32 hexadecimal digits, the event's name on every machine
///       action    the id of the first event of the learner's action that this one belongs to
///       device    the name of the machine that recorded it
///       at        the wall clock, milliseconds since 1970 (UTC)
///       stamp     the place in the order of the log: at, or later where something known was later
///       kind      a word of `FactKind`
///       payload   what happened; its members depend on the kind:
///         position     topic, step
///         step         topic, step, outcome (done, skipped)
///         restart      topic
///         answer       topic, step, question, text, right
///         command      topic, step, line
///         hint         subject (a drill's id or topic/step), level
///         prediction   subject, metric, low, high, unit (a word of `Unit`)
///         measurement  prediction (an event id), value (missing when nothing was measured)
///         run          drill, token, passed, met, objectives, figures (of name, value, unit)
///         mystery      topic, seed, named, answer, right, tries, spent, budget, seconds, score
///         interview       topic, minutes, level
///         interview-line  interview (an event id), at (seconds), line
///         note         text; topic and step unless it was written at no step
///         note-edit    note (an event id), text
///         note-delete  note
///         review       card, rating (again, hard, good, easy)
///         preference   name, value
///         undo         action (an event id)
///     summary   what follows from the events, for people; not read
///
/// A reader refuses a higher version; version 1 had no mysteries, version 2 no interviews. Members are only ever added with a new version.
struct LogDocument: Sendable {
  /// An event and where it stands in the text it was read from.
  struct Entry: Sendable {
    let event: Event
    let field: JSONField
  }

  let entries: [Entry]

  static let format = "drillhall-progress"
  static let version = 3

  /// The last millisecond of the year 9999.
  static let lastMilliseconds = 253_402_300_799_999
  /// Stamps beyond this would lose digits in readers that know doubles only.
  static let lastStamp = 1 << 53

  /// Reads a document; refuses what it cannot take, naming line, column and path.
  init(reading text: [UInt8], file: String?) throws(Diagnostic) {
    let root = try JSONField(reading: text, file: file)
    let format = try root.member("format")
    guard try format.text() == Self.format else {
      throw format.complaint(
        "this is no exported progress.", found: try format.text(), expected: Self.format)
    }
    let version = try root.member("version")
    let number = try version.integer(1...Int.max)
    guard number <= Self.version else {
      throw version.complaint(
        "the document was written by a newer Drillhall. Update this one to import it.",
        found: "\(number)", expected: "at most \(Self.version)")
    }
    try root.onlyMembers(["format", "version", "about", "events", "summary"])
    var entries: [Entry] = []
    for field in try root.member("events").items() {
      entries.append(Entry(event: try Event(field), field: field))
    }
    self.entries = entries
  }

  /// Writes a document; the same events give the same bytes.
  static func text(events: [Event], summary: ProgressSummary) -> String {
    let about = """
      Times are milliseconds since 1970 (UTC). 'events' is the log: what 'drillhall import \
      progress FILE' reads and merges, without counting anything twice. 'summary' is what follows \
      from it, for reading only.
      """
    let lines = events.map { "    " + $0.json.compact }
    let list = lines.isEmpty ? "[]" : "[\n" + lines.joined(separator: ",\n") + "\n  ]"
    let members = [
      ("format", JSON.text(format).compact), ("version", "\(version)"),
      ("about", JSON.text(about).compact), ("events", list),
      ("summary", summary.json.pretty(level: 1)),
    ]
    return "{\n" + members.map { "  \"\($0.0)\": \($0.1)" }.joined(separator: ",\n") + "\n}\n"
  }
}

extension Event {
  /// The event as the document writes it.
  var json: JSON {
    .members([
      "id": .text(id.text), "action": .text(action.text), "device": .text(device),
      "at": .integer(atMilliseconds), "stamp": .integer(stamp), "kind": .text(fact.kind.rawValue),
      "payload": fact.payload,
    ])
  }

  fileprivate init(_ field: JSONField) throws(Diagnostic) {
    try field.onlyMembers(["id", "action", "device", "at", "stamp", "kind", "payload"])
    let kinds = FactKind.allCases.map { ($0.rawValue, $0) }
    let kind = try field.member("kind").word("kind of event", from: kinds)
    self.init(
      id: try field.member("id").eventID(), action: try field.member("action").eventID(),
      device: try field.member("device").id(),
      atMilliseconds: try field.member("at").integer(0...LogDocument.lastMilliseconds),
      stamp: try field.member("stamp").integer(0...LogDocument.lastStamp),
      fact: try Fact(kind, try field.member("payload")))
  }
}
