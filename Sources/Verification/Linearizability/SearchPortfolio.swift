/// Runs both searches in turn, each time for longer, until one of them knows.
///
/// Forward search is good at what cannot be explained and at crashed operations, depth-first
/// search at many operations at once; neither wins everywhere. Together they take at most about
/// four times as many steps as the better one alone.
struct SearchPortfolio<Slots: SlotSet> {
  /// An explanation of everything before a level: what changed the state, in order.
  typealias Choices = [Int32]

  /// What the searches came to.
  enum Result {
    case explained
    case impossible(level: Int, choices: [Choices], count: Int)
    case exhausted(explained: Int)
  }

  private static var firstSlice: Int { 256 }

  /// Searches for at most about `budget` steps, which are taken off.
  static func search(
    _ problem: LinearizationProblem, _ transitions: inout Transitions, budget: inout Int
  ) -> Result {
    var forward = ForwardSearch<Slots>(problem, &transitions)
    var depthFirst = DepthFirstSearch<Slots>(problem, &transitions)
    var slice = firstSlice
    while budget > 0 {
      budget -= slice
      switch forward.run(steps: slice, problem, &transitions) {
      case .explained: return .explained
      case .impossible(let level):
        let choices = forward.frontier.prefix(kept).map { forward.log.operations(upTo: $0.choice) }
        return .impossible(level: level, choices: choices, count: forward.frontier.count)
      case .paused: break
      }
      budget -= slice
      switch depthFirst.run(steps: slice, problem, &transitions) {
      case .explained: return .explained
      case .impossible(let level): return collect(level, problem, &transitions)
      case .paused: break
      }
      slice *= 2
    }
    return .exhausted(explained: max(forward.level, depthFirst.furthest))
  }

  private static var kept: Int { LinearizabilityWitness<RegisterModel>.mostExplanations }

  /// Searches again, now that it is known where every order ends, and keeps how they got there.
  private static func collect(
    _ level: Int, _ problem: LinearizationProblem, _ transitions: inout Transitions
  ) -> Result {
    var search = DepthFirstSearch<Slots>(problem, &transitions, collectAt: level)
    _ = search.run(steps: .max, problem, &transitions)
    return .impossible(
      level: level, choices: Array(search.collected.prefix(kept)), count: search.collected.count)
  }
}
