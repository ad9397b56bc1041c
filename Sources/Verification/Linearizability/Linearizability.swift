/// Checks that every operation of a history seems to take effect at one moment between its
/// invocation and its response.
///
/// It needs of a history: the order of invocations and responses, and the results. Values need
/// not be distinct. An operation of unknown outcome may take effect at any time after its
/// invocation, or never.
///
/// **A verdict is never wrong.** What the searches compare, they compare exactly; when the budget
/// is spent before either knows, the verdict is `unknown`. Time and memory can grow exponentially
/// with the number of operations that are open at once (the question is NP-complete: Gibbons and
/// Korach, "Testing shared memories", 1997), hence the budget.
///
/// Sources: Herlihy and Wing (1990) for the definition and for checking parts apart; Wing and
/// Gong (1993) and Lowe (2017) for the searches.
public enum Linearizability {
  /// Steps that take in the order of a second.
  public static let usualBudget = 50_000_000

  /// Whether `history` could come out of `model`; searches for at most about `budget` steps.
  @specialized(where Model == RegisterModel)
  @specialized(where Model == KeyValueModel)
  @specialized(where Model == SetModel)
  @specialized(where Model == QueueModel)
  @specialized(where Model == CounterModel)
  public static func check<Model: SequentialModel>(
    _ history: OperationHistory<Model.Action>, against model: Model, budget: Int = usualBudget
  ) -> Verdict<LinearizabilityWitness<Model>> {
    var left = budget
    var first: LinearizabilityWitness<Model>?
    var explained = 0
    var responses = 0
    var isExhausted = false
    for part in HistoryPart.divide(history, by: model) {
      let check = PartCheck(part, history, model)
      responses += check.problem.levelCount
      switch check.run(budget: &left) {
      case .explained: explained += check.problem.levelCount
      case .exhausted(let count):
        explained += count
        isExhausted = true
      case .impossible(let witness):
        if witness.prefixCount < first?.prefixCount ?? .max { first = witness }
      }
    }
    if let first { return .violated(isExhausted ? first.asPerhapsNotShortest : first) }
    guard isExhausted else { return .holds }
    return .unknown(
      "The budget of \(budget) steps is spent: \(explained) of \(responses) responses can be "
        + "explained, the rest was not reached.")
  }
}

extension LinearizabilityWitness {
  fileprivate var asPerhapsNotShortest: LinearizabilityWitness {
    LinearizabilityWitness(
      operation: operation, prefixCount: prefixCount, explanations: explanations,
      explanationCount: explanationCount, isShortest: false)
  }
}

/// The check of one part of a history.
private struct PartCheck<Model: SequentialModel> {
  enum Result {
    case explained
    case exhausted(Int)
    case impossible(LinearizabilityWitness<Model>)
  }

  let problem: LinearizationProblem
  private let part: HistoryPart
  private let history: OperationHistory<Model.Action>
  private let model: Model
  private let numbering: ModelNumbering<Model>

  init(_ part: HistoryPart, _ history: OperationHistory<Model.Action>, _ model: Model) {
    self.part = part
    self.history = history
    self.model = model
    numbering = ModelNumbering(part.members, of: history, model)
    problem = LinearizationProblem(
      part.events, kinds: numbering.kinds, isPure: numbering.isPure,
      isCrashed: { history.operations[part.members[$0]].response == nil })
  }

  func run(budget: inout Int) -> Result {
    problem.slotCount <= NarrowSlots.capacity
      ? run(NarrowSlots.self, &budget) : run(WideSlots.self, &budget)
  }

  private func run<Slots: SlotSet>(_ slots: Slots.Type, _ budget: inout Int) -> Result {
    var transitions = numbering.transitions()
    switch SearchPortfolio<Slots>.search(problem, &transitions, budget: &budget) {
    case .explained: return .explained
    case .exhausted(let explained): return .exhausted(explained)
    case .impossible(let level, let choices, let count):
      let orders = choices.map { ChoiceReplay<Slots>($0, problem, &transitions).order }
      return .impossible(witness(level, orders, count))
    }
  }

  private func witness(
    _ level: Int, _ orders: [[Int32]], _ count: Int
  ) -> LinearizabilityWitness<Model> {
    let index = part.members[Int(problem.returning[level].operation)]
    guard let response = history.operations[index].response else {
      preconditionFailure("what cannot be explained is a response")
    }
    return LinearizabilityWitness(
      operation: index, prefixCount: response + 1,
      explanations: orders.map { explanation($0.map { part.members[Int($0)] }) },
      explanationCount: count, isShortest: true)
  }

  /// The state that an order leads to, by the model itself: the search may have taken states for
  /// one that only this history cannot tell apart.
  private func explanation(_ order: [Int]) -> LinearizabilityWitness<Model>.Explanation {
    var state = model.initial
    for index in order {
      let operation = history.operations[index]
      let action =
        operation.outcome == .unknown
        ? Model.withoutResult(operation.action) : operation.action
      guard let action, let next = model.step(state, action) else {
        preconditionFailure("an order that the search found is one of the model")
      }
      state = next
    }
    return .init(order: order, state: state)
  }
}
