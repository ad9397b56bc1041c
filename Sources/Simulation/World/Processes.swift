import Kernel

/// Which processes run, stand still or are down, and how much slower than usual they work.
///
/// Every start gives a process a new life; what a former life set off (timers, answers of its
/// disk) carries the number of that life and is ignored.
public struct Processes: Sendable, Equatable {
  /// What a process does.
  public enum Condition: Sendable, Hashable {
    /// It runs.
    case running
    /// It stands still; what reaches it waits.
    case paused
    /// It is dead; what reaches it is lost.
    case down
  }

  private struct Process: Sendable, Equatable {
    var condition = Condition.running
    var incarnation = 0
    var slowdown = 1.0
  }

  private var processes: [Process]

  /// `count` running processes in their first life.
  public init(count: Int) { processes = Array(repeating: Process(), count: count) }

  /// Adds a running process at the end, for a node that joins later.
  public mutating func add() { processes.append(Process()) }

  /// What the process of `node` does.
  public func condition(_ node: NodeID) -> Condition { processes[node.index].condition }

  /// Whether the process of `node` runs: it is neither down nor paused.
  public func runs(_ node: NodeID) -> Bool { processes[node.index].condition == .running }

  /// Whether the process of `node` is dead.
  public func isDown(_ node: NodeID) -> Bool { processes[node.index].condition == .down }

  /// Whether the process of `node` stands still.
  public func isPaused(_ node: NodeID) -> Bool { processes[node.index].condition == .paused }

  /// The number of the life of `node`, from 0.
  public func incarnation(_ node: NodeID) -> Int { processes[node.index].incarnation }

  /// How many times as long as usual the work of `node` takes.
  public func slowdown(_ node: NodeID) -> Double { processes[node.index].slowdown }

  /// The process dies; false when it was down already.
  mutating func crash(_ node: NodeID) -> Bool {
    guard !isDown(node) else { return false }
    processes[node.index].condition = .down
    return true
  }

  /// The process starts a new life; false when it was not down.
  mutating func start(_ node: NodeID) -> Bool {
    guard isDown(node) else { return false }
    processes[node.index].condition = .running
    processes[node.index].incarnation += 1
    return true
  }

  /// The process stands still or goes on; false when it did so already or is down.
  mutating func setPaused(_ isPaused: Bool, _ node: NodeID) -> Bool {
    let before: Condition = isPaused ? .running : .paused
    guard condition(node) == before else { return false }
    processes[node.index].condition = isPaused ? .paused : .running
    return true
  }

  mutating func setSlowdown(_ factor: Double, _ node: NodeID) {
    processes[node.index].slowdown = factor
  }
}
