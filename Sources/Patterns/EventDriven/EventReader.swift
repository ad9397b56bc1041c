/// How a consumer makes sense of the payload of an event.
///
/// A strict reader takes its own version only. A tolerant reader ignores what it does not know and
/// uses fallbacks for what is missing. Converters bring an event from one version to another
/// before it is read: upwards for a reader that is ahead (an upcaster), downwards for one behind.
public struct EventReader: Sendable, Hashable {
  /// One change to a payload.
  public enum Change: Sendable, Hashable {
    /// A field has another name.
    case rename(String, to: String)
    /// A field is set where it is missing.
    case add(String, Int)
    /// A field is dropped.
    case remove(String)
    /// A field is in another unit.
    case scale(String, by: Int)
  }

  /// What leads from one version to another.
  public struct Converter: Sendable, Hashable {
    /// The version it takes.
    public let from: Int
    /// The version it makes.
    public let to: Int
    /// The changes, in order.
    public let changes: [Change]

    /// A converter.
    public init(from: Int, to: Int, _ changes: [Change]) {
      self.from = from
      self.to = to
      self.changes = changes
    }
  }

  /// Why an event cannot be read.
  public enum Unreadable: Error, Sendable, Hashable {
    /// A strict reader of another version.
    case version(Int)
    /// Fields that are needed are not there.
    case missing([String])
  }

  /// The schema it reads by.
  public let schema: EventSchema
  /// Whether it takes its own version only.
  public let isStrict: Bool
  /// The converters it has.
  public let converters: [Converter]

  /// A reader.
  public init(_ schema: EventSchema, isStrict: Bool = false, converters: [Converter] = []) {
    self.schema = schema
    self.isStrict = isStrict
    self.converters = converters
  }

  /// The fields of its schema, in that order, read from `event`.
  public func read(_ event: DomainEvent) throws(Unreadable) -> [DomainEvent.Field] {
    var payload = event.payload
    var version = event.schema
    while version != schema.version, let next = converter(from: version) {
      for change in next.changes { Self.carryOut(change, on: &payload) }
      version = next.to
    }
    if isStrict, version != schema.version { throw .version(event.schema) }
    var fields: [DomainEvent.Field] = []
    var missing: [String] = []
    for field in schema.fields {
      if let value = payload.first(where: { $0.name == field.name })?.value ?? field.fallback {
        fields.append(DomainEvent.Field(field.name, value))
      } else {
        missing.append(field.name)
      }
    }
    guard missing.isEmpty else { throw .missing(missing) }
    return fields
  }

  /// The converter that leads from `version` towards the reader's own.
  private func converter(from version: Int) -> Converter? {
    converters.first { $0.from == version && ($0.to > version) == (schema.version > version) }
  }

  private static func carryOut(_ change: Change, on payload: inout [DomainEvent.Field]) {
    switch change {
    case .rename(let old, to: let new):
      payload = payload.map { $0.name == old ? DomainEvent.Field(new, $0.value) : $0 }
    case .add(let name, let value):
      if !payload.contains(where: { $0.name == name }) {
        payload.append(DomainEvent.Field(name, value))
      }
    case .remove(let name): payload.removeAll { $0.name == name }
    case .scale(let name, by: let factor):
      payload = payload.map {
        $0.name == name ? DomainEvent.Field(name, $0.value * factor) : $0
      }
    }
  }
}
