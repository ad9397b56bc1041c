import Kernel
import Patterns
import Presentation

extension EventBench {
  /// What was told since there were `seen` events, and how things stand.
  func news(since seen: Int) -> Document {
    var reply = Document()
    let moments = Array(log.dropFirst(seen).suffix(16))
    if !moments.isEmpty { reply.add(.timeline(moments)) }
    let effects = consumer.effects.values.reduce(0, +)
    reply.add(
      "\(now): \(committed.count.of("change committed")), \(pendingCount.of("row pending")), "
        + "\(queue.visibleCount.of("message visible")), \(effects.of("effect at the consumer"))")
    return reply
  }

  func showLog(_ line: BenchLine) throws(Diagnostic) -> Document {
    let count = line.arguments.isEmpty ? 20 : try number(line, 0, "a count", in: 1...500)
    guard !log.isEmpty else { return Document([.text("Nothing has happened yet.")]) }
    return Document([.timeline(Array(log.suffix(count)))])
  }

  /// The orders as their owner and the consumer have them, and the outbox.
  func show() -> Document {
    var reply = Document()
    let orders = Set(database.rows.keys).union(consumer.replica.rows.keys).sorted()
    let rows = orders.map { order -> [Text] in
      let owner = database.rows[order]
      let copy = consumer.replica.rows[order]
      let isSame = owner?.state == copy?.state
      return [
        Text("\(order)"), Text(owner.map { "\($0.version)" } ?? "-"),
        Text.toned(copy.map { "\($0.version)" } ?? "-", isSame ? .good : .bad),
      ]
    }
    reply.add(
      .table(
        Table(
          [
            Table.Column("order"), Table.Column("owner's version", .trailing),
            Table.Column("copy's version", .trailing),
          ], rows)))
    let first = max(0, database.outbox.count - 12)
    let outbox = database.outbox.enumerated().dropFirst(first).map { place, row in
      "\(row.id)\(isPublished(row, at: place) ? " published" : " pending")"
    }
    let list = outbox.isEmpty ? "empty" : outbox.joined(separator: ", ")
    reply.add("Outbox, in the order of commits: \(list)")
    let names = open.keys.sorted().joined(separator: ", ")
    if !names.isEmpty { reply.add("Open transactions: \(names)") }
    if let tailer {
      let stored = "its stored position is \(tailer.stored)"
      reply.add("The relay has published \(tailer.acknowledged) of the log; \(stored).")
    }
    for (place, schema) in schemas.enumerated() where schemas.count > 1 {
      reply.add(
        "Schema \(place + 1): \(fields(of: schema))"
          + (schema == writes ? "; orders writes it" : "")
          + (schema == reads ? "; the consumer reads by it" : ""))
    }
    reply.add("It is \(now) since the bench began.")
    return reply
  }

  /// The events of a stream and what they fold to.
  func fold(_ line: BenchLine) throws(Diagnostic) -> Document {
    let stream = try word(line, 0, "a stream")
    let events = store.events(of: stream)
    guard !events.isEmpty else {
      return Document([.text("There is no stream called \(stream).")])
    }
    let account = Self.account(store, stream)
    let rows = events.suffix(20).map { recorded in
      [Text("\(recorded.version)"), Text("\(recorded.position)"), Text("\(recorded.event)")]
    }
    let columns = [
      Table.Column("version", .trailing), Table.Column("position", .trailing),
      Table.Column("event"),
    ]
    return Document([
      .table(Table(columns, rows)),
      .text("Folded: balance \(account.balance) at version \(events.count - 1)."),
    ])
  }
}
