import Kernel

/// What producers and consumers of messages saw, in order of time: the record that loss, duplicates
/// and reorderings are read from.
///
/// Only clients write to it: a broker's own counters never do. A message is known by the number it
/// was published under, whatever the broker calls it. Where every subscriber gets a copy, each
/// subscription is numbered, and every message is owed to each of them unless it says otherwise.
public struct DeliveryHistory: Sendable, Equatable {
  /// A message that a producer handed over.
  public struct Message: Sendable, Hashable {
    /// The place of the message in the order of publication, from 0.
    public let number: Int
    /// What it is about: messages of one key are meant to be applied in order; nil is no order.
    public let key: Int?
    /// The producer.
    public let producer: Int
    /// When the producer handed it over for the first time.
    public let publishedAt: Instant
    /// When the producer learned that the broker answers for it.
    public internal(set) var confirmedAt: Instant?
    /// When the producer learned that the broker does not take it.
    public internal(set) var refusedAt: Instant?
    /// The subscriptions it is owed to; nil: all of them.
    public let owedTo: [Int]?
  }

  /// Something a consumer did with a message.
  public struct Handling: Sendable, Hashable {
    /// What it did.
    public enum Step: String, Sendable, Hashable {
      /// It was handed the message.
      case received
      /// Its effect was carried out for good.
      case applied
      /// It was found set aside, as in a dead-letter queue.
      case setAside = "set aside"
    }

    /// The message's number.
    public let message: Int
    /// The subscription, from 0.
    public let subscription: Int
    /// The consumer.
    public let consumer: Int
    /// What it did.
    public let step: Step
    /// When.
    public let at: Instant
  }

  /// The number of subscriptions.
  public let subscriptions: Int
  /// The messages, in the order of publication.
  public private(set) var messages: [Message] = []
  /// What consumers did, in order of time.
  public private(set) var handlings: [Handling] = []

  /// An empty record of `subscriptions` subscriptions.
  public init(subscriptions: Int = 1) { self.subscriptions = subscriptions }

  /// Records that `producer` hands over a message for the first time, and returns its number.
  public mutating func publish(
    by producer: Int, key: Int? = nil, owedTo: [Int]? = nil, at now: Instant
  ) -> Int {
    let number = messages.count
    messages.append(
      Message(
        number: number, key: key, producer: producer, publishedAt: now, confirmedAt: nil,
        refusedAt: nil, owedTo: owedTo))
    return number
  }

  /// Records that the producer learned that the broker answers for `message`.
  public mutating func confirm(_ message: Int, at now: Instant) {
    messages[message].confirmedAt = messages[message].confirmedAt ?? now
  }

  /// Records that the producer learned that the broker does not take `message`.
  public mutating func refuse(_ message: Int, at now: Instant) {
    messages[message].refusedAt = messages[message].refusedAt ?? now
  }

  /// Records what `consumer` of `subscription` did with `message`.
  public mutating func handle(
    _ message: Int, _ step: Handling.Step, by consumer: Int, subscription: Int = 0, at now: Instant
  ) {
    precondition(messages.indices.contains(message), "message \(message) was never published")
    handlings.append(
      Handling(
        message: message, subscription: subscription, consumer: consumer, step: step, at: now))
  }
}
