/// Checks that the transactions of a history had the same effects as some serial order of them, and
/// names what went wrong if they had not.
///
/// It needs of a history: whole lists as the results of reads, and elements that are appended to a
/// list only once. When things happened does not matter: a serial order may differ from real time.
/// A transaction of unknown outcome counts when somebody saw what it appended.
///
/// `holds` means that a serial order exists. The kinds of anomalies are those that the reads show:
/// where an element was never read, an anti-dependency on it may in truth be a stronger dependency,
/// so that an anomaly may be worse than its name.
public enum Serializability {
  /// Whether a serial order exists; the witness has the anomalies found, of circles the smallest
  /// of each kind.
  public static func check(
    _ history: OperationHistory<ListTransaction>
  ) -> Verdict<[TransactionAnomaly]> {
    let observations = ListObservations(history)
    for list in observations.lists {
      guard let element = list.repeated else { continue }
      return .unknown(
        "\(element) is appended to \(list.key) more than once, so that nobody can tell which "
          + "append was read.")
    }
    let orders = observations.lists.map(VersionOrder.init)
    var found = ReadAnomalies(observations, orders).found
    found += InternalConsistency.anomalies(history.operations)
    found += cycles(DependencyGraph(observations, orders), history.operations.count)
    guard !found.isEmpty else { return .holds }
    return .violated(
      found.enumerated().sorted { left, right in
        let kinds = TransactionAnomaly.Kind.allCases
        let (first, second) = (
          kinds.firstIndex(of: left.element.kind) ?? 0,
          kinds.firstIndex(of: right.element.kind) ?? 0
        )
        return (first, left.offset) < (second, right.offset)
      }.map(\.element))
  }

  private static func cycles(_ graph: DependencyGraph, _ count: Int) -> [TransactionAnomaly] {
    func search(_ kinds: Set<Dependency.Kind>) -> CycleSearch {
      CycleSearch(graph, kinds, transactionCount: count)
    }
    let all = search([.writeWrite, .writeRead, .readWrite])
    guard all.hasCycles else { return [] }
    let flows = search([.writeWrite, .writeRead])
    let cycles: [(TransactionAnomaly.Kind, [Dependency]?)] = [
      (.g0, search([.writeWrite]).shortest(.writeWrite, then: [.writeWrite])),
      (.g1c, flows.shortest(.writeRead, then: [.writeWrite, .writeRead])),
      (.gSingle, all.shortest(.readWrite, then: [.writeWrite, .writeRead])),
      (
        .g2Item,
        all.shortest(
          .readWrite, then: [.writeWrite, .writeRead, .readWrite], isTwice: true)
      ),
    ]
    return cycles.compactMap { kind, cycle in
      cycle.map { anomaly(kind == .g2Item && isSkew($0) ? .writeSkew : kind, $0) }
    }
  }

  /// Whether two transactions each miss what the other appended, on different lists.
  private static func isSkew(_ cycle: [Dependency]) -> Bool {
    cycle.count == 2 && cycle[0].key != cycle[1].key
      && cycle.allSatisfy { $0.kind == .readWrite }
  }

  private static func anomaly(
    _ kind: TransactionAnomaly.Kind, _ cycle: [Dependency]
  ) -> TransactionAnomaly {
    var proof = cycle.dropLast().map { "T\($0.source) < T\($0.target), because \($0.reason)." }
    if let last = cycle.last {
      proof.append(
        "However, T\(last.source) < T\(last.target), because \(last.reason): a contradiction.")
    }
    return TransactionAnomaly(
      kind: kind, cycle: cycle, transactions: cycle.map(\.source), proof: proof)
  }
}
