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
