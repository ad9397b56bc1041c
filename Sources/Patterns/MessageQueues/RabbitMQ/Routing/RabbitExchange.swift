/// Where publishers send messages: it passes them on to the queues that its bindings name.
public struct RabbitExchange: Sendable, Hashable {
  /// How an exchange chooses among its bindings.
  public enum Kind: String, Sendable, Hashable, CaseIterable {
    /// By equality of the routing key.
    case direct
    /// Every binding.
    case fanout
    /// By a pattern over the words of the routing key.
    case topic
    /// By the headers; the routing key does not matter.
    case headers
  }

  /// The name; the default exchange has the empty one.
  public let name: String
  /// How it chooses.
  public let kind: Kind
  /// The exchange that gets what no binding takes.
  public let alternate: String?
  /// Whether it survives a restart of the broker.
  public let isDurable: Bool

  /// An exchange.
  public init(_ name: String, _ kind: Kind, alternate: String? = nil, isDurable: Bool = true) {
    self.name = name
    self.kind = kind
    self.alternate = alternate
    self.isDurable = isDurable
  }
}

/// A rule that leads from an exchange to a queue or to another exchange.
public struct RabbitBinding: Sendable, Hashable {
  /// Where a binding leads.
  public enum Destination: Sendable, Hashable {
    /// To a queue.
    case queue(String)
    /// To another exchange.
    case exchange(String)
  }

  /// The exchange it belongs to.
  public let exchange: String
  /// Where it leads.
  public let destination: Destination
  /// The binding key.
  public let key: String
  /// What a headers exchange looks at.
  public let arguments: [RabbitField]

  /// A binding.
  public init(
    _ exchange: String, to destination: Destination, key: String = "",
    arguments: [RabbitField] = []
  ) {
    self.exchange = exchange
    self.destination = destination
    self.key = key
    self.arguments = arguments
  }

  func takes(_ message: RabbitMessage, as kind: RabbitExchange.Kind) -> Bool {
    switch kind {
    case .direct: key == message.routingKey
    case .fanout: true
    case .topic: RabbitTopicPattern(key).matches(message.routingKey)
    case .headers: RabbitHeadersMatch(arguments)?.matches(message.headers) ?? false
    }
  }
}
