/// Follows one order of the operations as far as it goes and turns back where it ends: the search
/// of Wing and Gong, with Lowe's memory of the configurations that were seen.
///
/// A configuration says exactly which operations are in effect: what was seen is compared, not a
/// fingerprint of it. Crashed operations are tried last.
///
/// Sources: Wing and Gong, "Testing and verifying concurrent objects" (1993); Lowe, "Testing for
/// linearizability" (2017).
struct DepthFirstSearch<Slots: SlotSet> {
  private struct Frame {
    var configuration: Configuration<Slots>
    var level: Int32
    /// How many of the operations that may take effect next were tried.
    var tried: Int32 = 0
    /// The operation that led here.
    var operation: Int32
  }

  /// The furthest level that any order reached.
  private(set) var furthest = 0
  /// The choices that lead to the configurations seen at the level to collect.
  private(set) var collected: [[Int32]] = []

  private var frames: [Frame] = []
  private var seen = ConfigurationTable<Slots>()
  private let levelToCollect: Int?

  /// A search that collects the configurations of a level, if one is given.
  init(
    _ problem: LinearizationProblem, _ transitions: inout Transitions, collectAt level: Int? = nil
  ) {
    levelToCollect = level
    push(Configuration(), from: 0, by: -1, problem, &transitions)
  }

  /// Goes on for about so many steps.
  mutating func run(
    steps: Int, _ problem: borrowing LinearizationProblem, _ transitions: inout Transitions
  ) -> SearchOutcome {
    var stepsLeft = steps
    while furthest < problem.levelCount {
      guard !frames.isEmpty else { return .impossible(level: furthest) }
      if stepsLeft <= 0 { return .paused }
      let top = frames.count - 1
      let level = Int(frames[top].level)
      let changes = problem.changes(at: level)
      let crashedCount = Int(problem.crashedCounts[level])
      var tried = Int(frames[top].tried)
      var next: Configuration<Slots>?
      var operation: Int32 = -1
      while next == nil, tried < changes.count + crashedCount {
        stepsLeft -= 1
        if tried < changes.count {
          let place = changes.lowerBound + tried
          next = problem.applying(
            place, to: frames[top].configuration, at: level, &transitions)
          operation = problem.change(place).operation
        } else {
          let place = tried - changes.count
          next = problem.applyingCrashed(
            place, to: frames[top].configuration, at: level, &transitions)
          operation = problem.crashed[place].operation
        }
        tried += 1
      }
      frames[top].tried = Int32(tried)
      if let next {
        push(next, from: level, by: operation, problem, &transitions)
      } else {
        frames.removeLast()
      }
    }
    return .explained
  }

  /// Goes on from a configuration, as far as no choice is needed, if it is new.
  @inline(__always) private mutating func push(
    _ configuration: Configuration<Slots>, from start: Int, by operation: Int32,
    _ problem: borrowing LinearizationProblem, _ transitions: inout Transitions
  ) {
    var configuration = configuration
    var level = start
    while level < problem.levelCount {
      problem.absorb(&configuration, at: level, &transitions)
      guard problem.pass(&configuration, level) else { break }
      level += 1
    }
    furthest = max(furthest, level)
    guard level < problem.levelCount, seen.insert(configuration, at: level) else { return }
    frames.append(
      Frame(configuration: configuration, level: Int32(level), operation: operation))
    if level == levelToCollect {
      collected.append(frames.dropFirst().map(\.operation))
    }
  }
}
