/// A value that clients write and read: nothing, a whole number, or a text.
public enum Datum: Sendable, Hashable {
  /// Nothing was ever written.
  case none
  /// A whole number.
  case number(Int)
  /// A text.
  case text(String)
}

extension Datum: CustomStringConvertible {
  /// As EDN writes it: `nil`, `3`, `"x"`.
  public var description: String {
    switch self {
    case .none: "nil"
    case .number(let number): String(number)
    case .text(let text): "\"\(text)\""
    }
  }
}

extension Datum: Comparable {
  /// Nothing before numbers, numbers before texts.
  public static func < (left: Datum, right: Datum) -> Bool {
    switch (left, right) {
    case (_, .none): false
    case (.none, _): true
    case (.number(let left), .number(let right)): left < right
    case (.number, .text): true
    case (.text, .number): false
    case (.text(let left), .text(let right)): left < right
    }
  }
}

extension Datum: ExpressibleByIntegerLiteral, ExpressibleByStringLiteral {
  /// A whole number.
  public init(integerLiteral number: Int) { self = .number(number) }

  /// A text.
  public init(stringLiteral text: String) { self = .text(text) }
}

extension Datum {
  /// Equality that looks at numbers first: nearly all that histories hold are numbers.
  @inline(__always) static func same(_ left: Datum, _ right: Datum) -> Bool {
    if case .number(let first) = left, case .number(let second) = right { return first == second }
    return left == right
  }

  /// Whether `long` begins with everything in `short`.
  static func begins(_ long: [Datum], with short: [Datum]) -> Bool {
    guard short.count <= long.count else { return false }
    return long.withUnsafeBufferPointer { long in
      short.withUnsafeBufferPointer { short in
        for place in short.indices where !same(long[place], short[place]) { return false }
        return true
      }
    }
  }
}
