/// A JSON value, to be written or as it was read.
///
/// Members keep the order in which they are given, so that equal values are equal bytes.
public indirect enum JSON: Sendable, Hashable {
  /// Nothing.
  case null
  /// True or false.
  case boolean(Bool)
  /// A whole number.
  case integer(Int)
  /// Any other number; one that is not finite is written as null.
  case number(Double)
  /// Text.
  case text(String)
  /// Values in order.
  case list([JSON])
  /// Named values in order.
  case object([Member])

  /// A named value of an object.
  public struct Member: Sendable, Hashable {
    /// The name.
    public let name: String
    /// The value.
    public var value: JSON

    /// A named value.
    public init(_ name: String, _ value: JSON) {
      self.name = name
      self.value = value
    }
  }

  /// An object of these members, in this order; those that are nil are left out.
  public static func members(_ members: KeyValuePairs<String, JSON?>) -> JSON {
    .object(members.compactMap { name, value in value.map { Member(name, $0) } })
  }

  /// The value that `bytes` are, from the first to the last.
  public static func read(_ bytes: [UInt8]) throws(Diagnostic) -> JSON {
    try JSONReader.read(JSONSource(file: nil, bytes: bytes)).value
  }

  /// The value on one line, without spaces.
  public var compact: String {
    var text = ""
    write(to: &text, indent: nil)
    return text
  }

  /// The value over several lines, two spaces a level, as part of a text at `level`.
  public func pretty(level: Int = 0) -> String {
    var text = ""
    write(to: &text, indent: level)
    return text
  }

  private func write(to text: inout String, indent: Int?) {
    switch self {
    case .null: text += "null"
    case .boolean(let value): text += value ? "true" : "false"
    case .integer(let value): text += String(value)
    case .number(let value): text += value.isFinite ? "\(value)" : "null"
    case .text(let value): Self.quote(value, to: &text)
    case .list(let items):
      Self.enclose(items, "[", "]", to: &text, indent) { item, text, inner in
        item.write(to: &text, indent: inner)
      }
    case .object(let members):
      Self.enclose(members, "{", "}", to: &text, indent) { member, text, inner in
        Self.quote(member.name, to: &text)
        text += inner == nil ? ":" : ": "
        member.value.write(to: &text, indent: inner)
      }
    }
  }

  private static func enclose<Item>(
    _ items: [Item], _ open: String, _ close: String, to text: inout String, _ indent: Int?,
    write: (Item, inout String, Int?) -> Void
  ) {
    text += open
    for (place, item) in items.enumerated() {
      if place > 0 { text += "," }
      if let indent { text += "\n" + String(repeating: "  ", count: indent + 1) }
      write(item, &text, indent.map { $0 + 1 })
    }
    if let indent, !items.isEmpty { text += "\n" + String(repeating: "  ", count: indent) }
    text += close
  }

  /// Control characters (also DEL and the C1 range, which terminals obey) are always escaped.
  private static func quote(_ value: String, to text: inout String) {
    text += "\""
    for scalar in value.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case "\r": text += "\\r"
      case "\t": text += "\\t"
      default:
        if scalar.value < 0x20 || (0x7f...0x9f).contains(scalar.value) {
          let digits = String(scalar.value, radix: 16)
          text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        } else {
          text.unicodeScalars.append(scalar)
        }
      }
    }
    text += "\""
  }
}
