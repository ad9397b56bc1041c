/// Which keys a request is about: `key` and `range_end` of etcd's API.
///
/// Keys are ordered by their bytes.
public struct EtcdKeyRange: Sendable, Hashable {
  /// How far a range goes from its first key.
  public enum Extent: Sendable, Hashable {
    /// Only the key itself (`range_end` empty).
    case single
    /// Up to but without a key.
    case before(String)
    /// All keys that begin with the key (`range_end` is the key with its last byte raised).
    case prefix
    /// All keys from the key on (`range_end` is a zero byte).
    case onward
  }

  /// The first key.
  public let key: String
  /// How far the range goes.
  public let extent: Extent

  /// The keys from `key` on, as far as `extent` says.
  public init(_ key: String, _ extent: Extent = .single) {
    self.key = key
    self.extent = extent
  }

  /// The keys that begin with `prefix`.
  public static func prefix(_ prefix: String) -> EtcdKeyRange { EtcdKeyRange(prefix, .prefix) }

  /// Whether `candidate` is in the range.
  public func contains(_ candidate: String) -> Bool {
    switch extent {
    case .single: candidate == key
    case .before(let end):
      !Self.precedes(candidate, key) && Self.precedes(candidate, end)
    case .prefix: candidate.utf8.starts(with: key.utf8)
    case .onward: !Self.precedes(candidate, key)
    }
  }

  /// Whether `left` comes before `right` in the order of keys.
  static func precedes(_ left: String, _ right: String) -> Bool {
    left.utf8.lexicographicallyPrecedes(right.utf8)
  }
}
