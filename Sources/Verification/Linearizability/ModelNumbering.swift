/// Numbers the actions of a part of a history and the states that the model comes to.
final class ModelNumbering<Model: SequentialModel> {
  private(set) var kinds: [Int32] = []
  private(set) var isPure: [Bool] = []

  private let model: Model
  private var actions: [Model.Action] = []
  private var states: [Model.State]
  private var stateNumbers: [Model.State: Int32]

  /// Numbers the actions of `operations`; those of unknown outcome lose their results.
  init(_ operations: [RecordedOperation<Model.Action>], _ model: Model) {
    kinds.reserveCapacity(operations.count)
    var numbers: [Model.Action: Int32] = [:]
    for operation in operations {
      let isCrashed = operation.outcome == .unknown
      let action =
        isCrashed ? Model.withoutResult(operation.action) ?? operation.action : operation.action
      if let number = numbers[action] {
        kinds.append(number)
      } else {
        let number = Int32(actions.count)
        numbers[action] = number
        kinds.append(number)
        actions.append(action)
        isPure.append(Model.isPure(action))
      }
    }
    self.model = model.narrowed(to: actions)
    states = [self.model.initial]
    stateNumbers = [self.model.initial: Transitions.initial]
  }

  /// The steps of the model in numbers.
  func transitions() -> Transitions {
    Transitions(kindCount: actions.count) { state, kind in
      guard let next = self.model.step(self.states[Int(state)], self.actions[Int(kind)]) else {
        return Transitions.refused
      }
      if let number = self.stateNumbers[next] { return number }
      let number = Int32(self.states.count)
      self.states.append(next)
      self.stateNumbers[next] = number
      return number
    }
  }
}
