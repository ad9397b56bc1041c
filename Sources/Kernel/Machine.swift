/// A protocol participant as a value: inputs and the time go in, requests and facts come out.
///
/// A machine does no input or output of its own and knows no clock, so that the bench, the
/// drills and the tests all drive the same code. Outputs are requests (`send`, `wakeMe`,
/// `persist`) that its host carries out in order, or facts (`entered`) that its host records.
/// Refusal is an output, never an error. A machine that needs chance is given a `RandomStream`
/// when it is made.
public protocol Machine: Sendable, Equatable {
  /// What can happen to the machine.
  associatedtype Input: Sendable
  /// What the machine asks for or states.
  associatedtype Output: Sendable, Equatable

  /// Takes one input at `now` and returns what follows, in the order to carry it out.
  mutating func step(_ input: Input, at now: Instant) -> [Output]

  /// Finds the first invariant that does not hold, or nil. Called after every step in a simulation.
  func checkInvariants() -> InvariantViolation?
}

/// An invariant that does not hold, with what shows it.
public struct InvariantViolation: Sendable, Hashable, Error {
  /// The name of the invariant, as in `election safety`.
  public let invariant: String
  /// What was seen that contradicts it, as a sentence.
  public let witness: String

  /// A violation of `invariant` shown by `witness`.
  public init(_ invariant: String, witness: String) {
    self.invariant = invariant
    self.witness = witness
  }
}

extension InvariantViolation: CustomStringConvertible {
  /// The invariant and its witness in one line.
  public var description: String { "\(invariant): \(witness)" }
}
