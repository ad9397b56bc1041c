/// What a client does to a counter.
public enum CounterAction: Sendable, Hashable {
  /// Adds an amount, which may be negative.
  case add(Int)
  /// Reads, and saw this number.
  case read(Int)
}

extension CounterAction: CustomStringConvertible {
  /// As in `add 3`, `read → 3`.
  public var description: String {
    switch self {
    case .add(let amount): "add \(amount)"
    case .read(let number): "read → \(number)"
    }
  }
}

/// A counter, zero at first.
///
/// It wraps around at 64 bits.
public struct CounterModel: SequentialModel, Hashable {
  /// The model of a counter at zero.
  public init() {}

  /// Zero.
  public var initial: Int { 0 }

  /// The counter after `action`.
  public func step(_ state: Int, _ action: CounterAction) -> Int? {
    switch action {
    case .add(let amount): state &+ amount
    case .read(let number): state == number ? state : nil
    }
  }

  /// Reads only observe.
  public static func isPure(_ action: CounterAction) -> Bool {
    switch action {
    case .add: false
    case .read: true
    }
  }

  /// A read tells nothing without its result.
  public static func withoutResult(_ action: CounterAction) -> CounterAction? {
    isPure(action) ? nil : action
  }

  /// As in `stands at 3`.
  public static func describe(_ state: Int) -> String { "stands at \(state)" }
}
