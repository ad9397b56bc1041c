/// Checks that nobody sees an effect without its causes.
///
/// One operation causes another when the same session did it before, when the other read what it
/// wrote, or through others. It needs of a history: the operations of each session in its order,
/// and which write each read saw. The numbers of versions only name writes here; their order is
/// not used.
///
/// It looks for the patterns that a history has exactly when it is not causally consistent, in time
/// that grows with the operations times the sessions.
///
/// Source: Bouajjani, Enea, Guerraoui and Hamza, "On verifying causal consistency" (2017).
public enum CausalConsistency {
  /// How much is promised.
  public enum Level: String, Sendable, Hashable, CaseIterable {
    /// Every read sees a write that no other in its past replaced; different sessions may order
    /// writes that do not cause each other differently, and even one session over time.
    case causal
    /// All sessions also order concurrent writes in one way (causal convergence).
    case convergent
  }

  /// Whether `operations`, those of each session in its order, keep the level.
  public static func check(
    _ operations: [VersionedOperation], _ level: Level = .causal
  ) -> Verdict<CausalWitness> {
    let writes: ReadFrom
    switch ReadFrom.find(operations) {
    case .found(let found): writes = found
    case .thinAir(let read):
      return .violated(CausalWitness(pattern: .thinAirRead, operations: [read]))
    case .ambiguous(let write):
      return .unknown(
        "Two writes made version \(operations[write].version) of \(operations[write].key), so "
          + "that nobody can tell which one was read.")
    }
    guard let past = CausalPast(operations, writes) else {
      let circle = ShortestCircle.find(writes.successors(operations)) ?? []
      return .violated(CausalWitness(pattern: .cyclicCausality, operations: circle))
    }
    var conflicts: [(earlier: Int, later: Int)] = []
    for read in operations.indices where operations[read].kind == .read {
      let seen = writes.source[read]
      for write in past.lastWrites(before: read) where write != seen {
        guard let seen else {
          return .violated(
            CausalWitness(pattern: .initialReadAfterWrite, operations: [write, read]))
        }
        if past.precedes(seen, write) {
          return .violated(
            CausalWitness(pattern: .replacedRead, operations: [seen, write, read]))
        }
        conflicts.append((write, seen))
      }
    }
    return level == .convergent ? checkOrder(operations, writes, conflicts) : .holds
  }

  /// Whether one order of all writes fits what everybody saw.
  private static func checkOrder(
    _ operations: [VersionedOperation], _ writes: ReadFrom,
    _ conflicts: [(earlier: Int, later: Int)]
  ) -> Verdict<CausalWitness> {
    var successors = writes.successors(operations)
    for conflict in conflicts { successors[conflict.earlier].append(conflict.later) }
    guard let circle = ShortestCircle.find(successors) else { return .holds }
    return .violated(CausalWitness(pattern: .cyclicConflict, operations: circle))
  }
}

/// Operations that show an effect without its cause.
public struct CausalWitness: Sendable, Hashable {
  /// What is wrong with them.
  public enum Pattern: String, Sendable, Hashable {
    /// A read saw what nobody wrote.
    case thinAirRead
    /// Operations cause each other in a circle.
    case cyclicCausality
    /// A write, and a read that it caused, which saw the key as it was at first.
    case initialReadAfterWrite
    /// A write, another that it caused, and a read caused by both that saw the first.
    case replacedRead
    /// Writes that some must have seen in one order and others in another, and what caused them.
    case cyclicConflict
  }

  /// What is wrong.
  public let pattern: Pattern
  /// The operations, as indices, each one before the next; a circle closes at its end.
  public let operations: [Int]
}
