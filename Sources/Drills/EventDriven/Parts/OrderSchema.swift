import Patterns

/// What the orders service writes into its events: version 1, or one of the changes to it.
enum OrderSchema: String, Sendable, Hashable, CaseIterable {
  /// Version 1: `order`, `status` and `courier`.
  case first
  /// One field more, which readers can do without.
  case added = "add-optional"
  /// That field again, and now readers need it.
  case required = "require"
  /// `status` is called something else.
  case renamed = "rename"
  /// The new name and, for a while, the old one beside it.
  case expanded = "expand"
  /// `courier` is written no more.
  case dropped = "drop"

  /// The schema, as the `version` that it becomes in a registry.
  func schema(_ version: Int = 2) -> EventSchema {
    let fields: [EventSchema.Field] =
      switch self {
      case .first: [.init("order"), .init("status"), .init("courier")]
      case .added:
        [.init("order"), .init("status"), .init("courier"), .init("coupon", fallback: 0)]
      case .required: [.init("order"), .init("status"), .init("courier"), .init("coupon")]
      case .renamed: [.init("order"), .init("order_status"), .init("courier")]
      case .expanded:
        [
          .init("order"), .init("status"), .init("courier"), .init("order_status", fallback: 0),
        ]
      case .dropped: [.init("order"), .init("status")]
      }
    return EventSchema(version: self == .first ? 1 : version, fields: fields)
  }

  /// What brings events of this schema, as `version`, to readers of version 1, and back.
  func converters(_ version: Int = 2) -> [EventReader.Converter] {
    let down: [EventReader.Change]
    let up: [EventReader.Change]
    switch self {
    case .first, .added, .expanded: (down, up) = ([], [])
    case .required: (down, up) = ([], [.add("coupon", 0)])
    case .renamed:
      down = [.rename("order_status", to: "status")]
      up = [.rename("status", to: "order_status")]
    case .dropped: (down, up) = ([.add("courier", 0)], [.remove("courier")])
    }
    return [.init(from: version, to: 1, down), .init(from: 1, to: version, up)]
  }

  /// The state among the fields that a reader made out, whatever it is called.
  static func state(in fields: [DomainEvent.Field]) -> Int? {
    (fields.first { $0.name == "status" } ?? fields.first { $0.name == "order_status" })?.value
  }

  /// The payload of an event that says that `order` stands at `state`.
  func payload(order: Int, state: Int) -> [DomainEvent.Field] {
    schema().fields.map { field in
      switch field.name {
      case "order": DomainEvent.Field(field.name, order)
      case "coupon": DomainEvent.Field(field.name, 0)
      case "courier": DomainEvent.Field(field.name, 1 + order % 3)
      default: DomainEvent.Field(field.name, state)
      }
    }
  }
}
