/// Goes through the responses in order and keeps every configuration in which the history up to
/// there can stand: just-in-time linearization, breadth first.
///
/// An operation takes effect only when a response needs it. Among the configurations of a level
/// those that used few crashed operations come first, so that they keep out those that used more.
///
/// Source: Lowe, "Testing for linearizability" (2017), for just-in-time linearization.
struct ForwardSearch<Slots: SlotSet> {
  /// A configuration and how it came about.
  struct Node {
    var configuration = Configuration<Slots>()
    var choice = ChoiceLog.none
  }

  /// The level reached: every earlier response is explained.
  private(set) var level = 0
  private(set) var log = ChoiceLog()
  /// How things may stand at the level, those with few crashed operations first.
  private(set) var frontier: [Node]

  private var nextFromFrontier = 0
  /// What is still to be looked at, with `crashedCount` crashed operations in effect.
  private var waiting: [Node] = []
  private var crashedCount = 0
  /// The same with one crashed operation more.
  private var waitingLonger: [Node] = []
  private var seen = ConfigurationTable<Slots>()

  private var arrivals: [Node] = []
  private var arrived = ConfigurationTable<Slots>()
  private var stepsLeft = 0

  init(_ problem: LinearizationProblem, _ transitions: inout Transitions) {
    var start = Node()
    if problem.levelCount > 0 { problem.absorb(&start.configuration, at: 0, &transitions) }
    frontier = [start]
    arrived.forget(below: 1)
  }

  /// Goes on for about so many steps.
  mutating func run(
    steps: Int, _ problem: borrowing LinearizationProblem, _ transitions: inout Transitions
  ) -> SearchOutcome {
    stepsLeft = steps
    while level < problem.levelCount {
      while let node = nextNode() {
        if stepsLeft <= 0 {
          waiting.append(node)
          return .paused
        }
        stepsLeft -= 1
        var passed = node
        if problem.pass(&passed.configuration, level) {
          arrive(passed, problem, &transitions)
        } else {
          expand(node, problem, &transitions)
        }
      }
      guard !arrivals.isEmpty else { return .impossible(level: level) }
      openNextLevel()
    }
    return .explained
  }

  /// The next configuration to look at; those with fewer crashed operations come first.
  @inline(__always) private mutating func nextNode() -> Node? {
    while true {
      if let node = waiting.popLast() { return node }
      let isFrontierLeft = nextFromFrontier < frontier.count
      if isFrontierLeft,
        frontier[nextFromFrontier].configuration.crashed.count == crashedCount
      {
        nextFromFrontier += 1
        return frontier[nextFromFrontier - 1]
      }
      if waitingLonger.isEmpty {
        guard isFrontierLeft else { return nil }
        crashedCount = frontier[nextFromFrontier].configuration.crashed.count
      } else {
        swap(&waiting, &waitingLonger)
        crashedCount += 1
      }
    }
  }

  private mutating func expand(
    _ node: Node, _ problem: borrowing LinearizationProblem, _ transitions: inout Transitions
  ) {
    for place in problem.changes(at: level) {
      stepsLeft -= 1
      guard
        let next = problem.applying(place, to: node.configuration, at: level, &transitions)
      else { continue }
      follow(node, next, problem.change(place).operation, isCrash: false, problem, &transitions)
    }
    for place in 0..<Int(problem.crashedCounts[level]) {
      stepsLeft -= 1
      guard
        let next = problem.applyingCrashed(
          place, to: node.configuration, at: level, &transitions)
      else { continue }
      follow(
        node, next, problem.crashed[place].operation, isCrash: true, problem, &transitions)
    }
  }

  /// Looks at what follows from a configuration: it arrives at the next level, or waits.
  private mutating func follow(
    _ node: Node, _ configuration: Configuration<Slots>, _ operation: Int32, isCrash: Bool,
    _ problem: borrowing LinearizationProblem, _ transitions: inout Transitions
  ) {
    var next = Node(configuration: configuration, choice: node.choice)
    problem.absorb(&next.configuration, at: level, &transitions)
    guard seen.insert(next.configuration, at: level) else { return }
    next.choice = log.append(operation, after: node.choice)
    if isCrash { waitingLonger.append(next) } else { waiting.append(next) }
  }

  private mutating func arrive(
    _ node: Node, _ problem: borrowing LinearizationProblem, _ transitions: inout Transitions
  ) {
    var next = node
    if level + 1 < problem.levelCount {
      problem.absorb(&next.configuration, at: level + 1, &transitions)
    }
    if arrived.insert(next.configuration, at: level + 1) { arrivals.append(next) }
  }

  private mutating func openNextLevel() {
    level += 1
    swap(&frontier, &arrivals)
    arrivals.removeAll(keepingCapacity: true)
    nextFromFrontier = 0
    crashedCount = 0
    seen.forget(below: level)
    arrived.forget(below: level + 1)
  }
}
