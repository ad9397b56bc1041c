/// A JSON value whose objects keep their order, because recordings list calls in order.
package indirect enum JSONText: Sendable, Hashable {
  case null
  case flag(Bool)
  case number(String)
  case text(String)
  case list([JSONText])
  case object([Member])

  package struct Member: Sendable, Hashable {
    package let name: String
    package let value: JSONText
  }

  /// An object of the given members, without those that are nil.
  package static func object(_ members: [(String, JSONText?)]) -> JSONText {
    .object(members.compactMap { name, value in value.map { Member(name: name, value: $0) } })
  }

  package static func number(_ value: Int) -> JSONText { .number("\(value)") }

  package subscript(name: String) -> JSONText? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.name == name }?.value
  }

  package var members: [Member] { if case .object(let members) = self { members } else { [] } }

  package var items: [JSONText]? { if case .list(let items) = self { items } else { nil } }

  /// A text, or a number as it is written.
  package var string: String? {
    switch self {
    case .text(let text), .number(let text): text
    case .null, .flag, .list, .object: nil
    }
  }

  package var integer: Int? { string.flatMap(Int.init) }

  package var double: Double? { string.flatMap(Double.init) }

  /// Whether both say the same: members in any order, a number like the text of it.
  package func agrees(with other: JSONText) -> Bool {
    switch (self, other) {
    case (.object(let left), .object(let right)):
      left.count == right.count
        && left.allSatisfy { member in other[member.name]?.agrees(with: member.value) ?? false }
    case (.list(let left), .list(let right)):
      left.count == right.count && zip(left, right).allSatisfy { $0.agrees(with: $1) }
    case (.number, .number), (.number, .text), (.text, .number), (.text, .text):
      string == other.string
    case (.null, _), (.flag, _), (.number, _), (.text, _), (.list, _), (.object, _):
      self == other
    }
  }
}

extension JSONText: CustomStringConvertible {
  package var description: String {
    switch self {
    case .null: "null"
    case .flag(let flag): "\(flag)"
    case .number(let number): number
    case .text(let text): "\"\(text)\""
    case .list(let items): "[" + items.map(\.description).joined(separator: ", ") + "]"
    case .object(let members):
      "{" + members.map { "\"\($0.name)\": \($0.value)" }.joined(separator: ", ") + "}"
    }
  }
}
