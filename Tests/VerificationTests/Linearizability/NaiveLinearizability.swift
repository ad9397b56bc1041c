import Verification

/// The definition, tried out: every order of the operations that keeps real time, with every
/// choice of the operations that may have taken effect.
struct NaiveLinearizability<Model: SequentialModel> {
  private let model: Model
  private let operations: [RecordedOperation<Model.Action>]

  init(_ history: OperationHistory<Model.Action>, _ model: Model) {
    self.model = model
    operations = history.operations.filter { $0.outcome != .failed }
  }

  var isLinearizable: Bool { canFinish([], model.initial) }

  private func canFinish(_ done: Set<Int>, _ state: Model.State) -> Bool {
    let rest = operations.indices.filter { !done.contains($0) }
    if rest.allSatisfy({ operations[$0].response == nil }) { return true }
    let firstResponse = rest.compactMap { operations[$0].response }.min() ?? .max
    return rest.contains { index in
      let operation = operations[index]
      guard operation.invocation < firstResponse else { return false }
      let action =
        operation.outcome == .unknown
        ? Model.withoutResult(operation.action) : operation.action
      guard let action, let next = model.step(state, action) else { return false }
      return canFinish(done.union([index]), next)
    }
  }
}
