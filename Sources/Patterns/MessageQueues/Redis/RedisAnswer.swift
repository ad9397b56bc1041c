/// A reply of a Redis server, by the types of its protocol (RESP2).
public indirect enum RedisAnswer: Sendable, Hashable {
  /// A status such as `OK`.
  case status(String)
  /// An error, its code first.
  case error(String)
  /// A whole number.
  case integer(Int)
  /// A text.
  case bulk(String)
  /// Nothing.
  case null
  /// Several replies.
  case array([RedisAnswer])
}

extension RedisAnswer: CustomStringConvertible {
  /// The reply in one line.
  public var description: String {
    switch self {
    case .status(let text), .bulk(let text): text
    case .error(let text): "-\(text)"
    case .integer(let value): "\(value)"
    case .null: "nil"
    case .array(let items): "[" + items.map(\.description).joined(separator: " ") + "]"
    }
  }
}
