/// What a client asks of a broker over a channel; the names are those of AMQP 0-9-1.
public enum RabbitMethod: Sendable, Hashable {
  /// Opens the channel, and its connection with it.
  case open
  /// Closes it: what it has not acknowledged goes back to its queues.
  case close
  /// Makes an exchange.
  case declareExchange(RabbitExchange)
  /// Makes a queue.
  case declareQueue(String, RabbitQueueArguments)
  /// Makes a binding.
  case bind(RabbitBinding)
  /// Takes one away.
  case unbind(RabbitBinding)
  /// Removes what waits in a queue.
  case purge(String)
  /// Wants a confirmation of every publish from now on.
  case confirmSelect
  /// Limits deliveries without an acknowledgement: of each consumer made from now on, or with
  /// `isGlobal` of the channel as a whole. 0 is no limit.
  case qos(prefetch: Int, isGlobal: Bool)
  /// Publishes; a `mandatory` message that no queue takes comes back.
  case publish(RabbitMessage, isMandatory: Bool)
  /// Asks to be sent the messages of a queue.
  case consume(queue: String, tag: String, autoAck: Bool)
  /// Asks no longer.
  case cancel(tag: String)
  /// Fetches one message.
  case get(queue: String, autoAck: Bool)
  /// The work on a delivery is done, with `multiple` on all up to it (0: on all there are).
  case ack(Int, multiple: Bool)
  /// It is not; the messages go back or are dead.
  case nack(Int, multiple: Bool, requeue: Bool)
  /// It is not, for one.
  case reject(Int, requeue: Bool)
  /// Puts back everything that the channel has not acknowledged.
  case recover
  /// Says that the client is alive.
  case heartbeat
}

/// What a broker tells a client over a channel.
public enum RabbitReply: Sendable, Hashable {
  /// The request was carried out.
  case done
  /// The queue exists: how many messages wait, how many consumers there are.
  case queueDeclared(String, waiting: Int, consumers: Int)
  /// So many messages were removed.
  case purged(Int)
  /// The consumer is served.
  case consuming(tag: String)
  /// The queue serves a consumer no longer, without having been asked.
  case cancelled(tag: String)
  /// A message for a consumer.
  case deliver(RabbitDelivery)
  /// The message that was fetched, and how many wait after it.
  case got(RabbitDelivery, waiting: Int)
  /// There was nothing to fetch.
  case empty
  /// A mandatory message that no queue takes.
  case returned(RabbitMessage, code: Int, text: String)
  /// The broker answers for a publish: its number on the channel, from 1.
  case confirmed(Int)
  /// The broker does not take a publish.
  case refused(Int)
  /// The channel is closed because of a mistake.
  case closed(RabbitClosure)
  /// The broker is alive.
  case heartbeat
}

/// A message as a client gets it.
public struct RabbitDelivery: Sendable, Hashable {
  /// The number to settle it by: grows by 1 on its channel.
  public let tag: Int
  /// The consumer; nil when it was fetched.
  public let consumer: String?
  /// Whether it was delivered before, to anybody.
  public let isRedelivered: Bool
  /// The header `x-delivery-count` of quorum queues: how often it came back.
  public let deliveryCount: Int?
  /// The message.
  public let message: RabbitMessage
}

/// Why a channel was closed.
public struct RabbitClosure: Sendable, Hashable {
  /// The reply code of AMQP.
  public let code: Int
  /// The text that comes with it.
  public let text: String

  /// Something that was named does not exist.
  public static func notFound(_ kind: String, _ name: String) -> RabbitClosure {
    RabbitClosure(code: 404, text: "NOT_FOUND - no \(kind) '\(name)' in vhost '/'")
  }

  /// A settlement of a delivery that the channel does not hold.
  public static func unknownTag(_ tag: Int) -> RabbitClosure {
    RabbitClosure(code: 406, text: "PRECONDITION_FAILED - unknown delivery tag \(tag)")
  }

  /// A declaration that does not fit what exists.
  public static func inequivalent(_ kind: String, _ name: String) -> RabbitClosure {
    RabbitClosure(
      code: 406,
      text: "PRECONDITION_FAILED - inequivalent arg for \(kind) '\(name)' in vhost '/'")
  }

  /// A request that a queue of this kind does not know.
  public static func notImplemented(_ what: String) -> RabbitClosure {
    RabbitClosure(code: 540, text: "NOT_IMPLEMENTED - \(what)")
  }

  /// A request that is not allowed here.
  public static func notAllowed(_ what: String) -> RabbitClosure {
    RabbitClosure(code: 530, text: "NOT_ALLOWED - \(what)")
  }
}
