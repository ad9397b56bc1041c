/// One operation of a client: when it began, when and how it ended.
///
/// Times are places: the number of the event in the history, from 0. Only their order counts. An
/// operation precedes another when its response stands before the other's invocation.
public struct RecordedOperation<Action: Sendable & Hashable>: Sendable, Hashable {
  /// How an operation ended.
  public enum Outcome: String, Sendable, Hashable {
    /// It took effect; the action carries its result.
    case ok
    /// It certainly took no effect.
    case failed
    /// It may have taken effect, may do so later, or never.
    case unknown
  }

  /// The client.
  public let process: Int
  /// What it did; with its result if it ended `ok`.
  public let action: Action
  /// How it ended.
  public let outcome: Outcome
  /// The place of the event that began it.
  public let invocation: Int
  /// The place of the event that ended it; nil when its outcome is unknown, or when it ended later
  /// than the record goes: then it may have taken effect, but only with the result it has.
  public let response: Int?

  /// An operation that ended at the place `response`, or whose outcome is unknown.
  public init(
    process: Int, action: Action, outcome: Outcome, invocation: Int, response: Int?
  ) {
    precondition(
      response == nil || outcome != .unknown, "an unknown operation has no response")
    precondition(response ?? .max > invocation, "a response stands after its invocation")
    self.process = process
    self.action = action
    self.outcome = outcome
    self.invocation = invocation
    self.response = response
  }
}

extension RecordedOperation: CustomStringConvertible {
  /// As in `process 3: write 4` or `process 3: write 4 (outcome unknown)`.
  public var description: String {
    switch outcome {
    case .ok: "process \(process): \(action)"
    case .failed: "process \(process): \(action) (failed)"
    case .unknown: "process \(process): \(action) (outcome unknown)"
    }
  }
}
