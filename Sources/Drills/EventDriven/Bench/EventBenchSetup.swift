import Kernel
import Patterns

/// How the bench of event-driven services is set up, by plain knobs or by those of a tool.
struct EventBenchSetup: Sendable {
  /// The knobs of the scenario that mean something at the bench.
  static let plainKnobs: [Knob] = EventKnobs.design.filter {
    [
      "publish", "relays", "relay.claim", "relay.batch", "inbox", "versions", "reader",
      "schema.compatibility", "FifoQueue", "VisibilityTimeout",
    ].contains($0.name)
  }

  var publish = OrderPublishing.outbox
  var relays = 1
  var claim = RelayClaim.byKey
  var batch = 20
  var readerKind = "tolerant"
  var isFifo = true
  var visibility = TimeSpan.seconds(30)
  var design = EventDesign()

  init(_ settings: Settings, _ preset: EventPreset?) {
    if let preset {
      design = preset.design(settings)
      return
    }
    publish = OrderPublishing(rawValue: settings.word("publish")) ?? .outbox
    relays = settings.integer("relays")
    claim = RelayClaim(rawValue: settings.word("relay.claim")) ?? .byKey
    batch = settings.integer("relay.batch")
    readerKind = settings.word("reader")
    isFifo = settings.flag("FifoQueue")
    visibility = settings.span("VisibilityTimeout")
    design.hasInbox = settings.flag("inbox")
    design.versions = VersionedReplica.Rule(rawValue: settings.word("versions")) ?? .park
    design.compatibility =
      SchemaRegistry.Compatibility(rawValue: settings.word("schema.compatibility")) ?? .none
  }

  /// A consumer that reads by `schema`, one of the registered `schemas`.
  func reader(by schema: OrderSchema, of schemas: [OrderSchema]) -> EventReader {
    let version = 1 + (schemas.firstIndex(of: schema) ?? 0)
    let converters = schemas.enumerated().dropFirst().flatMap { place, other in
      other.converters(place + 1)
    }
    return EventReader(
      schema.schema(version), isStrict: readerKind != "tolerant",
      converters: readerKind == "converting" ? converters : [])
  }
}
