import Kernel

/// What a Redis node answers to a command.
public indirect enum RedisReply: Sendable, Hashable {
  /// A simple string such as `OK`.
  case simple(String)
  /// An error: its code word and its text, without the leading `-`.
  case error(String)
  /// A whole number.
  case integer(Int)
  /// A value.
  case bulk(String)
  /// No value.
  case null
  /// Several answers.
  case array([RedisReply])
  /// The slot is owned by another node: ask there, and remember it.
  case moved(slot: Int, NodeID)
  /// The key may have gone ahead to another node: ask there once, after `ASKING`.
  case ask(slot: Int, NodeID)

  /// `OK`.
  public static let ok = RedisReply.simple("OK")

  /// Whether the node refused the command or sent it elsewhere.
  public var isError: Bool {
    switch self {
    case .error, .moved, .ask: true
    case .simple, .integer, .bulk, .null, .array: false
    }
  }

  /// The reply as redis-cli shows it; `naming` gives the names of nodes.
  public func text(naming name: (NodeID) -> String = { "\($0)" }) -> String {
    switch self {
    case .simple(let text), .bulk(let text): text
    case .error(let text): "(error) \(text)"
    case .integer(let number): "(integer) \(number)"
    case .null: "(nil)"
    case .array(let replies):
      replies.isEmpty
        ? "(empty array)"
        : replies.enumerated().map { "\($0.offset + 1)) \($0.element.text(naming: name))" }
          .joined(separator: "\n")
    case .moved(let slot, let node): "(error) MOVED \(slot) \(name(node))"
    case .ask(let slot, let node): "(error) ASK \(slot) \(name(node))"
    }
  }
}
