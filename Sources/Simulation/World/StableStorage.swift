import Kernel

/// What a disk keeps for a process: a value that records are applied to, one after the other.
public protocol StableStorage: Sendable {
  /// One write.
  associatedtype Record: Sendable

  /// Takes in a write that is now durable.
  mutating func apply(_ record: Record)
}

/// Storage that keeps every record in order: an append-only file.
public struct RecordLog<Record: Sendable>: StableStorage {
  /// The records, oldest first.
  public private(set) var records: [Record]

  /// A file that holds `records`.
  public init(_ records: [Record] = []) { self.records = records }

  /// Appends `record`.
  public mutating func apply(_ record: Record) { records.append(record) }
}

/// Storage that keeps the last value put under each key: a table.
public struct RecordTable<Key: Hashable & Comparable & Sendable, Value: Sendable>: StableStorage {
  /// A value put under a key, or nil to remove the key.
  public struct Put: Sendable {
    /// The key.
    public let key: Key
    /// The value; nil removes the key.
    public let value: Value?

    /// Puts `value` under `key`.
    public init(_ key: Key, _ value: Value?) {
      self.key = key
      self.value = value
    }
  }

  private var values: [Key: Value] = [:]

  /// An empty table.
  public init() {}

  /// The value under `key`, or nil.
  public subscript(key: Key) -> Value? { values[key] }

  /// The keys in ascending order.
  public var keys: [Key] { values.keys.sorted() }

  /// Puts or removes.
  public mutating func apply(_ record: Put) { values[record.key] = record.value }
}
