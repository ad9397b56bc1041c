import Kernel

/// The publish/subscribe side of a Redis server.
///
/// A message goes to whoever is subscribed when it is published, once a matching subscription;
/// nothing is kept. What a client has not read waits in its output buffer; a client over the limit
/// of class `pubsub` is closed. Source: redis.conf of 7.0, client-output-buffer-limit, and
/// recordings of 7.0.15.
public struct RedisPubSub: Machine {
  /// What can happen to the server.
  public enum Input: Sendable, Hashable {
    /// A client connects.
    case connect(client: Int)
    /// A connection is gone.
    case disconnect(client: Int)
    /// A command of a client, its words.
    case command(client: Int, [String])
    /// A client read so many bytes.
    case read(client: Int, bytes: Int)
    /// Time has passed.
    case wake
  }

  /// What the server asks for.
  public enum Output: Sendable, Hashable {
    /// Put a reply or a message on a connection.
    case reply(client: Int, RedisAnswer)
    /// The server closed the connection, with so many bytes unread.
    case closed(client: Int, unread: Int)
    /// Wake the server then.
    case wakeMe(Instant)
  }

  /// `client-output-buffer-limit pubsub`: defaults 32mb 8mb 60.
  public struct Options: Sendable, Hashable {
    /// Over it a client is closed at once, in bytes; 0 is no limit.
    public var hardLimit = 33_554_432
    /// Over it for `softTime` a client is closed, in bytes; 0 is no limit.
    public var softLimit = 8_388_608
    /// How long a client may be over the soft limit.
    public var softTime = TimeSpan.seconds(60)
    /// Wrong way to build it: lets buffers grow.
    public var hasNoLimit = false

    /// The defaults.
    public init() {}
  }

  struct Client: Sendable, Hashable {
    var channels: [String] = []
    var patterns: [RedisPattern] = []
    var buffered = 0
    var overSince: Instant?
    /// The commands of a transaction, from MULTI on.
    var queued: [[String]]?

    var subscriptions: Int { channels.count + patterns.count }
  }

  /// Its limits.
  public let options: Options
  var clients: [Int: Client] = [:]
  /// The clients in the order in which they connected.
  var order: [Int] = []

  /// A server without clients.
  public init(_ options: Options = Options()) { self.options = options }

  /// The bytes that wait for `client`.
  public func buffered(_ client: Int) -> Int { clients[client]?.buffered ?? 0 }

  /// Takes one input.
  public mutating func step(_ input: Input, at now: Instant) -> [Output] {
    var outputs: [Output] = []
    switch input {
    case .connect(let client):
      drop(client)
      clients[client] = Client()
      order.append(client)
    case .disconnect(let client): drop(client)
    case .command(let client, let words):
      if clients[client] != nil { carryOut(words, of: client, at: now, &outputs) }
    case .read(let client, let bytes):
      let taken = min(bytes, buffered(client))
      clients[client]?.buffered -= taken
      note(client, at: now)
    case .wake: break
    }
    closeSlow(at: now, &outputs)
    let over = clients.values.compactMap(\.overSince).min()
    if let over { outputs.append(.wakeMe(over + options.softTime)) }
    return outputs
  }

  private mutating func drop(_ client: Int) {
    clients[client] = nil
    order.removeAll { $0 == client }
  }

  private mutating func put(
    _ reply: RedisAnswer, to client: Int, at now: Instant, _ outputs: inout [Output]
  ) {
    outputs.append(.reply(client: client, reply))
    clients[client]?.buffered += reply.size
    note(client, at: now)
  }

  private mutating func note(_ client: Int, at now: Instant) {
    guard var state = clients[client] else { return }
    let isOver = options.softLimit > 0 && state.buffered > options.softLimit
    state.overSince = isOver ? state.overSince ?? now : nil
    clients[client] = state
  }

  private mutating func closeSlow(at now: Instant, _ outputs: inout [Output]) {
    guard !options.hasNoLimit else { return }
    for client in order {
      guard let state = clients[client] else { continue }
      let isHard = options.hardLimit > 0 && state.buffered > options.hardLimit
      let isSoft = state.overSince.map { $0 + options.softTime <= now } ?? false
      guard isHard || isSoft else { continue }
      drop(client)
      outputs.append(.closed(client: client, unread: state.buffered))
    }
  }

  // MARK: Commands

  private mutating func carryOut(
    _ words: [String], of client: Int, at now: Instant, _ outputs: inout [Output]
  ) {
    let name = words.first?.uppercased() ?? ""
    if let refusal = refusal(of: name, words, by: client) {
      put(.error(refusal), to: client, at: now, &outputs)
      return
    }
    if clients[client]?.queued != nil, !["EXEC", "DISCARD", "MULTI"].contains(name) {
      clients[client]?.queued?.append(words)
      put(.status("QUEUED"), to: client, at: now, &outputs)
      return
    }
    let rest = Array(words.dropFirst())
    switch name {
    case "SUBSCRIBE", "PSUBSCRIBE":
      subscribe(client, rest, isPattern: name == "PSUBSCRIBE", at: now, &outputs)
    case "UNSUBSCRIBE", "PUNSUBSCRIBE":
      unsubscribe(client, rest, isPattern: name == "PUNSUBSCRIBE", at: now, &outputs)
    case "PUBLISH":
      let count = publish(rest[0], rest[1], at: now, &outputs)
      put(.integer(count), to: client, at: now, &outputs)
    case "PING":
      let isSubscribed = clients[client]?.subscriptions ?? 0 > 0
      let text = rest.first ?? ""
      let plain: RedisAnswer = rest.isEmpty ? .status("PONG") : .bulk(text)
      put(
        isSubscribed ? .array([.bulk("pong"), .bulk(text)]) : plain, to: client, at: now, &outputs)
    case "MULTI":
      clients[client]?.queued = []
      put(.status("OK"), to: client, at: now, &outputs)
    case "DISCARD":
      clients[client]?.queued = nil
      put(.status("OK"), to: client, at: now, &outputs)
    case "EXEC": execute(client, at: now, &outputs)
    default:
      put(
        .error("ERR unknown command '\(words.first ?? "")', with args beginning with: "),
        to: client, at: now, &outputs)
    }
  }

  /// Why a command is refused before it is looked at, or nil.
  private func refusal(of name: String, _ words: [String], by client: Int) -> String? {
    let state = clients[client] ?? Client()
    let allowed = [
      "SUBSCRIBE", "PSUBSCRIBE", "UNSUBSCRIBE", "PUNSUBSCRIBE", "PING", "QUIT", "RESET",
    ]
    if state.subscriptions > 0, !allowed.contains(name) {
      return "ERR Can't execute '\(name.lowercased())': only (P|S)SUBSCRIBE / "
        + "(P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this context"
    }
    let least = ["PUBLISH": 3, "SUBSCRIBE": 2, "PSUBSCRIBE": 2][name] ?? 1
    if words.count < least || (name == "PUBLISH" && words.count > 3) {
      return RedisComplaint.arguments(name.lowercased())
    }
    if state.queued == nil, name == "EXEC" || name == "DISCARD" {
      return "ERR \(name) without MULTI"
    }
    if state.queued != nil, name == "MULTI" { return "ERR MULTI calls can not be nested" }
    return nil
  }

  private mutating func execute(_ client: Int, at now: Instant, _ outputs: inout [Output]) {
    let queued = clients[client]?.queued ?? []
    clients[client]?.queued = nil
    var replies: [RedisAnswer] = []
    for words in queued {
      var own: [Output] = []
      carryOut(words, of: client, at: now, &own)
      for output in own {
        if case .reply(client, let reply) = output {
          replies.append(reply)
          clients[client]?.buffered -= reply.size
        } else {
          outputs.append(output)
        }
      }
    }
    put(.array(replies), to: client, at: now, &outputs)
  }

  private mutating func subscribe(
    _ client: Int, _ names: [String], isPattern: Bool, at now: Instant, _ outputs: inout [Output]
  ) {
    for name in names {
      if isPattern {
        let pattern = RedisPattern(name)
        if clients[client]?.patterns.contains(pattern) == false {
          clients[client]?.patterns.append(pattern)
        }
      } else if clients[client]?.channels.contains(name) == false {
        clients[client]?.channels.append(name)
      }
      put(
        .array([
          .bulk(isPattern ? "psubscribe" : "subscribe"), .bulk(name),
          .integer(clients[client]?.subscriptions ?? 0),
        ]), to: client, at: now, &outputs)
    }
  }

  private mutating func unsubscribe(
    _ client: Int, _ names: [String], isPattern: Bool, at now: Instant, _ outputs: inout [Output]
  ) {
    let all =
      isPattern ? clients[client]?.patterns.map(\.text) : clients[client]?.channels
    let word = isPattern ? "punsubscribe" : "unsubscribe"
    let leaving: [String?] = names.isEmpty ? (all ?? []).map(\.self) : names.map(\.self)
    for name in leaving.isEmpty ? [nil] : leaving {
      if isPattern {
        clients[client]?.patterns.removeAll { $0.text == name }
      } else {
        clients[client]?.channels.removeAll { $0 == name }
      }
      put(
        .array([
          .bulk(word), name.map(RedisAnswer.bulk) ?? .null,
          .integer(clients[client]?.subscriptions ?? 0),
        ]), to: client, at: now, &outputs)
    }
  }

  private mutating func publish(
    _ channel: String, _ text: String, at now: Instant, _ outputs: inout [Output]
  ) -> Int {
    var count = 0
    for client in order where clients[client]?.channels.contains(channel) == true {
      count += 1
      put(
        .array([.bulk("message"), .bulk(channel), .bulk(text)]), to: client, at: now, &outputs)
    }
    for client in order {
      for pattern in clients[client]?.patterns ?? [] where pattern.matches(channel) {
        count += 1
        put(
          .array([.bulk("pmessage"), .bulk(pattern.text), .bulk(channel), .bulk(text)]),
          to: client, at: now, &outputs)
      }
    }
    return count
  }

  /// Finds a client whose buffer is over the hard limit.
  public func checkInvariants() -> InvariantViolation? {
    guard options.hardLimit > 0 else { return nil }
    for client in order where buffered(client) > options.hardLimit {
      return InvariantViolation(
        "output buffer limit",
        witness: "\(buffered(client)) bytes wait for client \(client), the limit is "
          + "\(options.hardLimit).")
    }
    return nil
  }
}

extension RedisAnswer {
  /// The bytes of the reply on the wire (RESP2).
  public var size: Int {
    switch self {
    case .status(let text), .error(let text): text.utf8.count + 3
    case .integer(let value): "\(value)".utf8.count + 3
    case .bulk(let text): text.utf8.count + "\(text.utf8.count)".utf8.count + 5
    case .null: 5
    case .array(let items):
      items.reduce("\(items.count)".utf8.count + 3) { $0 + $1.size }
    }
  }
}
