/// What a client does to a register.
public enum RegisterAction: Sendable, Hashable {
  /// Reads, and saw this value.
  case read(Datum)
  /// Writes this value.
  case write(Datum)
  /// Puts this text behind the text that is there; an empty register counts as an empty text.
  case append(String)
  /// Writes `to` if the value is `from`. Nil as `swapped`: nobody saw whether it did.
  case compareAndSet(from: Datum, to: Datum, swapped: Bool?)
}

extension RegisterAction: CustomStringConvertible {
  /// As in `read → 3`, `write 3`, `cas 1 → 3` (refused ones say so).
  public var description: String {
    switch self {
    case .read(let value): "read → \(value)"
    case .write(let value): "write \(value)"
    case .append(let text): "append \(Datum.text(text))"
    case .compareAndSet(let from, let to, let swapped):
      "cas \(from) → \(to)" + (swapped == false ? " refused" : "")
    }
  }
}

/// One register with reads, writes, appends and compare-and-set.
public struct RegisterModel: SequentialModel, Hashable {
  /// What the register holds.
  public enum State: Sendable, Hashable {
    /// This value.
    case value(Datum)
    /// A value that no operation of the history could tell from any other such value.
    case unobservable
  }

  /// The value at first.
  public let initialValue: Datum
  private var observed: ObservedValues?

  /// A register that holds `initialValue` at first.
  public init(initialValue: Datum = .none) { self.initialValue = initialValue }

  /// The value at first.
  public var initial: State { state(initialValue) }

  /// The register after `action`.
  public func step(_ state: State, _ action: RegisterAction) -> State? {
    switch action {
    case .read(let value): return state == .value(value) ? state : nil
    case .write(let value): return self.state(value)
    case .append(let text):
      switch state {
      case .value(.none): return self.state(.text(text))
      case .value(.number(let number)): return self.state(.text("\(number)\(text)"))
      case .value(.text(let before)): return self.state(.text(before + text))
      case .unobservable: return .unobservable
      }
    case .compareAndSet(let from, let to, let swapped):
      let isEqual = state == .value(from)
      if let swapped, swapped != isEqual { return nil }
      return isEqual ? self.state(to) : state
    }
  }

  /// Reads and refused comparisons only observe.
  public static func isPure(_ action: RegisterAction) -> Bool {
    switch action {
    case .read, .compareAndSet(_, _, swapped: false): true
    case .write, .append, .compareAndSet: false
    }
  }

  /// A read tells nothing without its result; a comparison may have succeeded or not.
  public static func withoutResult(_ action: RegisterAction) -> RegisterAction? {
    switch action {
    case .read: nil
    case .write, .append: action
    case .compareAndSet(let from, let to, _):
      .compareAndSet(from: from, to: to, swapped: nil)
    }
  }

  /// A register whose values are alike when no read, no comparison and no append leads to a
  /// difference that somebody saw.
  ///
  /// Without appends a register comes to few states anyway, unless the values are many.
  public func narrowed(to actions: [RegisterAction]) -> RegisterModel {
    let hasAppends = actions.contains { if case .append = $0 { true } else { false } }
    guard hasAppends || actions.count > 64 else { return self }
    var narrow = self
    narrow.observed = ObservedValues(actions)
    return narrow
  }

  /// Actions on numbers of 28 bits have one: two values, and four bits that say what is done.
  public static func code(_ action: RegisterAction) -> UInt64? {
    switch action {
    case .read(let value): code(value, .none, 0)
    case .write(let value): code(value, .none, 1)
    case .append: nil
    case .compareAndSet(let from, let to, nil): code(from, to, 2)
    case .compareAndSet(let from, let to, false): code(from, to, 3)
    case .compareAndSet(let from, let to, true): code(from, to, 4)
    }
  }

  private static func code(_ first: Datum, _ second: Datum, _ kind: UInt64) -> UInt64? {
    guard let first = code(first), let second = code(second) else { return nil }
    return kind << 60 | first << 30 | second
  }

  /// 0 for nothing, and from 2 on odd for what is below zero and even for what is not.
  private static func code(_ value: Datum) -> UInt64? {
    switch value {
    case .none: 0
    case .number(let number) where number.magnitude < 1 << 28:
      UInt64(number.magnitude) << 1 + (number < 0 ? 1 : 2)
    case .number, .text: nil
    }
  }

  /// As in `holds 3`.
  public static func describe(_ state: State) -> String {
    switch state {
    case .value(let value): "holds \(value)"
    case .unobservable: "holds a value that nobody reads"
    }
  }

  private func state(_ value: Datum) -> State {
    guard let observed, !observed.canLead(from: value) else { return .value(value) }
    return .unobservable
  }
}
