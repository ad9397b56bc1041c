import Kernel
import Patterns
import Presentation

extension RecoveryBench {
  mutating func perform(_ line: BenchLine) throws(Diagnostic) -> Document {
    switch line.name {
    case "write":
      let count = try line.count(0, of: "rows", upTo: 10_000)
      for _ in 0..<count {
        pass(.seconds(10))
        written += 1
        commit(.insert(written))
      }
      return Document([.text("\(now): \(rows.count) rows in the table.")])
    case "tick":
      let span = try line.span(upTo: .hours(24 * 60), expected: "a time such as 5m")
      pass(span)
      return Document([.text("\(now): \(database.archiver.backlog) segments wait for the archive.")]
      )
    case "backup": return try backup(line)
    case "daily": return try daily(line)
    case "drop":
      pass(.seconds(10))
      let number = commit(.drop)
      return Document([.text("\(now): the table is gone, as transaction \(number).")])
    case "mark":
      let name = line.arguments.first ?? "here"
      commit(.restorePoint(name))
      return Document([.text("\(now): this point is called \(name).")])
    case "archive":
      database.refuse(line.arguments.first == "down")
      return Document([
        .text("The archive \(database.isRefusing ? "refuses" : "takes") segments.")
      ])
    case "hole":
      let number = try line.count(0, of: "a segment", upTo: 10_000)
      database.lose(WALArchive.Segment(timeline: log.current, number: number - 1))
      return Document([
        .text("Segment \(number) of timeline \(log.current) is not in the archive any more.")
      ])
    case "rewind": return rewind()
    case "lose": return try lose(line)
    case "strategies": return try strategies()
    case "recover": return try recover(line)
    case "rot":
      let number = try line.count(0, of: "a set", upTo: 10_000)
      catalog.rot(number)
      return Document([.text("Set \(number) can no longer be read. Nothing says so.")])
    case "intrude":
      let gone = catalog.delete(Set(catalog.sets.map(\.number)), at: now)
      return Document([.text("\(gone) backups are deleted, \(catalog.sets.count) are left.")])
    case "expire":
      let plain = plain
      catalog.expire(
        RetentionPolicy(
          last: plain.integer("keep.last"), daily: plain.integer("keep.daily"),
          weekly: plain.integer("keep.weekly"), monthly: plain.integer("keep.monthly"),
          fulls: plain.integer("keep.fulls"),
          differentials: plain.integer("keep.differentials")), at: now)
      kept = catalog.sets.count
      return Document([.text("\(catalog.sets.count) backups are kept.")])
    default: return show()
    }
  }

  @discardableResult
  private mutating func commit(_ change: LoggedChange) -> Int {
    database.commit(change, bytes: Int(plain.number("commit.bytes")), at: now)
  }

  /// Lets time pass; the archiver looks once where that can matter.
  private mutating func pass(_ span: TimeSpan) {
    let end = now + span
    if let timeout = database.archiver.timeout, let since = database.archiver.oldestUnarchived {
      let due = max(now, since + timeout)
      if due <= end { database.pass(to: due) }
    }
    now = end
    database.pass(to: now)
  }

  private mutating func take(_ kind: BackupKind) {
    let plain = plain
    let base = catalog.base(for: kind)
    let days = base.map { (now - $0.at).seconds / 86_400 } ?? 0
    let size = plain.number("data.size")
    let bytes =
      kind == .full || base == nil ? size : size * min(1, plain.number("change.share") * days)
    let lock = plain.span("backup.lock")
    database.beginBackup(at: now)
    guard let content = database.endBackup() else { return }
    catalog.add(
      kind, content, bytes: bytes, at: now, lockedUntil: lock == .zero ? nil : now + lock)
  }

  private func kind(_ word: String?, _ column: Int?) throws(Diagnostic) -> BackupKind {
    guard let word else { return preset.standardKind(settings) }
    guard let kind = BackupKind(rawValue: preset.plainKind(word)) else {
      throw .unknown("kind of backup", word, known: preset.kinds)
    }
    return kind
  }

  private mutating func backup(_ line: BenchLine) throws(Diagnostic) -> Document {
    take(try kind(line.arguments.first, nil))
    guard let set = catalog.sets.last else { return show() }
    return Document([
      .text("Set \(set.number), \(set.kind.rawValue), \(Unit.bytes.text(set.bytes)), at \(now).")
    ])
  }

  private mutating func daily(_ line: BenchLine) throws(Diagnostic) -> Document {
    let days = try line.count(0, of: "days", upTo: 1_000)
    let kind = try kind(line.arguments.count > 1 ? line.arguments[1] : nil, nil)
    take(.full)
    for _ in 0..<days {
      pass(.hours(24))
      take(kind)
    }
    return show()
  }

  private func target(_ line: BenchLine) throws(Diagnostic) -> RecoveryOptions.Target {
    let words = line.arguments
    switch words.first {
    case "latest": return .latest
    case "immediate": return .immediate
    case "name" where words.count > 1: return .name(words[1])
    case "row" where words.count > 1:
      if let number = Int(words[1]) { return .transaction(number) }
    case let word?:
      if let span = TimeSpan(text: word), span >= .zero { return .time(.zero + span) }
    case nil: break
    }
    throw Diagnostic(
      "'\(line.text)' names no target.", column: line.text.count + 1, found: line.text,
      expected: "latest, immediate, a time such as 5m, row 12 or name NAME",
      suggestion: "recover latest")
  }

  private mutating func recover(_ line: BenchLine) throws(Diagnostic) -> Document {
    let plain = plain
    let target = try target(line)
    let limit: Instant = if case .time(let at) = target { at } else { now }
    let candidates = catalog.sets.filter { $0.at <= limit && catalog.isRestorable($0) }
    guard let set = candidates.last, let chain = catalog.chain(set) else {
      result = nil
      return Document([
        .text("There is no backup that can be read from before the target: nothing is recovered.")
      ])
    }
    let options = RecoveryOptions(
      target: target, isInclusive: plain.flag("inclusive"),
      action: RecoveryOptions.Action(rawValue: plain.word("action")) ?? .pause,
      branch: plain.word("timeline") == "current" ? .current : .latest)
    let result = database.recover(set.content, options)
    self.result = result
    readBytes = chain.reduce(0) { $0 + $1.bytes }
    var reply = Document([
      .text(
        "Reads \(chain.count) \(chain.count == 1 ? "set" : "sets"), \(Unit.bytes.text(readBytes ?? 0)), and replays "
          + "\(Unit.bytes.text(Double(result.replayed))) of log.")
    ])
    switch result.end {
    case .failed(let reason): reply.add("It fails: \(reason).")
    case .paused:
      reply.add("It pauses at the target with \(result.rows.count) rows.")
      if result.isLocked {
        reply.add(
          "The drop has locked the table already: nobody can read it until you set action=promote.")
      }
    case .shutDown: reply.add("It shuts down at the target, with \(result.rows.count) rows.")
    case .promoted:
      let number = database.serve(result)
      reply.add("It takes writes with \(rows.count) rows, on timeline \(number).")
    }
    return reply
  }

  func show() -> Document {
    let columns = ["set", "kind", "builds on", "at", "size", "readable"].map { Table.Column($0) }
    let sets = catalog.sets.suffix(14).map { set in
      [
        Text("\(set.number)"), Text(set.kind.rawValue), Text(set.base.map { "\($0)" } ?? "-"),
        Text("\(set.at)"), Text(Unit.bytes.text(set.bytes)),
        Text(catalog.isRestorable(set) ? "yes" : "no"),
      ]
    }
    var reply = Document()
    if sets.isEmpty {
      reply.add("There is no backup.")
    } else {
      reply.add(.table(Table(columns, Array(sets))))
    }
    reply.add(
      "\(rows.count) rows, timeline \(log.current), log of \(Unit.bytes.text(Double(log.end))), "
        + "\(database.archiver.backlog) segments wait.")
    return reply
  }
}
