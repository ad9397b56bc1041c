import Kernel
import Patterns

/// What the processes of a messaging universe send each other.
///
/// A request carries a number of its sender's, which the answer repeats.
enum MessagingWire: Sendable, Hashable {
  // To and from the topic, or straight to a queue.
  case publish(SNSEntry<DomainEvent>, request: Int)
  case accepted(request: Int)
  case rejected(SQSRefusal, request: Int)
  case hand(SQSEntry<DomainEvent>, copy: Int)
  case taken(copy: Int)

  // To and from a queue and its dead-letter queue.
  case receive(most: Int, isDead: Bool, request: Int)
  case received([SQSDelivery<DomainEvent>], isDead: Bool, request: Int)
  case delete(ReceiptHandle, isDead: Bool, request: Int)
  case change(ReceiptHandle, to: TimeSpan, request: Int)
  case done(request: Int)
  case refused(SQSRefusal, request: Int)

  // To and from a consumer's database.
  case store(ConsumerCall, request: Int)
  case stored(ConsumerDatabase.Result, request: Int)
  case noted(isNew: Bool, request: Int)

  // To and from the orders service, and between it, its database and the relays.
  case ask(aggregate: Int, request: Int)
  case told(version: Int, state: Int, request: Int)
  case book(BookCall, request: Int)
  case booked(BookReply, request: Int)
}

/// A transaction on a consumer's database.
enum ConsumerCall: Sendable, Hashable {
  case apply(DomainEvent, state: Int?)
  case load(DomainEvent, version: Int, state: Int)
  case note(DomainEvent)
  case carryOut(DomainEvent, state: Int?)
}

/// A call to the database of the orders service.
enum BookCall: Sendable, Hashable {
  case change(OrderChange, transaction: Int, hasOutbox: Bool, schema: OrderSchema)
  case commit(transaction: Int, isRefused: Bool)
  case claim(limit: Int, relay: Int, above: Int?)
  case mark([Int], relay: Int)
  case cursor(relay: Int)
  case look(aggregate: Int)
}

/// Its answer.
enum BookReply: Sendable, Hashable {
  case changed(DomainEvent)
  case locked
  case committed(Bool)
  case rows([ServiceDatabase.OutboxRow])
  case cursor(Int)
  case state(version: Int, state: Int)
}

/// A wish of a customer: `aggregate` shall stand at `state`; some are refused at the commit.
struct OrderChange: Sendable, Hashable {
  let number: Int
  let aggregate: Int
  let state: Int
  let isRefused: Bool
  /// How long it takes between its first write and its commit.
  let workTime: TimeSpan
}

/// What a driver tells a process on its machine.
enum MessagingWord: Sendable, Hashable {
  case produce(DomainEvent, group: String, deduplication: String?)
  case workDone(tag: Int, isGood: Bool)
  case change(OrderChange)
  case deploy(OrderSchema)
}

/// What a process tells the driver.
enum MessagingAnswer: Sendable, Hashable {
  /// A producer knows that its message is safe.
  case confirmed(Int)
  /// A producer's message was refused.
  case refused(Int)
  /// A producer sent its message another time.
  case retried(Int, attempt: Int)
  /// A worker was handed a message and begins to work on it.
  case handed(DomainEvent, receives: Int)
  case begins(DomainEvent, receives: Int, tag: Int)
  /// A worker could not make sense of the payload.
  case unreadable(DomainEvent)
  /// A consumer's database did something for a worker.
  case stored(DomainEvent, ConsumerDatabase.Result, worker: NodeID)
  /// What a queue did by itself.
  case timedOut(DomainEvent, receives: Int)
  case deadLettered(DomainEvent, receives: Int)
  case expired([DomainEvent], isDead: Bool)
  case resurfaced(DomainEvent)
  case repeated(DomainEvent)
  /// The topic gave a copy up.
  case gaveUp(DomainEvent, subscription: Int)
  /// The topic has an event that it did not have before.
  case published(DomainEvent)
  /// The orders database committed a change, or rolled it back.
  case committed(DomainEvent)
  case rolledBack(DomainEvent)
  /// The orders service has an answer for its customer.
  case ordered(Int, isGood: Bool)
  /// The orders service gave up on publishing an event.
  case unpublished(DomainEvent)
  /// A relay publishes a row.
  case relayed(DomainEvent)
  /// The orders service was asked for a state.
  case asked
}
