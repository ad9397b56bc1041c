/// What an object does when its operations come one after another.
///
/// A checker asks it whether the results that clients saw could come out of some order. An action
/// carries its result, so that a step says both whether the result is right and what comes next.
public protocol SequentialModel: Sendable {
  /// An operation with its result.
  associatedtype Action: Sendable & Hashable
  /// What the object holds.
  associatedtype State: Sendable & Hashable

  /// What the object holds at first.
  var initial: State { get }

  /// The state after `action`, or nil when `action` cannot have this result in `state`.
  func step(_ state: State, _ action: Action) -> State?

  /// Whether `action` never changes a state in which it can happen: it only observes.
  static func isPure(_ action: Action) -> Bool

  /// `action` as it is known when nobody saw its result; nil when nothing of it can be known.
  ///
  /// Without a result it can happen in every state.
  static func withoutResult(_ action: Action) -> Action?

  /// Groups of operations, as indices in order, that can be checked apart.
  ///
  /// An object made of independent parts is linearizable when every part is. (Herlihy and Wing,
  /// "Linearizability: a correctness condition for concurrent objects", 1990, theorem 1.)
  func parts(of operations: [RecordedOperation<Action>]) -> [[Int]]

  /// A model that does the same to `actions` and treats states alike that they cannot tell apart.
  func narrowed(to actions: [Action]) -> Self

  /// A number that no other action has, and that is not the largest of all; nil when the action
  /// does not fit into one.
  ///
  /// Actions with numbers are told apart faster.
  static func code(_ action: Action) -> UInt64?

  /// A state in words, as in `holds 3`.
  static func describe(_ state: State) -> String
}

extension SequentialModel {
  /// One part with everything.
  public func parts(of operations: [RecordedOperation<Action>]) -> [[Int]] {
    [Array(operations.indices)]
  }

  /// No number.
  public static func code(_ action: Action) -> UInt64? { nil }

  /// The same model.
  public func narrowed(to actions: [Action]) -> Self { self }
}
