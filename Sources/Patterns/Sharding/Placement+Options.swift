import Kernel

/// The knobs of a placement.
public struct PlacementOptions: Sendable, Hashable {
  /// The rules to choose from.
  public enum Kind: String, Sendable, Hashable, CaseIterable {
    /// `hash mod n`.
    case modulo
    /// Ranges of the sort order of keys.
    case range
    /// A table with a row for each key.
    case directory
    /// A consistent-hash ring with virtual nodes.
    case ring
    /// Jump consistent hash.
    case jump
    /// Rendezvous hashing, the highest bid.
    case rendezvous
    /// A ring with a cap on each shard's share.
    case bounded
    /// A Maglev table.
    case maglev
    /// Redis Cluster's fixed slots.
    case slots
  }

  /// Which rule places keys.
  public var kind: Kind
  /// The function that hashes keys and tokens.
  public var hash: KeyHash
  /// The tokens that shards get on the ring.
  public var sizing: ConsistentHashRing.Sizing
  /// The most load of a shard in percent of the mean, for bounded loads.
  public var balanceFactorPercent: Int
  /// The entries of a Maglev table, a prime.
  public var tableSize: Int
  /// Where the ranges begin that range placement starts with; the last one is open-ended.
  public var rangeStarts: [UInt64]
  /// A wrong way to build the placement, for drills; nil for the right one.
  public var shortcut: ShardingShortcut?

  /// The options, each at its default unless given.
  public init(
    kind: Kind = .ring, hash: KeyHash = .xxh64,
    sizing: ConsistentHashRing.Sizing = .perWeight(128),
    balanceFactorPercent: Int = 125, tableSize: Int = 65_537,
    rangeStarts: [UInt64] = RangePlacement.evenStarts(count: 64, end: 10_000)
  ) {
    self.kind = kind
    self.hash = hash
    self.sizing = sizing
    self.balanceFactorPercent = balanceFactorPercent
    self.tableSize = tableSize
    self.rangeStarts = rangeStarts
  }

  /// The options that `settings` of `knobs` stand for; ranges begin evenly below `rangeEnd`.
  ///
  /// With `buckets` a bucket number stands in front of the order of a key, `bucketShift` bits up, and
  /// each bucket has its part of the ranges.
  public init(
    _ settings: Settings, rangeEnd: UInt64, buckets: Int = 1, bucketShift: UInt64 = 32
  ) {
    let perBucket = max(1, settings.integer("ranges") / buckets)
    let even = RangePlacement.evenStarts(count: perBucket, end: rangeEnd)
    let starts = (0..<UInt64(buckets)).flatMap { bucket in even.map { bucket << bucketShift | $0 } }

    self.init(
      kind: Kind(rawValue: settings.word("placement")) ?? .ring,
      hash: KeyHash(rawValue: settings.word("hash")) ?? .xxh64,
      sizing: .perWeight(settings.integer("vnodes")),
      balanceFactorPercent: settings.integer("balance.factor"),
      tableSize: settings.integer("maglev.table"),
      rangeStarts: starts)
  }

  /// Refuses what fits its knobs one by one but makes no placement.
  public static func validate(_ settings: Settings) throws(Diagnostic) {
    let size = settings.integer("maglev.table")
    guard !MaglevTable.isPrime(size) else { return }
    var nearest = size
    while !MaglevTable.isPrime(nearest) { nearest += 1 }
    throw Diagnostic(
      "A Maglev table of \(size) entries would leave some out of reach of a shard's steps.",
      found: "\(size)", expected: "a prime number", suggestion: "\(nearest)")
  }

  /// The knobs, with `placement` standing at `kind`.
  public static func knobs(standard kind: Kind = .ring) -> [Knob] {
    [
      Knob(
        "placement", .choice(Kind.allCases.map(\.rawValue)), standard: .word(kind.rawValue),
        "How keys find their shard."),
      Knob(
        "vnodes", .integer(1...1_024), standard: .integer(128),
        "Tokens of each shard on the ring (ring and bounded only)."),
      Knob(
        "hash", .choice(KeyHash.allCases.map(\.rawValue)), standard: .word(KeyHash.xxh64.rawValue),
        "The function that hashes keys and tokens (slots always use CRC16)."),
      Knob(
        "balance.factor", .integer(101...1_000), standard: .integer(125),
        source: "HAProxy configuration manual, hash-balance-factor: 125 to 200 is sensible",
        "Most keys of a shard in percent of the mean (bounded only)."),
      Knob(
        "maglev.table", .integer(2...5_000_011), standard: .integer(65_537),
        source: "Envoy MaglevLbConfig.table_size",
        "Entries of the Maglev table, a prime (maglev only)."),
      Knob(
        "ranges", .integer(1...1_024), standard: .integer(64),
        "Ranges that the keys begin in (range only)."),
    ]
  }
}
