extension SerializableLedger {
  /// The reader met a version that a concurrent transaction wrote or ended.
  mutating func read(
    by reader: TransactionID, past writer: TransactionID
  ) throws(TransactionError) {
    guard let me = entries[reader], reader != writer else { return }
    if let doom = me.doom { throw .doomed("during conflict out checking", doom) }
    guard let other = entries[writer], !other.isDoomed else { return }
    if me.isReadOnly, other.isCommitted {
      guard let earliest = other.earliestOut, me.lastCommitBefore >= earliest else { return }
    }
    guard !me.conflictsOut.contains(writer) else { return }
    try flag(reader: reader, writer: writer, by: reader)
  }

  /// The writer changes something that lies under these targets, from fine to coarse.
  mutating func write(
    by writer: TransactionID, to targets: [ReadLockTarget]
  ) throws(TransactionError) {
    guard let me = entries[writer] else { return }
    if let doom = me.doom { throw .doomed("during conflict in checking", doom) }
    entries[writer]?.didWrite = true
    for target in targets {
      for holder in holders[target] ?? [] {
        if holder == writer {
          if target.isVersion { unlock(target, writer) }
          continue
        }
        guard let other = entries[holder], !other.isDoomed,
          !(entries[writer]?.conflictsIn.contains(holder) ?? true)
        else { continue }
        if other.isCommitted, let finished = other.finishedBefore, me.oldestWriter >= finished {
          continue
        }
        try flag(reader: holder, writer: writer, by: writer)
      }
    }
  }

  private mutating func flag(
    reader: TransactionID, writer: TransactionID, by actor: TransactionID
  ) throws(TransactionError) {
    if let structure = dangerous(reader: reader, writer: writer) {
      if actor == writer { throw .doomed("during write", structure) }
      if entries[writer]?.isPrepared ?? false {
        throw .dependencies("conflict out to a pivot, during read: \(structure)")
      }
      entries[writer]?.doom = structure
    }
    entries[reader]?.conflictsOut.append(writer)
    entries[writer]?.conflictsIn.append(reader)
    news.append(Conflict(reader: reader, writer: writer))
  }

  /// The conflicts found since it was asked last.
  mutating func takeNews() -> [Conflict] {
    defer { news = [] }
    return news
  }

  /// The dangerous structure that a new conflict from `reader` to `writer` completes, in words.
  private func dangerous(reader: TransactionID, writer: TransactionID) -> String? {
    guard let read = entries[reader], let wrote = entries[writer] else { return nil }
    let edge = "\(reader.word) ─rw→ \(writer.word)"
    if wrote.isCommitted, wrote.earliestOut != nil {
      return "\(edge) ─rw→ one that committed before"
    }
    for out in wrote.conflictsOut {
      guard let last = entries[out], let prepared = last.preparedAt else { continue }
      if let end = read.committedAt, prepared > end { continue }
      if let end = wrote.committedAt, prepared > end { continue }
      if read.isReadOnly, prepared > read.lastCommitBefore { continue }
      return "\(edge) ─rw→ \(out.word), which committed first"
    }
    guard let prepared = wrote.preparedAt, !read.isReadOnly else { return nil }
    for before in read.conflictsIn {
      guard let first = entries[before], !first.isDoomed else { continue }
      if let end = first.committedAt, end < prepared { continue }
      if first.isReadOnly, first.lastCommitBefore < prepared { continue }
      return "\(before.word) ─rw→ \(edge), which committed first"
    }
    return nil
  }
}

extension TransactionID {
  /// The transaction in sentences: `T3`.
  public var word: String { "T\(number)" }
}

extension TransactionError {
  static func doomed(_ moment: String, _ structure: String) -> TransactionError {
    .dependencies("identified as a pivot, \(moment): \(structure)")
  }
}
