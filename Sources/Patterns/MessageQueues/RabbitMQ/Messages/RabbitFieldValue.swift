/// A value in a table of headers or arguments, of one of the types that matter for routing.
///
/// A text and a number are never equal, whatever they read: `"1"` is not `1`.
public enum RabbitFieldValue: Sendable, Hashable {
  /// A text.
  case text(String)
  /// A whole number.
  case integer(Int)
  /// A truth value.
  case flag(Bool)
  /// No value: in a binding it asks only that the header is there.
  case void
}

extension RabbitFieldValue: CustomStringConvertible {
  /// The value as people write it.
  public var description: String {
    switch self {
    case .text(let text): "\"\(text)\""
    case .integer(let number): "\(number)"
    case .flag(let flag): "\(flag)"
    case .void: "void"
    }
  }
}

/// A header or an argument by name.
public struct RabbitField: Sendable, Hashable {
  /// The name.
  public let name: String
  /// The value.
  public let value: RabbitFieldValue

  /// The field `name` with `value`.
  public init(_ name: String, _ value: RabbitFieldValue) {
    self.name = name
    self.value = value
  }
}
