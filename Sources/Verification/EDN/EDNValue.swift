/// A value of EDN, the notation of Clojure's data, as far as recorded histories use it.
///
/// Source: the EDN format, github.com/edn-format/edn. Tags are dropped: `#tag value` reads as
/// `value`. Numbers with a point or an exponent, ratios and characters are kept as they are
/// written, as symbols.
public indirect enum EDNValue: Sendable, Hashable {
  /// `nil`
  case null
  /// `true` or `false`
  case boolean(Bool)
  /// A whole number.
  case integer(Int)
  /// A keyword, without its colon.
  case keyword(String)
  /// A symbol, or another atom as it is written.
  case symbol(String)
  /// A string.
  case string(String)
  /// `[1 2]`
  case vector([EDNElement])
  /// `(1 2)`
  case list([EDNElement])
  /// `#{1 2}`, in the order written
  case set([EDNElement])
  /// `{:a 1}`: keys and values in turn, in the order written
  case map([EDNElement])
}

/// A value and the place where it begins.
public struct EDNElement: Sendable, Hashable {
  /// The value.
  public let value: EDNValue
  /// The line, from 1.
  public let line: Int
  /// The column, from 1, in characters.
  public let column: Int
}

extension EDNElement {
  /// What stands under the keyword `name` of a map.
  subscript(_ name: String) -> EDNElement? {
    guard case .map(let parts) = value else { return nil }
    for place in stride(from: 0, to: parts.count, by: 2)
    where parts[place].value == .keyword(name) {
      return parts[place + 1]
    }
    return nil
  }

  /// The elements of a vector or a list.
  var sequence: [EDNElement]? {
    switch value {
    case .vector(let elements), .list(let elements): elements
    default: nil
    }
  }
}

extension EDNElement: CustomStringConvertible {
  /// The value as EDN.
  public var description: String { value.description }
}

extension EDNValue: CustomStringConvertible {
  /// The value as EDN.
  public var description: String {
    switch self {
    case .null: "nil"
    case .boolean(let isTrue): isTrue ? "true" : "false"
    case .integer(let number): String(number)
    case .keyword(let name): ":" + name
    case .symbol(let name): name
    case .string(let text): Self.quoted(text)
    case .vector(let elements): "[" + Self.row(elements) + "]"
    case .list(let elements): "(" + Self.row(elements) + ")"
    case .set(let elements): "#{" + Self.row(elements) + "}"
    case .map(let parts): "{" + Self.row(parts) + "}"
    }
  }

  private static func row(_ elements: [EDNElement]) -> String {
    elements.map(\.description).joined(separator: " ")
  }

  private static func quoted(_ text: String) -> String {
    var quoted = "\""
    for character in text {
      switch character {
      case "\"": quoted += "\\\""
      case "\\": quoted += "\\\\"
      case "\n": quoted += "\\n"
      case "\t": quoted += "\\t"
      case "\r": quoted += "\\r"
      default: quoted.append(character)
      }
    }
    return quoted + "\""
  }
}
