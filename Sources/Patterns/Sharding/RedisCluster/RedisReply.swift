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
}
