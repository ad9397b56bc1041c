/// A command as typed, with what it is known to touch.
struct RedisCommand {
  let words: [String]
  let name: String
  let arguments: [String]

  private struct Shape {
    /// The words it needs, its name included; below 0: at least so many.
    let arity: Int
    let isWrite: Bool
    let keys: Keys
  }

  private enum Keys {
    case none
    case first
    case all
    case everySecond
    case migrate
  }

  private static let shapes: [String: Shape] = [
    "PING": Shape(arity: -1, isWrite: false, keys: .none),
    "ECHO": Shape(arity: 2, isWrite: false, keys: .none),
    "DBSIZE": Shape(arity: 1, isWrite: false, keys: .none),
    "ASKING": Shape(arity: 1, isWrite: false, keys: .none),
    "READONLY": Shape(arity: 1, isWrite: false, keys: .none),
    "READWRITE": Shape(arity: 1, isWrite: false, keys: .none),
    "MULTI": Shape(arity: 1, isWrite: false, keys: .none),
    "EXEC": Shape(arity: 1, isWrite: false, keys: .none),
    "DISCARD": Shape(arity: 1, isWrite: false, keys: .none),
    "CLUSTER": Shape(arity: -2, isWrite: false, keys: .none),
    "GET": Shape(arity: 2, isWrite: false, keys: .first),
    "STRLEN": Shape(arity: 2, isWrite: false, keys: .first),
    "MGET": Shape(arity: -2, isWrite: false, keys: .all),
    "EXISTS": Shape(arity: -2, isWrite: false, keys: .all),
    "TOUCH": Shape(arity: -2, isWrite: false, keys: .all),
    "SET": Shape(arity: -3, isWrite: true, keys: .first),
    "SETNX": Shape(arity: 3, isWrite: true, keys: .first),
    "GETSET": Shape(arity: 3, isWrite: true, keys: .first),
    "GETDEL": Shape(arity: 2, isWrite: true, keys: .first),
    "APPEND": Shape(arity: 3, isWrite: true, keys: .first),
    "INCR": Shape(arity: 2, isWrite: true, keys: .first),
    "DECR": Shape(arity: 2, isWrite: true, keys: .first),
    "INCRBY": Shape(arity: 3, isWrite: true, keys: .first),
    "DECRBY": Shape(arity: 3, isWrite: true, keys: .first),
    "DEL": Shape(arity: -2, isWrite: true, keys: .all),
    "UNLINK": Shape(arity: -2, isWrite: true, keys: .all),
    "MSET": Shape(arity: -3, isWrite: true, keys: .everySecond),
    "MSETNX": Shape(arity: -3, isWrite: true, keys: .everySecond),
    "MIGRATE": Shape(arity: -6, isWrite: true, keys: .migrate),
  ]

  /// The command in `words`; nil when there is none of that name with so many words.
  init?(_ words: [String]) {
    guard let first = words.first, let shape = Self.shapes[first.uppercased()] else { return nil }
    guard shape.arity > 0 ? words.count == shape.arity : words.count >= -shape.arity else {
      return nil
    }
    self.words = words
    name = first.uppercased()
    arguments = Array(words.dropFirst())
    if shape.keys == .everySecond, arguments.count % 2 != 0 { return nil }
  }

  var isWrite: Bool { Self.shapes[name]?.isWrite ?? false }

  /// The keys that the command touches.
  var keys: [String] {
    switch Self.shapes[name]?.keys ?? .none {
    case .none: return []
    case .first: return [arguments[0]]
    case .all: return arguments
    case .everySecond: return stride(from: 0, to: arguments.count, by: 2).map { arguments[$0] }
    case .migrate: return migrateKeys
    }
  }

  /// The keys of a command such as MSET with their values.
  var pairs: [(String, String?)] {
    stride(from: 0, to: arguments.count, by: 2).map { (arguments[$0], arguments[$0 + 1]) }
  }

  /// The keys of `MIGRATE host port key|"" db timeout [COPY] [REPLACE] [KEYS key...]`.
  private var migrateKeys: [String] {
    if !arguments[2].isEmpty { return [arguments[2]] }
    guard let place = arguments.dropFirst(5).firstIndex(where: { $0.uppercased() == "KEYS" })
    else { return [] }
    return Array(arguments[(place + 1)...])
  }

  /// What Redis answers to words that are no command.
  static func refusal(of words: [String]) -> RedisReply {
    guard let name = words.first else { return .error("ERR unknown command ''") }
    if shapes[name.uppercased()] != nil {
      return .error("ERR wrong number of arguments for '\(name.lowercased())' command")
    }
    let arguments = words.dropFirst().map { "'\($0)' " }.joined()
    return .error("ERR unknown command '\(name)', with args beginning with: \(arguments)")
  }
}
