import Kernel

/// The value of a message attribute that filter policies look at.
public enum SNSAttribute: Sendable, Hashable {
  /// `String`.
  case text(String)
  /// `Number`.
  case number(Double)
  /// `String.Array`.
  case list([String])
}

/// What a publisher hands to a topic: the parameters of `Publish`.
public struct SNSEntry<Body: Sendable & Hashable>: Sendable, Hashable {
  /// The body.
  public let body: Body
  /// Its attributes by name.
  public let attributes: [String: SNSAttribute]
  /// `MessageGroupId`, for FIFO topics.
  public let group: String?
  /// `MessageDeduplicationId`, for FIFO topics.
  public let deduplication: String?

  /// An entry.
  public init(
    _ body: Body, attributes: [String: SNSAttribute] = [:], group: String? = nil,
    deduplication: String? = nil
  ) {
    self.body = body
    self.attributes = attributes
    self.group = group
    self.deduplication = deduplication
  }
}

/// Who gets a copy of the messages of a topic.
public struct SNSSubscription: Sendable, Hashable {
  /// What it passes on: nil is everything.
  public var filter: SNSFilterPolicy?
  /// How deliveries are tried again.
  public var policy: SNSDeliveryPolicy
  /// Whether it has a dead-letter queue for what cannot be delivered.
  public var hasDeadLetterQueue: Bool

  /// A subscription.
  public init(
    filter: SNSFilterPolicy? = nil, policy: SNSDeliveryPolicy = .awsManaged,
    hasDeadLetterQueue: Bool = false
  ) {
    self.filter = filter
    self.policy = policy
    self.hasDeadLetterQueue = hasDeadLetterQueue
  }
}
