/// Checks that one order of all operations keeps the order of every process and has every result
/// right.
///
/// When things happened does not matter.
///
/// It needs of a history: who did what in which order, and the results. Values need not be
/// distinct. An operation of unknown outcome is the last of its process and may be left out.
///
/// For small histories: the number of positions grows with the product of what the processes did.
/// Neither keys nor prefixes can be checked apart; sequential consistency is not local, and a read
/// may be explained by a write that was recorded later.
///
/// Source: Lamport, "How to make a multiprocessor computer that correctly executes multiprocess
/// programs" (1979).
public enum SequentialConsistency {
  /// Positions that are looked at within the order of a second.
  public static let usualBudget = 1_000_000

  /// Whether `history` could come out of `model`; looks at no more than `budget` positions, and at
  /// so many again for each of the questions that make the witness small.
  public static func check<Model: SequentialModel>(
    _ history: OperationHistory<Model.Action>, against model: Model, budget: Int = usualBudget
  ) -> Verdict<SequentialConsistencyWitness> {
    let programs = Programs(history, model)
    switch InterleavingSearch(programs, model).run(budget: budget) {
    case .explained: return .holds
    case .exhausted:
      return .unknown("The budget of \(budget) positions is spent before an order was found.")
    case .impossible: break
    }
    let needed = Shrinking.shrink(programs.observations, budget: mostQuestions) { kept in
      let smaller = programs.keeping(observations: Set(kept))
      return InterleavingSearch(smaller, model).run(budget: budget) == .impossible
    }
    return .violated(
      SequentialConsistencyWitness(observations: needed.items, isMinimal: needed.isMinimal))
  }

  private static let mostQuestions = 1_000
}

/// Observations that no one order of the operations explains together.
public struct SequentialConsistencyWitness: Sendable, Hashable {
  /// The operations that only observed, as indices into the history, which contradict each other.
  ///
  /// Everything that changed the object is taken as given; empty when the changes alone are a
  /// contradiction.
  public let observations: [Int]
  /// Whether without any one of them the rest can be explained; false when it took too many
  /// questions to find out.
  public let isMinimal: Bool
}

/// What each process did, in its order.
struct Programs<Action: Sendable & Hashable> {
  /// An operation of a process.
  struct Step {
    /// As an index into the history.
    let operation: Int
    let action: Action
    let isObservation: Bool
    /// Whether it may be left out.
    let isOptional: Bool
  }

  private(set) var steps: [[Step]] = []

  /// The programs of a history, without what failed or cannot be noticed.
  init<Model: SequentialModel>(_ history: OperationHistory<Action>, _ model: Model)
  where Model.Action == Action {
    for indices in Parts.grouped(history.operations, by: \.process) {
      steps.append(
        indices.compactMap { index in
          let operation = history.operations[index]
          let action: Action?
          switch operation.outcome {
          case .ok: action = operation.action
          case .failed: action = nil
          case .unknown: action = Model.withoutResult(operation.action)
          }
          guard let action else { return nil }
          return Step(
            operation: index, action: action, isObservation: Model.isPure(action),
            isOptional: operation.response == nil)
        })
    }
  }

  /// The operations that only observe.
  var observations: [Int] {
    steps.flatMap { $0 }.filter { $0.isObservation && !$0.isOptional }.map(\.operation).sorted()
  }

  /// The same programs with only some of the observations.
  func keeping(observations kept: Set<Int>) -> Programs {
    var fewer = self
    fewer.steps = steps.map { $0.filter { !$0.isObservation || kept.contains($0.operation) } }
    return fewer
  }
}
