/// Which consumer an API key belongs to: a word that is looked up, and nothing more.
///
/// A key has no dates and no signature. It counts until it is taken away, and whoever has it is the
/// consumer. That is why it is rotated with an overlap: the new one first, then the old one goes.
///
/// **A key that was revoked never finds a consumer again. No two consumers have the same key.**
public struct APIKeyTable: Sendable, Hashable {
  private struct Entry: Sendable, Hashable {
    let key: Int
    let consumer: Int
    var isRevoked = false
  }

  private var entries: [Entry] = []

  /// A table without keys.
  public init() {}

  /// Makes a key for `consumer`; keys that it has go on to count.
  public mutating func issue(to consumer: Int) -> Int {
    let key = entries.count + 1
    entries.append(Entry(key: key, consumer: consumer))
    return key
  }

  /// Takes a key away; false when there is no such key.
  public mutating func revoke(_ key: Int) -> Bool {
    guard let place = entries.firstIndex(where: { $0.key == key }) else { return false }
    entries[place].isRevoked = true
    return true
  }

  /// The consumer of `key`, or nil when it is unknown or was revoked.
  public func consumer(of key: Int) -> Int? {
    entries.first { $0.key == key && !$0.isRevoked }?.consumer
  }
}
