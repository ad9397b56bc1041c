import Kernel
import Patterns
import Presentation

/// The read side of the bench: the projection, its crashes, rebuilds, and what a reader sees.
extension CQRSBench {
  /// Lets every segment take up to `count` batches.
  mutating func project(_ count: Int) -> Document {
    var applied = 0
    var aside = 0
    for segment in model.live.segments.indices {
      for _ in 0..<count {
        guard let batch = model.live.batch(segment, from: store.events.log) else { break }
        let report = model.live.commit(batch)
        applied += report.applied.count
        aside += report.setAside.count
      }
    }
    let stopped = model.live.segments.filter { $0.stoppedAt != nil }.count
    var reply = Document([
      .text(
        "\(applied) events applied, \(aside) put aside; the view is "
          + "\(store.head - model.live.checkpoint) events behind.")
    ])
    if stopped > 0 {
      reply.add("\(stopped.of("segment")) at a standstill, before an event that cannot be read.")
    }
    return reply
  }

  /// The projector dies in the middle of its next batch; what is left depends on the checkpoint.
  mutating func die() throws(Diagnostic) -> Document {
    let open = model.live.segments.indices.first {
      model.live.batch($0, from: store.events.log)?.events.isEmpty == false
    }
    guard let segment = open, let batch = model.live.batch(segment, from: store.events.log) else {
      throw Diagnostic("There is nothing to project.", expected: "a deposit first")
    }
    switch options.projection.actualCheckpointing {
    case .together:
      return Document([
        .text(
          "The projector died before its transaction was committed: neither rows nor checkpoint "
            + "changed.")
      ])
    case .after:
      let report = model.live.apply(batch)
      tally.appliedAgain += report.applied.count
      return Document([
        .text(
          "\(report.applied.count) events are in the rows; the projector died before it wrote its "
            + "checkpoint, and will take them again.")
      ])
    case .before:
      model.live.store(batch, Projection.Report())
      tally.lostEvents += batch.events.count
      return Document([
        .text(
          "The checkpoint is written; the projector died before it applied "
            + "\(batch.events.count) events, and will not take them again.")
      ])
    }
  }

  /// What a reader is shown of an account.
  mutating func read(_ line: BenchLine) throws(Diagnostic) -> Document {
    let account = line.arguments.first ?? ""
    guard let version = store.events.version(of: account) else {
      throw .unknown(
        "account", account, known: Array(Set(store.events.log.map(\.stream))).sorted(),
        column: line.arguments.isEmpty ? nil : line.column(0), madeBy: "account a")
    }
    let how = line.arguments.count > 1 ? line.arguments[1] : "view"
    guard ["view", "token", "store"].contains(how) else {
      throw .unknown("way to read", how, known: ["token", "store"], column: line.column(1))
    }
    var reply = Document()
    tally.reads += 1
    if how == "store" || options.lifecycle == .live {
      tally.seenBalance = truth(account)
      reply.add(
        "From the store: \(truth(account) / 100) euros, event \(version); "
          + "\(version + 1) events were folded.")
      return reply
    }
    if how == "token", let position = written[account] {
      var batches = 0
      let isStuck = model.live.segments.contains { $0.stoppedAt != nil }
      while !model.live.covers(position), batches < 10_000, !isStuck {
        batches += 1
        for segment in model.live.segments.indices {
          if let batch = model.live.batch(segment, from: store.events.log) {
            _ = model.live.commit(batch)
          }
        }
      }
      reply.add("The read waited for position \(position): \(batches) rounds of batches.")
    }
    let row = model.live.table[account]
    tally.seenBalance = row?.balance ?? 0
    if (row?.version ?? -1) < version { tally.staleReads += 1 }
    reply.add(
      "The view shows \((row?.balance ?? 0) / 100) euros at event \(row?.version ?? -1); the store "
        + "has event \(version).")
    return reply
  }

  /// Begins to build the table anew.
  mutating func rebuild(_ line: BenchLine) throws(Diagnostic) -> Document {
    let word = line.arguments.first ?? ""
    guard let method = ReadModelSwitch.Method(rawValue: word) else {
      throw .unknown(
        "way to rebuild", word, known: ReadModelSwitch.Method.allCases.map(\.rawValue),
        column: line.arguments.isEmpty ? nil : line.column(0))
    }
    model.rebuild(method)
    return Document([
      .text(
        method == .inPlace
          ? "The table is empty. Readers see it fill as you 'project'."
          : "A second table is begun; readers see the old one until you 'build' the new one.")
    ])
  }

  /// Lets the new table take batches.
  mutating func build(_ count: Int) throws(Diagnostic) -> Document {
    guard var shadow = model.shadow else {
      throw Diagnostic("No table is being built.", expected: "rebuild side-by-side first")
    }
    for segment in shadow.segments.indices {
      for _ in 0..<count {
        guard let batch = shadow.batch(segment, from: store.events.log) else { break }
        _ = shadow.commit(batch)
      }
    }
    model.shadow = shadow
    if model.switchIfReady(head: store.head) {
      return Document([.text("The new table has caught up; readers are switched to it.")])
    }
    return Document([
      .text("The new table is \(store.head - shadow.checkpoint) events behind the store.")
    ])
  }

  /// Accounts and rows side by side.
  func show() -> Document {
    var reply = Document()
    let accounts = parts.filter { store.events.version(of: $0) != nil }
    if accounts.isEmpty { reply.add("The store is empty. Begin with 'deposit a 100'.") }
    let rows = accounts.map { account -> [Text] in
      let row = model.live.table[account]
      return [
        Text(account), Text("\(store.events.version(of: account) ?? -1)"),
        Text("\(truth(account) / 100)"), Text(row.map { "\($0.version)" } ?? "none"),
        Text(row.map { "\($0.balance / 100)" } ?? "none"),
      ]
    }
    if !rows.isEmpty {
      let columns =
        [Table.Column("account")]
        + ["last event", "balance", "row at event", "row shows"].map {
          Table.Column($0, .trailing)
        }
      reply.add(.table(Table(columns, rows)))
    }
    reply.add(
      "\(store.head.of("event")); \(model.live.segments.count.of("segment")), the slowest at "
        + "\(model.live.checkpoint); \(snapshots.written) snapshots written.")
    for handler in handlers {
      reply.add(
        "\(handler.name) has decided on event \(handler.open.handler.decidedOn ?? -1) of "
          + "\(handler.open.account).")
    }
    return reply
  }
}
