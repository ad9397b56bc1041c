import Kernel
import Patterns
import Presentation

/// New versions of the event's schema, and the relay that reads the database's log.
extension EventBench {
  /// The commands about schemas.
  static let schemaCommands = [
    BenchCommand(
      "deploy", usage: "deploy add-optional|require|rename|expand|drop", example: "deploy expand",
      "The orders service writes its events under a changed schema from now on, if the registry "
        + "takes it."),
    BenchCommand(
      "upgrade", usage: "upgrade add-optional|require|rename|expand|drop",
      example: "upgrade add-optional",
      "The consumer reads by a changed schema from now on, if the registry takes it."),
  ]

  func fields(of schema: OrderSchema) -> String {
    schema.schema().fields.map { $0.fallback == nil ? $0.name : "\($0.name) (optional)" }
      .joined(separator: ", ")
  }

  /// The version that a registered schema has.
  func version(of schema: OrderSchema) -> Int { 1 + (schemas.firstIndex(of: schema) ?? 0) }

  mutating func deploy(_ line: BenchLine) throws(Diagnostic) {
    guard let schema = try registered(line) else { return }
    writes = schema
    say(
      "orders", "writes version \(version(of: schema)) from now on: \(fields(of: schema))", nil)
  }

  mutating func upgrade(_ line: BenchLine) throws(Diagnostic) {
    guard let schema = try registered(line) else { return }
    reads = schema
    let fields = fields(of: schema)
    say("consumer", "reads by version \(version(of: schema)) from now on: \(fields)", nil)
  }

  /// The schema that a line names, registered; nil when the registry refuses it.
  private mutating func registered(_ line: BenchLine) throws(Diagnostic) -> OrderSchema? {
    let known = OrderSchema.allCases.filter { $0 != .first }
    let name = try word(line, 0, "a change: \(known.map(\.rawValue).joined(separator: ", "))")
    guard let schema = OrderSchema(rawValue: name), schema != .first else {
      throw .unknown(
        "schema change", name, known: known.map(\.rawValue), column: line.column(0))
    }
    guard !schemas.contains(schema) else { return schema }
    do {
      try registry.register(schema.schema(schemas.count + 1))
      schemas.append(schema)
      return schema
    } catch {
      tally.schemasRefused += 1
      let missing = error.missing.joined(separator: ", ")
      let why = "readers of version \(error.reader) would miss \(missing)"
      say("registry", "refuses it: \(why) in what version \(error.writer) writes", .bad)
      return nil
    }
  }

  // MARK: The log

  /// Rows that the broker has not got, as far as the relay knows.
  var pendingCount: Int {
    tailer.map { database.outbox.count - $0.acknowledged } ?? database.pendingCount
  }

  func isPublished(_ row: ServiceDatabase.OutboxRow, at place: Int) -> Bool {
    tailer.map { place < $0.acknowledged } ?? row.isPublished
  }

  mutating func readLog(_ name: String) {
    guard desks[0].toPublish.isEmpty else { return say(name, "has events in hand already", nil) }
    let rows = tailer?.next(of: database) ?? []
    tellRead(rows, by: name)
    desks[0].toPublish = rows
  }

  mutating func tellRead(_ rows: [ServiceDatabase.OutboxRow], by name: String) {
    let list = rows.map { "\($0.event.id)" }.joined(separator: ", ")
    say(name, rows.isEmpty ? "finds nothing to publish" : "reads events \(list)", nil)
  }

  /// Stores the position of the relay that reads the log, if it is time to.
  mutating func storePosition() {
    guard let before = tailer?.stored, tailer?.flush(at: now) == true, let tailer else { return }
    guard tailer.stored > before else { return }
    say("relay-1", "stores its position: \(tailer.stored) of the log", nil)
  }
}
