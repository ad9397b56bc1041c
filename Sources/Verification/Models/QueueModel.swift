/// What a client does to a queue.
public enum QueueAction: Sendable, Hashable {
  /// What a dequeue came back with.
  public enum Dequeued: Sendable, Hashable {
    /// This element.
    case element(Datum)
    /// Nothing, for the queue was empty.
    case empty
    /// Nobody saw what.
    case unseen
  }

  /// Puts an element at the end.
  case enqueue(Datum)
  /// Takes the first element out.
  case dequeue(Dequeued)
}

extension QueueAction: CustomStringConvertible {
  /// As in `enqueue 3`, `dequeue → 3`, `dequeue → empty`.
  public var description: String {
    switch self {
    case .enqueue(let element): "enqueue \(element)"
    case .dequeue(.element(let element)): "dequeue → \(element)"
    case .dequeue(.empty): "dequeue → empty"
    case .dequeue(.unseen): "dequeue"
    }
  }
}

/// A queue, first in, first out, empty at first.
public struct QueueModel: SequentialModel, Hashable {
  /// The model of an empty queue.
  public init() {}

  /// The empty queue.
  public var initial: [Datum] { [] }

  /// The queue after `action`.
  public func step(_ state: [Datum], _ action: QueueAction) -> [Datum]? {
    switch action {
    case .enqueue(let element): state + [element]
    case .dequeue(.element(let element)):
      state.first == element ? Array(state.dropFirst()) : nil
    case .dequeue(.empty): state.isEmpty ? state : nil
    case .dequeue(.unseen): Array(state.dropFirst())
    }
  }

  /// Only a dequeue that found nothing is an observation.
  public static func isPure(_ action: QueueAction) -> Bool { action == .dequeue(.empty) }

  /// A dequeue may have taken out what was first.
  public static func withoutResult(_ action: QueueAction) -> QueueAction? {
    switch action {
    case .enqueue: action
    case .dequeue: .dequeue(.unseen)
    }
  }

  /// As in `holds 1 2, first to last`.
  public static func describe(_ state: [Datum]) -> String {
    guard !state.isEmpty else { return "is empty" }
    return "holds \(state.map(\.description).joined(separator: " ")), first to last"
  }
}
