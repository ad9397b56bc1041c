import Verification

/// The definition, tried out: every order of the transactions that took effect, and every choice
/// of those of unknown outcome.
struct NaiveSerializability {
  private let operations: [RecordedOperation<ListTransaction>]

  init(_ history: OperationHistory<ListTransaction>) {
    operations = history.operations.filter { $0.outcome != .failed }
  }

  var isSerializable: Bool { canFinish([], [:]) }

  private func canFinish(_ done: Set<Int>, _ store: [Datum: [Datum]]) -> Bool {
    let rest = operations.indices.filter { !done.contains($0) }
    if rest.allSatisfy({ operations[$0].outcome == .unknown }) { return true }
    return rest.contains { index in
      guard let next = after(operations[index], store) else { return false }
      return canFinish(done.union([index]), next)
    }
  }

  private func after(
    _ operation: RecordedOperation<ListTransaction>, _ store: [Datum: [Datum]]
  ) -> [Datum: [Datum]]? {
    var store = store
    for step in operation.action.steps {
      switch step {
      case .append(let key, let element): store[key, default: []].append(element)
      case .read(let key, let elements):
        guard operation.outcome == .ok, let elements else { continue }
        if store[key] ?? [] != elements { return nil }
      }
    }
    return store
  }
}

/// The length of the smallest circle of each kind, by trying every circle.
struct NaiveCycles {
  private(set) var lengths: [TransactionAnomaly.Kind: Int] = [:]
  private let edges: [Dependency]

  init(_ edges: [Dependency], count: Int) {
    self.edges = edges
    for start in 0..<count { extend([], from: start, at: start) }
  }

  private mutating func extend(_ path: [Dependency], from start: Int, at node: Int) {
    for edge in edges where edge.source == node {
      if edge.target == start {
        note(path + [edge])
      } else if edge.target > start, !path.contains(where: { $0.target == edge.target }) {
        extend(path + [edge], from: start, at: edge.target)
      }
    }
  }

  private mutating func note(_ cycle: [Dependency]) {
    let missed = cycle.count { $0.kind == .readWrite }
    let kind: TransactionAnomaly.Kind
    switch missed {
    case 0: kind = cycle.contains { $0.kind == .writeRead } ? .g1c : .g0
    case 1: kind = .gSingle
    default: kind = .g2Item
    }
    lengths[kind] = min(lengths[kind] ?? .max, cycle.count)
  }
}
