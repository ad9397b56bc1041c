/// Numbers the actions of a part of a history and the states that the model comes to.
final class ModelNumbering<Model: SequentialModel> {
  /// The number of the action of each operation.
  let kinds: [Int32]
  /// Whether the actions with each number only observe.
  let isPure: [Bool]

  private let model: Model
  private let actions: [Model.Action]
  private var states: [Model.State]
  private var stateNumbers: [Model.State: Int32]

  /// Numbers the actions of some operations of `history`; those of unknown outcome lose their
  /// results.
  init(_ members: [Int], of history: OperationHistory<Model.Action>, _ model: Model) {
    var kinds: [Int32] = []
    var isPure: [Bool] = []
    var actions: [Model.Action] = []
    kinds.reserveCapacity(members.count)
    var numbers = Dictionary<Model.Action, Int32>(minimumCapacity: min(members.count, 64))
    for index in members {
      let action = Self.known(history.operations[index])
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
    self.kinds = kinds
    self.isPure = isPure
    self.actions = actions
    self.model = model.narrowed(to: actions)
    states = [self.model.initial]
    stateNumbers = [self.model.initial: Transitions.initial]
  }

  private static func known(_ operation: RecordedOperation<Model.Action>) -> Model.Action {
    guard operation.outcome == .unknown else { return operation.action }
    return Model.withoutResult(operation.action) ?? operation.action
  }

  /// The steps of the model in numbers.
  func transitions() -> Transitions {
    Transitions(kindCount: actions.count) { state, kind in
      let before = self.states[Int(state)]
      guard let next = self.model.step(before, self.actions[Int(kind)]) else {
        return Transitions.refused
      }
      if self.isPure[Int(kind)] { return state }
      if let number = self.stateNumbers[next] { return number }
      let number = Int32(self.states.count)
      self.states.append(next)
      self.stateNumbers[next] = number
      return number
    }
  }
}
