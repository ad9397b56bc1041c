/// Puts the observations back between the choices of a search.
///
/// A search writes down only what changed the state; everything that observed took effect as soon
/// as it could.
struct ChoiceReplay<Slots: SlotSet> {
  /// Every operation in effect, in order.
  private(set) var order: [Int32] = []
  private var configuration = Configuration<Slots>()
  private var level = 0

  init(
    _ choices: [Int32], _ problem: LinearizationProblem, _ transitions: inout Transitions
  ) {
    settle(problem, &transitions)
    for operation in choices {
      order.append(operation)
      apply(operation, problem, &transitions)
      settle(problem, &transitions)
    }
  }

  private mutating func apply(
    _ operation: Int32, _ problem: LinearizationProblem, _ transitions: inout Transitions
  ) {
    for place in problem.changes(at: level)
    where problem.change(place).operation == operation {
      configuration.changes.insert(Int(problem.change(place).slot))
      configuration.state = transitions.next(configuration.state, problem.change(place).kind)
      return
    }
    guard let crashed = problem.crashed.first(where: { $0.operation == operation }) else {
      preconditionFailure("a choice is open or crashed where it takes effect")
    }
    configuration.state = transitions.next(configuration.state, crashed.kind)
  }

  private mutating func settle(
    _ problem: LinearizationProblem, _ transitions: inout Transitions
  ) {
    while level < problem.levelCount {
      for place in problem.observations(at: level) {
        let open = problem.observation(place)
        guard !configuration.observations.contains(Int(open.slot)),
          transitions.next(configuration.state, open.kind) != Transitions.refused
        else { continue }
        configuration.observations.insert(Int(open.slot))
        order.append(open.operation)
      }
      guard problem.pass(&configuration, level) else { return }
      level += 1
    }
  }
}
