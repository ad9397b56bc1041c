/// What the readers of a topic believe each key to be, against what was published of it.
struct LogTable: Sendable {
  private struct Update: Sendable {
    let key: Int
    let deletes: Bool
  }

  /// By the number of the record.
  private var updates: [Update] = []
  /// The newest record of each key, as published and as applied; never iterated over.
  private var published: [Int: Int] = [:]
  private var applied: [Int: Int] = [:]

  mutating func published(_ number: Int, of key: Int, deletes: Bool) {
    while updates.count <= number { updates.append(Update(key: key, deletes: deletes)) }
    published[key] = number
  }

  mutating func applied(_ number: Int) {
    guard updates.indices.contains(number) else { return }
    applied[updates[number].key] = number
  }

  /// Keys whose newest record, which was confirmed, deletes them, and that readers still have.
  func ghosts(isConfirmed: (Int) -> Bool) -> [(key: Int, deleted: Int, has: Int)] {
    var ghosts: [(key: Int, deleted: Int, has: Int)] = []
    for (number, update) in updates.enumerated()
    where update.deletes && published[update.key] == number && isConfirmed(number) {
      guard let has = applied[update.key], !updates[has].deletes else { continue }
      ghosts.append((update.key, number, has))
    }
    return ghosts
  }

  /// The promise of a compacted topic, with the first key that breaks it.
  static func finding(
    _ ghosts: [(key: Int, deleted: Int, has: Int)]
  ) -> Finding {
    let promise = "a key that was deleted is gone for its readers"
    guard let first = ghosts.first else { return Finding(promise, .holds) }
    var witness = [
      "Record \(first.deleted) deleted key-\(first.key), and its producer got a confirmation.",
      "The readers never saw it; to them key-\(first.key) is still what record \(first.has) said.",
    ]
    if ghosts.count > 1 { witness.append("\(ghosts.count - 1) more of the kind.") }
    return Finding(promise, .violated(witness: witness))
  }
}
