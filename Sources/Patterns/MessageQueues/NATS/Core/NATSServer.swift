import Kernel

/// A core NATS server: subscriptions, queue groups, requests, and clients that do not keep up.
///
/// Delivery is at most once: a message goes to whoever is subscribed when it arrives, nothing is
/// kept. What a client has not taken from its connection waits in memory up to `maxPending`; a
/// client that exceeds it or takes nothing for `writeDeadline` is a slow consumer and is cut off.
/// Sources: nats.docs, nats-concepts/core-nats and running-a-nats-service/nats_admin/slow_consumers.
public struct NATSServer: Machine {
  /// What can happen to the server.
  public enum Input: Sendable, Hashable {
    /// A client connects, anew if it was connected.
    case connect(client: Int)
    /// A connection is gone.
    case disconnect(client: Int)
    /// SUB: messages to `subject` go to the client's subscription `id`, shared with the members of
    /// `queue` if one is named.
    case subscribe(client: Int, id: Int, subject: String, queue: String?)
    /// UNSUB, at once or after so many messages in all.
    case unsubscribe(client: Int, id: Int, after: Int?)
    /// PUB by a client.
    case publish(client: Int, NATSMessage)
    /// A client took so many bytes from its connection.
    case taken(client: Int, bytes: Int)
    /// Time has passed.
    case wake
  }

  /// What the server asks for or states.
  public enum Output: Sendable, Hashable {
    /// Put a message on the client's connection.
    case deliver(client: Int, id: Int, NATSMessage)
    /// The line was refused.
    case refused(client: Int, NATSRefusal)
    /// The connection is closed by the server, with so many bytes unread.
    case cutOff(client: Int, NATSRefusal, unread: Int)
    /// Wake the server then.
    case wakeMe(Instant)
  }

  struct Subscription: Sendable, Hashable {
    let client: Int
    let id: Int
    let subject: NATSSubject
    let queue: String?
    var delivered = 0
    var limit: Int?
  }

  struct Client: Sendable, Hashable {
    var pending = 0
    /// Since when bytes wait without any being taken.
    var waitsSince: Instant?
  }

  /// Its limits.
  public let options: NATSServerOptions
  var clients: [Int: Client] = [:]
  var subscriptions: [Subscription] = []
  private var random: RandomStream
  /// Messages put on connections so far.
  public private(set) var delivered = 0

  /// A server without clients; `random` picks the members of queue groups.
  public init(_ options: NATSServerOptions = NATSServerOptions(), random: RandomStream) {
    self.options = options
    self.random = random
  }

  /// Takes one input.
  public mutating func step(_ input: Input, at now: Instant) -> [Output] {
    var outputs: [Output] = []
    switch input {
    case .connect(let client):
      drop(client)
      clients[client] = Client()
    case .disconnect(let client): drop(client)
    case .subscribe(let client, let id, let text, let queue):
      guard clients[client] != nil else { return [.refused(client: client, .notConnected)] }
      guard let subject = NATSSubject(text) else {
        return [.refused(client: client, .invalidSubject)]
      }
      subscriptions.removeAll { $0.client == client && $0.id == id }
      subscriptions.append(
        Subscription(client: client, id: id, subject: subject, queue: queue))
    case .unsubscribe(let client, let id, let limit): unsubscribe(client, id, after: limit)
    case .publish(let client, let message):
      publish(message, by: client, at: now, &outputs)
    case .taken(let client, let bytes):
      guard var state = clients[client] else { return [] }
      state.pending = max(0, state.pending - bytes)
      state.waitsSince = state.pending > 0 ? now : nil
      clients[client] = state
    case .wake: break
    }
    cutOffLate(at: now, &outputs)
    if let due = nextDue { outputs.append(.wakeMe(due)) }
    return outputs
  }

  /// Whether `client` is connected.
  public func isConnected(_ client: Int) -> Bool { clients[client] != nil }

  /// The bytes that wait for `client`.
  public func pending(_ client: Int) -> Int { clients[client]?.pending ?? 0 }

  private mutating func drop(_ client: Int) {
    clients[client] = nil
    subscriptions.removeAll { $0.client == client }
  }

  private mutating func unsubscribe(_ client: Int, _ id: Int, after limit: Int?) {
    let match = { (entry: Subscription) in entry.client == client && entry.id == id }
    guard let place = subscriptions.firstIndex(where: match) else { return }
    if let limit, subscriptions[place].delivered < limit {
      subscriptions[place].limit = limit
    } else {
      subscriptions.remove(at: place)
    }
  }

  private mutating func publish(
    _ message: NATSMessage, by client: Int, at now: Instant, _ outputs: inout [Output]
  ) {
    guard clients[client] != nil else {
      outputs.append(.refused(client: client, .notConnected))
      return
    }
    guard message.size <= options.maxPayload else {
      let unread = clients[client]?.pending ?? 0
      drop(client)
      outputs.append(.cutOff(client: client, .maximumPayload, unread: unread))
      return
    }
    let isTaken = route(message, at: now, &outputs)
    if !isTaken, let reply = message.reply {
      // The reply subject of the requester, and nobody else's, learns that nobody listens.
      let status = NATSMessage(reply, status: 503)
      for place in targets(of: reply) where subscriptions[place].client == client {
        deliver(status, to: place, at: now, &outputs)
      }
    }
    removeSpent()
  }

  /// Gives a message to everybody subscribed; whether anybody is.
  private mutating func route(
    _ message: NATSMessage, at now: Instant, _ outputs: inout [Output]
  ) -> Bool {
    let places = targets(of: message.subject)
    var groups: [(name: String, members: [Int])] = []
    for place in places {
      guard let queue = subscriptions[place].queue,
        !options.shortcuts.contains(.groupsBroadcast)
      else {
        deliver(message, to: place, at: now, &outputs)
        continue
      }
      if let group = groups.firstIndex(where: { $0.name == queue }) {
        groups[group].members.append(place)
      } else {
        groups.append((queue, [place]))
      }
    }
    for group in groups {
      deliver(message, to: group.members[random.below(group.members.count)], at: now, &outputs)
    }
    return !places.isEmpty
  }

  private func targets(of subject: String) -> [Int] {
    guard let words = NATSSubject.words(subject) else { return [] }
    return subscriptions.indices.filter { subscriptions[$0].subject.matches(words) }
  }

  private mutating func deliver(
    _ message: NATSMessage, to place: Int, at now: Instant, _ outputs: inout [Output]
  ) {
    let client = subscriptions[place].client
    guard var state = clients[client] else { return }
    subscriptions[place].delivered += 1
    state.pending += message.size
    state.waitsSince = state.waitsSince ?? now
    clients[client] = state
    delivered += 1
    outputs.append(.deliver(client: client, id: subscriptions[place].id, message))
    let isSlow = state.pending > options.maxPending
    if isSlow, !options.shortcuts.contains(.keepsSlowConsumers) {
      // Its subscriptions go when the message has been routed; no more is put on its connection.
      clients[client] = nil
      outputs.append(.cutOff(client: client, .slowConsumer, unread: state.pending))
    }
  }

  private mutating func removeSpent() {
    let clients = clients
    subscriptions.removeAll { entry in
      clients[entry.client] == nil || entry.limit.map { entry.delivered >= $0 } ?? false
    }
  }

  // MARK: Write deadline

  /// When the next client's write deadline is over, or nil.
  public var nextDue: Instant? {
    guard !options.shortcuts.contains(.keepsSlowConsumers) else { return nil }
    return clients.values.compactMap(\.waitsSince).min().map { $0 + options.writeDeadline }
  }

  private mutating func cutOffLate(at now: Instant, _ outputs: inout [Output]) {
    guard let due = nextDue, due <= now else { return }
    let late = clients.filter { _, state in
      state.waitsSince.map { $0 + options.writeDeadline <= now } ?? false
    }
    for client in late.keys.sorted() {
      let unread = clients[client]?.pending ?? 0
      drop(client)
      outputs.append(.cutOff(client: client, .writeDeadline, unread: unread))
    }
  }
}

/// Why a NATS server refuses a line or closes a connection.
public enum NATSRefusal: String, Sendable, Hashable {
  /// A subscription to something that is no subject.
  case invalidSubject = "Invalid Subject"
  /// A body longer than `max_payload`.
  case maximumPayload = "Maximum Payload Violation"
  /// More bytes wait for the client than `max_pending`.
  case slowConsumer = "Slow Consumer"
  /// The client took nothing for `write_deadline`.
  case writeDeadline = "Slow Consumer (write deadline)"
  /// No connection.
  case notConnected = "not connected"
}

extension NATSServer {
  /// Finds a client over its limit, or a subscription without a client.
  public func checkInvariants() -> InvariantViolation? {
    for client in clients.keys.sorted() {
      let waiting = clients[client]?.pending ?? 0
      if waiting > options.maxPending {
        return InvariantViolation(
          "pending limit",
          witness: "\(waiting) bytes wait for client \(client), the limit is "
            + "\(options.maxPending).")
      }
    }
    if let orphan = subscriptions.first(where: { clients[$0.client] == nil }) {
      return InvariantViolation(
        "subscriptions belong to clients",
        witness: "Client \(orphan.client) is gone and still subscribed to "
          + "\(orphan.subject.text).")
    }
    return nil
  }
}
