import Kernel

/// A history as checkers need it: operations in the order of their invocations.
///
/// **The order of the events is the recorder's.** Two events at one instant stand in the order in
/// which they were recorded, and what is recorded as over before another begins precedes it.
public struct OperationHistory<Action: Sendable & Hashable>: Sendable, Hashable {
  /// The operations, in the order of their invocations.
  public let operations: [RecordedOperation<Action>]
  /// How many events there are: invocations and ends of every kind.
  public let eventCount: Int
  /// The line on which each event was read, from 1; empty when the history was not read from text.
  public let lines: [Int]

  /// A history of operations, which are put in the order of their invocations.
  public init(_ operations: [RecordedOperation<Action>], eventCount: Int, lines: [Int] = []) {
    precondition(lines.isEmpty || lines.count == eventCount, "every event has a line, or none")
    let isInOrder = zip(operations, operations.dropFirst()).allSatisfy {
      $0.invocation < $1.invocation
    }
    self.operations =
      isInOrder ? operations : operations.sorted { $0.invocation < $1.invocation }
    self.eventCount = eventCount
    self.lines = lines
  }

  /// What a simulation recorded.
  ///
  /// Operations that never ended have an unknown outcome.
  public init(_ history: History<Action>) {
    var recorder = OperationRecorder<Action>()
    for event in history.events {
      switch event.phase {
      case .invoked: recorder.invoke(event.process, event.operation)
      case .ok: recorder.end(event.process, .ok, event.operation)
      case .failed: recorder.end(event.process, .failed, event.operation)
      case .unknown: recorder.end(event.process, .unknown, event.operation)
      }
    }
    self = recorder.history
  }

  /// The first `count` events, in the light of what became of the operations that are open then:
  /// those that failed are left out, and those that ended `ok` can only have had their results.
  public func prefix(_ count: Int) -> OperationHistory {
    let begun = operations.prefix { $0.invocation < count }
    return OperationHistory(
      begun.compactMap { operation in
        guard let response = operation.response, response >= count else { return operation }
        guard operation.outcome == .ok else { return nil }
        return RecordedOperation(
          process: operation.process, action: operation.action, outcome: .ok,
          invocation: operation.invocation, response: nil)
      }, eventCount: min(count, eventCount), lines: Array(lines.prefix(count)))
  }
}

/// Puts invocations and ends together into operations.
struct OperationRecorder<Action: Sendable & Hashable> {
  /// What is not over yet stands here with an unknown outcome.
  private var operations: [RecordedOperation<Action>] = []
  private var openIndices: [Int: Int] = [:]
  private var eventCount = 0
  private var lines: [Int] = []

  /// Records that `process` begins an operation; it must have none open.
  mutating func invoke(_ process: Int, _ action: Action, line: Int? = nil) {
    precondition(openIndices[process] == nil, "process \(process) has an operation open")
    openIndices[process] = operations.count
    operations.append(
      RecordedOperation(
        process: process, action: action, outcome: .unknown, invocation: eventCount,
        response: nil))
    count(line)
  }

  /// Records the end of the open operation of `process`.
  mutating func end(
    _ process: Int, _ outcome: RecordedOperation<Action>.Outcome, _ action: Action,
    line: Int? = nil
  ) {
    guard let index = openIndices.removeValue(forKey: process) else {
      preconditionFailure("process \(process) has no operation open")
    }
    operations[index] = RecordedOperation(
      process: process, action: action, outcome: outcome,
      invocation: operations[index].invocation,
      response: outcome == .unknown ? nil : eventCount)
    count(line)
  }

  /// The operation that `process` has open.
  func openAction(of process: Int) -> Action? {
    openIndices[process].map { operations[$0].action }
  }

  /// Everything so far; what is open has an unknown outcome.
  var history: OperationHistory<Action> {
    OperationHistory(operations, eventCount: eventCount, lines: lines)
  }

  private mutating func count(_ line: Int?) {
    eventCount += 1
    if let line { lines.append(line) }
  }
}
