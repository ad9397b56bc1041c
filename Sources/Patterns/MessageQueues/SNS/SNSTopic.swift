import Kernel

/// One SNS topic, standard or FIFO: a copy of each message for every subscription whose filter
/// takes it, delivered until the endpoint says that it has it or the delivery policy is spent.
///
/// A FIFO topic takes equal deduplication ids within five minutes for one message, and delivers the
/// messages of a group to a subscription one after the other, in order.
///
/// Source: Amazon SNS developer guide, github.com/awsdocs/amazon-sns-developer-guide doc_source:
/// sns-message-delivery-retries.md, fifo-message-delivery.md, fifo-message-grouping.md,
/// sns-dead-letter-queues.md.
public struct SNSTopic<Body: Sendable & Hashable>: Machine {
  /// What can happen.
  public enum Input: Sendable, Hashable {
    /// `Publish`.
    case publish(SNSEntry<Body>, request: Int)
    /// The endpoint took the copy.
    case delivered(Int)
    /// The endpoint answered with an error of its own.
    case failed(Int)
    /// The instant of `wakeMe` has come.
    case wake
    /// The service is back after an outage.
    case restarted
  }

  /// What follows.
  public enum Output: Sendable, Hashable {
    /// The message is stored; a duplicate gets the id of the first.
    case published(messageID: Int, isDuplicate: Bool, request: Int)
    /// A FIFO topic got no group or no deduplication id.
    case refused(SQSRefusal, request: Int)
    /// Give a copy to the endpoint of a subscription; `attempt` counts from 1.
    case deliver(Int, SNSEntry<Body>, to: Int, attempt: Int)
    /// The policy is spent: the copy goes to the subscription's dead-letter queue, or is dropped.
    case gaveUp(SNSEntry<Body>, of: Int, isKept: Bool, attempts: Int)
    /// Something is due at that instant; it replaces what was asked for before.
    case wakeMe(Instant)
  }

  /// A copy on its way to one endpoint.
  struct Copy: Sendable, Hashable {
    let entry: SNSEntry<Body>
    let subscription: Int
    var attempts = 0
    /// When the next attempt begins, or the endpoint has taken too long to answer.
    var due: Instant
    var isAwaited = false
  }

  /// What became of copies.
  public struct Counts: Sendable, Hashable {
    /// Messages stored, duplicates left out.
    public internal(set) var published = 0
    /// Publishes that were taken for duplicates.
    public internal(set) var duplicates = 0
    /// Copies made.
    public internal(set) var copies = 0
    /// Messages that a filter kept from a subscription.
    public internal(set) var filtered = 0
    /// Copies that endpoints took.
    public internal(set) var delivered = 0
    /// Copies given up, kept in a dead-letter queue.
    public internal(set) var kept = 0
    /// Copies given up and gone.
    public internal(set) var dropped = 0
  }

  /// Whether it is a FIFO topic.
  public let isFifo: Bool
  /// How long an endpoint may take to answer.
  public let responseTimeout: TimeSpan
  /// Who gets copies.
  public let subscriptions: [SNSSubscription]
  /// What became of copies.
  public internal(set) var counts = Counts()
  var copies: [Int: Copy] = [:]
  /// Copies not yet delivered, in the order of publication.
  var order: [Int] = []
  var remembered: [String: Remembered] = [:]
  var nextMessage = 0
  var nextCopy = 0
  var armed: Instant?

  struct Remembered: Sendable, Hashable {
    let messageID: Int
    let at: Instant
  }

  /// A topic with its subscriptions.
  public init(
    subscriptions: [SNSSubscription], isFifo: Bool = false,
    responseTimeout: TimeSpan = .seconds(15)
  ) {
    self.subscriptions = subscriptions
    self.isFifo = isFifo
    self.responseTimeout = responseTimeout
  }

  /// Takes one input.
  public mutating func step(_ input: Input, at now: Instant) -> [Output] {
    var outputs: [Output] = []
    if let due = armed, due <= now { armed = nil }
    switch input {
    case .publish(let entry, let request): publish(entry, request, at: now, &outputs)
    case .delivered(let copy):
      if remove(copy) != nil { counts.delivered += 1 }
    case .failed(let number):
      if copies[number]?.isAwaited == true { retry(number, at: now, &outputs) }
    case .wake: break
    case .restarted: armed = nil
    }
    work(at: now, &outputs)
    return outputs
  }

  /// How many copies are on their way to a subscription.
  public func pending(of subscription: Int) -> Int {
    order.count { copies[$0]?.subscription == subscription }
  }

  private mutating func publish(
    _ entry: SNSEntry<Body>, _ request: Int, at now: Instant, _ outputs: inout [Output]
  ) {
    if isFifo {
      guard entry.group != nil else {
        outputs.append(.refused(.missingGroup, request: request))
        return
      }
      guard let id = entry.deduplication else {
        outputs.append(.refused(.missingDeduplication, request: request))
        return
      }
      if let first = remembered[id], now - first.at < SQSOptions.deduplicationInterval {
        counts.duplicates += 1
        outputs.append(
          .published(messageID: first.messageID, isDuplicate: true, request: request))
        return
      }
      remembered[id] = Remembered(messageID: nextMessage, at: now)
    }
    outputs.append(.published(messageID: nextMessage, isDuplicate: false, request: request))
    nextMessage += 1
    counts.published += 1
    for (place, subscription) in subscriptions.enumerated() {
      guard subscription.filter?.accepts(entry.attributes) ?? true else {
        counts.filtered += 1
        continue
      }
      copies[nextCopy] = Copy(entry: entry, subscription: place, due: now)
      order.append(nextCopy)
      nextCopy += 1
      counts.copies += 1
    }
  }
}
