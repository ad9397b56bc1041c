/// Looks for an order of the steps of all programs, depth first, and never twice at the same
/// position with the same state.
struct InterleavingSearch<Model: SequentialModel> {
  /// What the search came to.
  enum Outcome {
    case explained
    case impossible
    case exhausted
  }

  /// How far each process is, and the state.
  private struct Position: Hashable {
    var done: [Int]
    var state: Model.State
  }

  private let programs: [[Programs<Model.Action>.Step]]
  private let model: Model

  init(_ programs: Programs<Model.Action>, _ model: Model) {
    self.programs = programs.steps
    self.model = model.narrowed(to: programs.steps.flatMap { $0 }.map(\.action))
  }

  /// Searches, looking at no more than `budget` positions.
  func run(budget: Int) -> Outcome {
    var start = Position(done: programs.map { _ in 0 }, state: model.initial)
    observe(&start)
    var seen: Set<Position> = [start]
    var waiting = [start]
    while let position = waiting.popLast() {
      if isFinished(position) { return .explained }
      for process in programs.indices.reversed() {
        guard let next = stepping(process, from: position), seen.insert(next).inserted else {
          continue
        }
        waiting.append(next)
      }
      if seen.count > budget { return .exhausted }
    }
    return .impossible
  }

  private func isFinished(_ position: Position) -> Bool {
    programs.indices.allSatisfy { process in
      programs[process][position.done[process]...].allSatisfy(\.isOptional)
    }
  }

  private func stepping(_ process: Int, from position: Position) -> Position? {
    let program = programs[process]
    guard position.done[process] < program.count,
      let state = model.step(position.state, program[position.done[process]].action)
    else { return nil }
    var next = position
    next.done[process] += 1
    next.state = state
    observe(&next)
    return next
  }

  /// Takes every observation that is next and allowed: it is never too early for one.
  private func observe(_ position: inout Position) {
    for process in programs.indices {
      while position.done[process] < programs[process].count {
        let step = programs[process][position.done[process]]
        guard step.isObservation, model.step(position.state, step.action) != nil else { break }
        position.done[process] += 1
      }
    }
  }
}
