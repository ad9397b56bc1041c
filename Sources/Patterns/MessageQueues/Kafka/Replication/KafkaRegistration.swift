/// What the controller keeps of a broker.
///
/// Source: apache/kafka, `BrokerRegistration`: incarnation id and fencing.
public struct KafkaRegistration: Sendable, Hashable {
  /// The life that it has registered, counted up from 1; 0 while it has never been there.
  public var incarnation = 0
  /// Whether the controller has given it up.
  public var isFenced = true

  /// A broker that has never been there.
  public init() {}
}
