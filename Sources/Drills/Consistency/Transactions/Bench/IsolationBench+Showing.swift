import Kernel
import Patterns
import Presentation

extension IsolationBench {
  /// Gives the store an input and notes what it leads to.
  mutating func give(_ input: TransactionStore.Input) {
    for output in store.step(input, at: now) {
      switch output {
      case .reply(let session, let reply): note(session, reply)
      case .waits(let session, let blocker):
        news.append(
          Text("\(session)   ") + .toned("waits", .accent)
            + Text(" for the end of \(blocker)'s transaction"))
      case .wakeMe(let instant): wakes.append(instant)
      case .entered(let fact): note(fact)
      }
    }
  }

  private mutating func note(_ session: SessionID, _ reply: StatementReply) {
    switch reply {
    case .done(let tag): news.append(Text("\(session)   \(tag)"))
    case .rows(let rows):
      counters.lastCount = rows.count
      if rows.count == 1, case .some(.integer(let value)) = rows[0].last {
        counters.lastValue = value
      }
      let words = rows.map { $0.map(\.description).joined(separator: " = ") }
      news.append(
        Text("\(session)   ")
          + Text(words.isEmpty ? "no row" : words.joined(separator: ", ")))
    case .failed(let error):
      if error.state == .serializationFailure { counters.serializationFailures += 1 }
      news.append(
        Text("\(session)   ") + .toned("\(error.state.rawValue)", .bad)
          + Text(" \(error.message)"))
      if let reason = error.reason { news.append(Text("     because: \(reason)")) }
    }
  }

  private mutating func note(_ fact: TransactionFact) {
    switch fact {
    case .committed: counters.committed += 1
    case .rolledBack: counters.aborted += 1
    case .deadlock: counters.deadlocks += 1
    case .conflict(let reader, let writer):
      counters.conflicts += 1
      news.append(
        Text("     conflict: \(words(reader)) read what \(words(writer)) overwrites, ")
          + Text("so \(reader.word) must come before \(writer.word)"))
    case .recheck(let session, let isStillMatching):
      news.append(
        Text("     \(session) looks at the row again as it is now")
          + Text(isStillMatching ? "" : ": it no longer matches"))
    case .began: break
    }
  }

  private func words(_ id: TransactionID) -> String {
    let session = store.transactionViews.first { $0.id == id }?.session
    return session.map { "\(id.word) (\($0))" } ?? "\(id.word) (committed)"
  }

  /// What the command led to.
  func told() -> Document {
    var reply = Document()
    if news.isEmpty { reply.add(Text("\(now)   nothing happened")) }
    for line in news { reply.add(line) }
    for (session, blocker) in store.waiting {
      reply.add(Text("     \(session) waits for \(blocker)"))
    }
    return reply
  }

  /// The database at length.
  func show() -> Document {
    var reply = Document()
    reply.add(Text("\(now)"))
    let rows = store.rowViews(of: "kv").map { row -> [Text] in
      let versions = row.versions.map { version in
        let state = version.isCommitted ? "" : ", not committed"
        let end = version.ender.map { ", ended by \($0.word)" } ?? ""
        return "\(version.values[1]) by \(version.creator.word)\(state)\(end)"
      }
      return [
        Text(row.versions.last?.values[0].description ?? ""),
        Text(versions.joined(separator: "; ")),
        Text(row.holders.isEmpty ? "none" : row.holders.map(\.word).joined(separator: ", ")),
      ]
    }
    reply.add(
      .table(
        Table([Table.Column("row"), Table.Column("versions"), Table.Column("locked by")], rows)))
    let views = store.transactionViews
    guard !views.isEmpty else {
      reply.add("No transaction is under way.")
      return reply
    }
    reply.add(.table(Table(Self.columns, views.map(transactionRow))))
    for view in views {
      for writer in view.conflictsOut { reply.add("\(view.id.word) ─rw→ \(writer.word)") }
    }
    return reply
  }

  private static let columns = ["", "session", "level", "snapshot", "SIREAD locks", "state"]
    .map { Table.Column($0) }

  private func transactionRow(_ view: TransactionView) -> [Text] {
    let waits = store.waiting.first { $0.session == view.session }
    let state =
      view.session == nil
      ? "committed, remembered"
      : view.isDoomed ? "doomed" : waits.map { "waits for \($0.blocker)" } ?? "under way"
    let snapshot =
      view.level == .readCommitted ? "each statement" : view.hasSnapshot ? "taken" : "not yet"
    return [
      Text(view.id.word), Text(view.session?.name ?? ""), Text(view.level?.word ?? ""),
      Text(snapshot),
      Text(view.readLocks.joined(separator: ", ")), Text(state),
    ]
  }
}
