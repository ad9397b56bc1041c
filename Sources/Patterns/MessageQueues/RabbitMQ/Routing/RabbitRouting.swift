/// The exchanges and bindings of a broker: which queues a message goes to.
///
/// A message reaches a queue once, however many bindings and paths lead there. The default
/// exchange binds every queue by its name.
public struct RabbitRouting: Sendable, Hashable {
  /// The exchanges in the order of declaration, without the default one.
  public private(set) var exchanges: [RabbitExchange]
  /// The bindings in the order they were made.
  public private(set) var bindings: [RabbitBinding] = []

  /// The exchanges that every broker has from the start.
  public init() {
    exchanges = [
      RabbitExchange("amq.direct", .direct), RabbitExchange("amq.fanout", .fanout),
      RabbitExchange("amq.topic", .topic), RabbitExchange("amq.headers", .headers),
    ]
  }

  /// The exchange called `name`; the default exchange is no entry of the table.
  public func exchange(_ name: String) -> RabbitExchange? { exchanges.first { $0.name == name } }

  /// Whether messages can be published to `name`.
  public func hasExchange(_ name: String) -> Bool { name.isEmpty || exchange(name) != nil }

  /// Adds an exchange; false when one of that name exists with other properties.
  public mutating func declare(_ exchange: RabbitExchange) -> Bool {
    if let existing = self.exchange(exchange.name) { return existing == exchange }
    exchanges.append(exchange)
    return true
  }

  /// Adds a binding; one that exists stays one.
  public mutating func bind(_ binding: RabbitBinding) {
    if !bindings.contains(binding) { bindings.append(binding) }
  }

  /// Takes a binding away.
  public mutating func unbind(_ binding: RabbitBinding) { bindings.removeAll { $0 == binding } }

  /// Forgets the bindings that lead to a queue that is gone.
  public mutating func forgetQueue(_ name: String) {
    bindings.removeAll { $0.destination == .queue(name) }
  }

  /// Forgets what does not survive a restart.
  mutating func forgetTransient(queues: Set<String>) {
    exchanges.removeAll { !$0.isDurable }
    let names = Set(exchanges.map(\.name))
    bindings.removeAll { binding in
      guard names.contains(binding.exchange) else { return true }
      switch binding.destination {
      case .queue(let name): return !queues.contains(name)
      case .exchange(let name): return !names.contains(name)
      }
    }
  }

  /// The queues that `message` goes to, each once, in the order they are found.
  ///
  /// An exchange of which no binding takes the message passes it to its alternate exchange.
  public func queues(for message: RabbitMessage, has: (String) -> Bool) -> [String] {
    guard !message.exchange.isEmpty else {
      return has(message.routingKey) ? [message.routingKey] : []
    }
    var found: [String] = []
    var seen: Set<String> = [message.exchange]
    var work = [message.exchange]
    while let name = work.popLast() {
      guard let exchange = exchange(name) else { continue }
      let taken = bindings.filter { $0.exchange == name && $0.takes(message, as: exchange.kind) }
      var next = taken.isEmpty ? [exchange.alternate].compactMap { $0 } : []
      for binding in taken {
        switch binding.destination {
        case .queue(let queue): if has(queue), !found.contains(queue) { found.append(queue) }
        case .exchange(let exchange): next.append(exchange)
        }
      }
      for exchange in next where seen.insert(exchange).inserted { work.append(exchange) }
    }
    return found
  }
}
