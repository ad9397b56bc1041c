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
    var numbers = ActionNumbers<Model>()
    for index in members {
      let action = Self.known(history.operations[index])
      let number = numbers.number(of: action, orNew: Int32(actions.count))
      kinds.append(number)
      if number == actions.count {
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
      if next == before { return state }
      if let number = self.stateNumbers[next] { return number }
      let number = Int32(self.states.count)
      self.states.append(next)
      self.stateNumbers[next] = number
      return number
    }
  }
}

/// The numbers of actions: those that have a code are found faster.
private struct ActionNumbers<Model: SequentialModel> {
  private var coded = NumberTable()
  private var others: [Model.Action: Int32] = [:]

  /// The number of `action`, which is `new` if it has none yet.
  @inline(__always) mutating func number(of action: Model.Action, orNew new: Int32) -> Int32 {
    if let code = Model.code(action) {
      if let known = coded[code] { return known }
      coded[code] = new
      return new
    }
    if let known = others[action] { return known }
    others[action] = new
    return new
  }
}
