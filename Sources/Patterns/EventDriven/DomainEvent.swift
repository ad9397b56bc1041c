import Kernel

/// A fact about an aggregate, in the past tense: what services tell each other.
public struct DomainEvent: Sendable, Hashable {
  /// A named value of the payload.
  public struct Field: Sendable, Hashable {
    /// The name under the writer's schema.
    public let name: String
    /// The value.
    public let value: Int

    /// A field.
    public init(_ name: String, _ value: Int) {
      self.name = name
      self.value = value
    }
  }

  /// The id, given where the event is made; a consumer knows a repeat by it.
  public let id: Int
  /// What it is about; the events of an aggregate have an order.
  public let aggregate: Int
  /// The place among the events of its aggregate, from 1.
  public let version: Int
  /// What happened, as in `order-placed`.
  public let type: String
  /// The version of the schema it was written under.
  public let schema: Int
  /// The payload: nothing in a notification, the new state in a state transfer.
  public let payload: [Field]

  /// An event.
  public init(
    id: Int, aggregate: Int, version: Int, type: String, schema: Int = 1, payload: [Field] = []
  ) {
    self.id = id
    self.aggregate = aggregate
    self.version = version
    self.type = type
    self.schema = schema
    self.payload = payload
  }

  /// The value of the field called `name`, or nil.
  public func value(_ name: String) -> Int? { payload.first { $0.name == name }?.value }
}
