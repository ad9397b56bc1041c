/// What a client does to a set.
public enum SetAction: Sendable, Hashable {
  /// Puts an element in; nothing happens if it is in already.
  case add(Datum)
  /// Takes an element out; nothing happens if it is not in.
  case remove(Datum)
  /// Asks whether an element is in, and was told this.
  case contains(Datum, Bool)
  /// Reads all elements.
  case read(Set<Datum>)

  /// The one element that the action is about, or nil when it is about all.
  var element: Datum? {
    switch self {
    case .add(let element), .remove(let element), .contains(let element, _): element
    case .read: nil
    }
  }
}

extension SetAction: CustomStringConvertible {
  /// As in `add 3`, `contains 3 → true`, `read → {1 2}`.
  public var description: String {
    switch self {
    case .add(let element): "add \(element)"
    case .remove(let element): "remove \(element)"
    case .contains(let element, let isIn): "contains \(element) → \(isIn)"
    case .read(let elements): "read → \(SetModel.text(elements))"
    }
  }
}

/// A set, empty at first.
public struct SetModel: SequentialModel, Hashable {
  /// The model of an empty set.
  public init() {}

  /// The empty set.
  public var initial: Set<Datum> { [] }

  /// The set after `action`.
  public func step(_ state: Set<Datum>, _ action: SetAction) -> Set<Datum>? {
    switch action {
    case .add(let element): state.union([element])
    case .remove(let element): state.subtracting([element])
    case .contains(let element, let isIn): state.contains(element) == isIn ? state : nil
    case .read(let elements): state == elements ? state : nil
    }
  }

  /// Questions only observe.
  public static func isPure(_ action: SetAction) -> Bool {
    switch action {
    case .add, .remove: false
    case .contains, .read: true
    }
  }

  /// A question tells nothing without its answer.
  public static func withoutResult(_ action: SetAction) -> SetAction? {
    isPure(action) ? nil : action
  }

  /// One part an element; everything is one part if the whole set is ever read.
  public func parts(of operations: [RecordedOperation<SetAction>]) -> [[Int]] {
    let isWhole = operations.contains { $0.action.element == nil && $0.outcome == .ok }
    guard !isWhole else { return [Array(operations.indices)] }
    return Parts.grouped(operations) { $0.action.element }
  }

  /// As in `holds {1 2}`.
  public static func describe(_ state: Set<Datum>) -> String { "holds \(text(state))" }

  static func text(_ elements: Set<Datum>) -> String {
    "{" + elements.sorted().map(\.description).joined(separator: " ") + "}"
  }
}
