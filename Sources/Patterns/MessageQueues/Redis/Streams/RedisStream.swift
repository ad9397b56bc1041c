import Kernel

/// A Redis stream: entries in the order of their ids, and the consumer groups that read them.
///
/// A group hands each entry to one consumer and remembers it as *pending* until it is acknowledged,
/// even when the entry is deleted or trimmed meanwhile. Nothing is ever handed out again by itself:
/// somebody has to claim. Source: redis 7.0, src/t_stream.c, and recordings of 7.0.15.
public struct RedisStream: Sendable, Hashable {
  /// An entry.
  public struct Entry: Sendable, Hashable {
    /// Its id.
    public let id: RedisStreamID
    /// Names and values in turn.
    public let fields: [String]
  }

  /// An entry that a group handed out and nobody acknowledged.
  public struct Pending: Sendable, Hashable {
    /// Its id.
    public let id: RedisStreamID
    /// Who has it.
    public internal(set) var consumer: String
    /// When it was last handed out.
    public internal(set) var deliveredAt: Instant
    /// How often it was handed out.
    public internal(set) var count: Int
  }

  /// A consumer group.
  public struct Group: Sendable, Hashable {
    /// Its name.
    public let name: String
    /// The id of the last entry that it handed out as new.
    public internal(set) var lastDelivered: RedisStreamID
    /// What is out, by id.
    public internal(set) var pending: [Pending] = []
    /// Its consumers, in the order of their names.
    public internal(set) var consumers: [String] = []

    /// The place of an id among what is out, or where it would go.
    func place(_ id: RedisStreamID) -> (index: Int, isThere: Bool) {
      let index = RedisStream.place(of: id, in: pending, by: \.id)
      return (index, index < pending.count && pending[index].id == id)
    }

    mutating func meet(_ consumer: String) {
      if !consumers.contains(consumer) {
        consumers.append(consumer)
        consumers.sort()
      }
    }
  }

  /// The entries, by id.
  public internal(set) var entries: [Entry] = []
  /// The greatest id ever given.
  public internal(set) var lastID = RedisStreamID.zero
  /// The groups, in the order in which they were made.
  public internal(set) var groups: [Group] = []
  /// Wrong ways to build it.
  public let shortcuts: Set<RedisStreamShortcut>

  /// An empty stream.
  public init(shortcuts: Set<RedisStreamShortcut> = []) { self.shortcuts = shortcuts }

  static func place<Item>(
    of id: RedisStreamID, in items: [Item], by key: (Item) -> RedisStreamID
  ) -> Int {
    var low = 0
    var high = items.count
    while low < high {
      let middle = (low + high) / 2
      if key(items[middle]) < id { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// The entry of an id, or nil when it is gone.
  public func entry(_ id: RedisStreamID) -> Entry? {
    let index = Self.place(of: id, in: entries, by: \.id)
    return index < entries.count && entries[index].id == id ? entries[index] : nil
  }

  /// Up to `limit` entries from `first` to `last`, both included.
  public func range(
    _ first: RedisStreamID, _ last: RedisStreamID, limit: Int = .max
  ) -> [Entry] {
    let start = Self.place(of: first, in: entries, by: \.id)
    return Array(entries[start...].prefix { $0.id <= last }.prefix(limit))
  }

  mutating func append(_ id: RedisStreamID, _ fields: [String]) {
    entries.append(Entry(id: id, fields: fields))
    lastID = id
  }

  /// Removes entries and returns how many were there; groups keep what is pending.
  mutating func delete(_ ids: [RedisStreamID]) -> Int {
    var count = 0
    for id in ids {
      let index = Self.place(of: id, in: entries, by: \.id)
      guard index < entries.count, entries[index].id == id else { continue }
      entries.remove(at: index)
      count += 1
    }
    return count
  }

  /// Keeps the newest `most` entries; returns how many went.
  mutating func trim(toLength most: Int) -> Int {
    let excess = max(0, entries.count - most)
    entries.removeFirst(excess)
    return excess
  }

  /// Removes the entries before `id`; returns how many went.
  mutating func trim(before id: RedisStreamID) -> Int {
    let excess = Self.place(of: id, in: entries, by: \.id)
    entries.removeFirst(excess)
    return excess
  }

  func group(_ name: String) -> Int? { groups.firstIndex { $0.name == name } }

  // MARK: Reading as a group

  /// Hands up to `limit` new entries to a consumer.
  mutating func readNew(
    _ group: Int, _ consumer: String, limit: Int, keepsPending: Bool, at now: Instant
  ) -> [Entry] {
    groups[group].meet(consumer)
    guard let first = groups[group].lastDelivered.next else { return [] }
    let found = range(first, .greatest, limit: limit)
    guard let last = found.last else { return [] }
    groups[group].lastDelivered = last.id
    guard keepsPending else { return found }
    for entry in found {
      let pending = Pending(id: entry.id, consumer: consumer, deliveredAt: now, count: 1)
      let (index, isThere) = groups[group].place(entry.id)
      if isThere {
        groups[group].pending[index] = pending
      } else {
        groups[group].pending.insert(pending, at: index)
      }
    }
    return found
  }

  /// What a consumer has pending after `id`: each id, with its entry unless that is gone.
  mutating func readOwn(
    _ group: Int, _ consumer: String, after id: RedisStreamID, limit: Int, at now: Instant
  ) -> [(id: RedisStreamID, entry: Entry?)] {
    groups[group].meet(consumer)
    var found: [(id: RedisStreamID, entry: Entry?)] = []
    for index in groups[group].pending.indices where found.count < limit {
      let pending = groups[group].pending[index]
      guard pending.consumer == consumer, pending.id > id else { continue }
      let entry = entry(pending.id)
      if entry != nil {
        groups[group].pending[index].deliveredAt = now
        groups[group].pending[index].count += 1
      }
      found.append((pending.id, entry))
    }
    return found
  }

  /// Acknowledges; returns how many were pending.
  mutating func acknowledge(_ group: Int, _ ids: [RedisStreamID]) -> Int {
    var count = 0
    for id in ids {
      let (index, isThere) = groups[group].place(id)
      guard isThere else { continue }
      groups[group].pending.remove(at: index)
      count += 1
    }
    return count
  }
}

/// A wrong way to build Redis streams that seems to work.
public enum RedisStreamShortcut: String, Sendable, Hashable, CaseIterable {
  /// A claim leaves the idle time as it was, so that the next one takes the entry away again.
  case claimKeepsIdle = "claim-keeps-idle"
  /// A claim takes entries however short they have been out.
  case claimIgnoresIdle = "claim-ignores-idle"
  /// Reading as a group does not remember what is out.
  case forgetsPending = "forgets-pending"
}
