/// What fields the payload of an event has under one version of its schema.
public struct EventSchema: Sendable, Hashable {
  /// One field.
  public struct Field: Sendable, Hashable {
    /// The name.
    public let name: String
    /// What a reader takes where a writer left it out; nil means that it needs the field.
    public let fallback: Int?

    /// A field.
    public init(_ name: String, fallback: Int? = nil) {
      self.name = name
      self.fallback = fallback
    }
  }

  /// The version, from 1.
  public let version: Int
  /// The fields.
  public let fields: [Field]

  /// A schema.
  public init(version: Int, fields: [Field]) {
    self.version = version
    self.fields = fields
  }

  /// The fields that a reader with this schema needs and `writer` does not write.
  public func missing(from writer: EventSchema) -> [String] {
    fields.filter { field in
      field.fallback == nil && !writer.fields.contains { $0.name == field.name }
    }.map(\.name)
  }

  /// Whether a reader with this schema can read what `writer` writes.
  public func canRead(_ writer: EventSchema) -> Bool { missing(from: writer).isEmpty }
}

/// Where the schemas of an event are kept, with a rule for new versions.
///
/// Source: the compatibility types of Confluent's Schema Registry: a backward compatible schema can
/// read what the last one wrote (readers go first), a forward compatible one writes what the last
/// one can read (writers go first).
public struct SchemaRegistry: Sendable, Hashable {
  /// The rule for new versions.
  public enum Compatibility: String, Sendable, Hashable, CaseIterable {
    /// Anything goes.
    case none
    /// New readers understand old events.
    case backward
    /// Old readers understand new events.
    case forward
    /// Both.
    case full
    /// New readers understand the events of every version.
    case backwardTransitive = "backward-transitive"
    /// Readers of every version understand new events.
    case forwardTransitive = "forward-transitive"
    /// Both.
    case fullTransitive = "full-transitive"

    /// Whether new readers must understand old events.
    var looksBack: Bool { [.backward, .full, .backwardTransitive, .fullTransitive].contains(self) }
    /// Whether old readers must understand new events.
    var looksAhead: Bool { [.forward, .full, .forwardTransitive, .fullTransitive].contains(self) }
    /// Whether every version counts, not only the newest.
    var isTransitive: Bool {
      [.backwardTransitive, .forwardTransitive, .fullTransitive].contains(self)
    }
  }

  /// Why a schema is not taken.
  public struct Refusal: Error, Sendable, Hashable {
    /// The version that would read.
    public let reader: Int
    /// The version that would have written.
    public let writer: Int
    /// The fields that the reader would miss.
    public let missing: [String]

    /// A refusal.
    public init(reader: Int, writer: Int, missing: [String]) {
      self.reader = reader
      self.writer = writer
      self.missing = missing
    }
  }

  /// The rule.
  public let compatibility: Compatibility
  /// The versions taken, oldest first.
  public private(set) var schemas: [EventSchema]

  /// A registry that holds `first`.
  public init(_ compatibility: Compatibility, first: EventSchema) {
    self.compatibility = compatibility
    schemas = [first]
  }

  /// Takes a new version if the rule allows it after the newest one, or after all of them.
  public mutating func register(_ schema: EventSchema) throws(Refusal) {
    for other in schemas.reversed().prefix(compatibility.isTransitive ? schemas.count : 1) {
      if compatibility.looksBack { try check(schema, reads: other) }
      if compatibility.looksAhead { try check(other, reads: schema) }
    }
    schemas.append(schema)
  }

  private func check(_ reader: EventSchema, reads writer: EventSchema) throws(Refusal) {
    let missing = reader.missing(from: writer)
    guard missing.isEmpty else {
      throw Refusal(reader: reader.version, writer: writer.version, missing: missing)
    }
  }
}
