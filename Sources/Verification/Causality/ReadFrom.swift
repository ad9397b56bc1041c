/// Which write each read saw.
struct ReadFrom {
  /// What came of looking for them.
  enum Result {
    case found(ReadFrom)
    /// This read saw what nobody wrote.
    case thinAir(Int)
    /// This write made a version that another had made.
    case ambiguous(Int)
  }

  private struct Version: Hashable {
    let key: Datum
    let number: Int
  }

  /// The write that each read saw; nil for what the key held at first, and for writes.
  private(set) var source: [Int?]

  static func find(_ operations: [VersionedOperation]) -> Result {
    var writes: [Version: Int] = [:]
    for (index, operation) in operations.enumerated() where operation.kind == .write {
      let version = Version(key: operation.key, number: operation.version)
      if writes.updateValue(index, forKey: version) != nil { return .ambiguous(index) }
    }
    var found = ReadFrom(source: Array(repeating: nil, count: operations.count))
    for (index, operation) in operations.enumerated() where operation.kind == .read {
      found.source[index] = writes[Version(key: operation.key, number: operation.version)]
      if found.source[index] == nil, operation.version != 0 { return .thinAir(index) }
    }
    return .found(found)
  }

  /// What each operation causes directly: the next of its session, and the reads that saw it.
  func successors(_ operations: [VersionedOperation]) -> [[Int]] {
    var successors = [[Int]](repeating: [], count: operations.count)
    for session in Parts.grouped(operations, by: \.session) {
      for (earlier, later) in zip(session, session.dropFirst()) {
        successors[earlier].append(later)
      }
    }
    for (read, write) in source.enumerated() {
      if let write { successors[write].append(read) }
    }
    return successors
  }
}
