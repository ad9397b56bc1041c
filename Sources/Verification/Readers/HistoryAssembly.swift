import Kernel

/// Puts recorded events together into a history and complains about those that do not fit.
struct HistoryAssembly<Action: RecordedAction> {
  private enum Standing {
    case busy
    case idle
    /// An operation ended with an unknown outcome, on this line.
    case gone(Int)
  }

  private var recorder = OperationRecorder<Action>()
  private var standings: [Int: Standing] = [:]

  /// Everything so far.
  var history: OperationHistory<Action> { recorder.history }

  /// Adds an event that stands at `place`.
  ///
  /// `refused` is the action of an operation whose failure
  /// is itself a result that the client saw.
  mutating func add(
    _ event: RecordedEvent, at place: EDNElement, refused: ((Action) -> Action?)? = nil
  ) throws(Diagnostic) {
    switch (event.phase, standings[event.process] ?? .idle) {
    case (.invoke, .idle):
      recorder.invoke(event.process, try Action(event), line: place.line)
      standings[event.process] = .busy
    case (.invoke, .busy):
      throw complaint(
        event, place, "Process \(event.process) begins an operation while another is open.",
        "the end of its open operation first")
    case (_, .gone(let line)):
      throw complaint(
        event, place,
        "Process \(event.process) goes on after its operation on line \(line) ended with an "
          + "unknown outcome.",
        "a new process number, for the old one may have its operation open still")
    case (_, .idle):
      throw complaint(
        event, place, "Process \(event.process) ends an operation but has none open.",
        "an event of type ':invoke' first")
    case (.ok, .busy):
      recorder.end(event.process, .ok, try Action(event), line: place.line)
      standings[event.process] = .idle
    case (.fail, .busy):
      guard let begun = recorder.openAction(of: event.process) else { return }
      if let result = refused?(begun) {
        recorder.end(event.process, .ok, result, line: place.line)
      } else {
        recorder.end(event.process, .failed, begun, line: place.line)
      }
      standings[event.process] = .idle
    case (.info, .busy):
      guard let begun = recorder.openAction(of: event.process) else { return }
      recorder.end(event.process, .unknown, begun, line: place.line)
      standings[event.process] = .gone(place.line)
    }
  }

  private func complaint(
    _ event: RecordedEvent, _ place: EDNElement, _ message: String, _ expected: String
  ) -> Diagnostic {
    Diagnostic(
      message, line: place.line, column: place.column,
      found: "\(event.phase.rawValue) \(event.functionName)", expected: expected)
  }
}
