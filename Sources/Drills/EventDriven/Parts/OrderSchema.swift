import Patterns

/// What the orders service writes into its events: version 1, or one of the changes to it.
enum OrderSchema: String, Sendable, Hashable, CaseIterable {
  /// Version 1: `order` and `status`.
  case first
  /// Version 2 has one field more, which readers can do without.
  case added = "add-optional"
  /// Version 2 calls `status` something else.
  case renamed = "rename"
  /// Version 2 has the new name and, for a while, the old one beside it.
  case expanded = "expand"

  /// The fields.
  var schema: EventSchema {
    switch self {
    case .first: EventSchema(version: 1, fields: [.init("order"), .init("status")])
    case .added:
      EventSchema(
        version: 2, fields: [.init("order"), .init("status"), .init("coupon", fallback: 0)])
    case .renamed: EventSchema(version: 2, fields: [.init("order"), .init("order_status")])
    case .expanded:
      EventSchema(
        version: 2,
        fields: [.init("order"), .init("status"), .init("order_status", fallback: 0)])
    }
  }

  /// What a consumer of version 1 needs to read events of this one.
  var converters: [EventReader.Converter] {
    switch self {
    case .first, .added, .expanded: [EventReader.Converter(from: 2, to: 1, [])]
    case .renamed:
      [EventReader.Converter(from: 2, to: 1, [.rename("order_status", to: "status")])]
    }
  }

  /// The name of the field that holds the state, for a reader of version 1.
  static func stateField(of version: Int) -> String { version == 1 ? "status" : "order_status" }

  /// The payload of an event that says that `order` stands at `state`.
  func payload(order: Int, state: Int) -> [DomainEvent.Field] {
    schema.fields.map { field in
      switch field.name {
      case "order": DomainEvent.Field(field.name, order)
      case "coupon": DomainEvent.Field(field.name, 0)
      default: DomainEvent.Field(field.name, state)
      }
    }
  }
}
