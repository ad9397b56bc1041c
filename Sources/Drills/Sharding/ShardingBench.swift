import Kernel
import Patterns
import Presentation

/// The sharded store live under commands: 10,000 keys on 4 shards, one router, a clock that stands
/// still until `tick`.
///
/// Requests take no time here; what takes time is copying, when `copy.rate` limits it. Queues and
/// load belong to the scenario.
public struct ShardingBench: Bench {
  /// The knobs and where they stand.
  public internal(set) var settings: Settings
  let preset: ShardingPreset?
  var store: ShardStore
  var router: ShardRouter
  var now = Instant.zero
  /// Batches on their way, by the time they arrive, and the machine's next wake-up.
  var copies: [(at: Instant, batch: CopyBatch)] = []
  var wakeUp: Instant?
  /// The keys that the last change of membership moves, and how many keys there were.
  var lastMove: (moved: Int, total: Int)?
  var counters = Counters()
  /// The keys that the last command may have harmed; nil for any.
  var suspects: [Int]?
  /// Whether a knob that allows losses was ever on since the keys were laid out.
  var wasCareless = false
  var random = RandomStream(seed: 1, name: "bench/load")

  /// What has been counted since the bench was made.
  struct Counters: Sendable {
    var redirects = 0
    var wrongShardReads = 0
    var refused = 0
    /// Requests by shard of the last `load`.
    var requests: [Double] = []
    var hottest: (name: String, share: Double)?
    /// Requests of the last `load` over a tool's limit on a shard.
    var throttled: Double?
  }

  /// The number of keys and shards that a bench begins with.
  static let keyCount = 10_000
  static let shardCount = 4
  /// The parcels that a move is cut into.
  static let parcelCount = 16
  /// How long a batch takes from source to target when the rate sets no pace.
  static let copyTime = TimeSpan.milliseconds(20)

  /// A fresh bench, plain or with the knobs and defaults of `preset`.
  public init(preset: ShardingPreset? = nil) {
    self.preset = preset
    settings = Settings(Self.knobs(preset))
    let placement = Self.placement(settings, preset)
    store = ShardStore(
      shards: (1...Self.shardCount).map { "shard-\($0)" },
      keys: KeySpace(users: Self.keyCount, hash: placement.hash), placement,
      ReshardingOptions(settings))
    router = ShardRouter(store.map)
  }

  /// The knobs of a bench: the preset's own in place of the plain placement knobs.
  static func knobs(_ preset: ShardingPreset?) -> [Knob] {
    let placement = preset?.tool.knobs ?? PlacementOptions.knobs(standard: .modulo)
    return placement + ReshardingOptions.knobs + [
      Knob(
        "shard.check", .flag, standard: .flag(true),
        "Whether a shard checks that it owns a key before it answers.")
    ]
  }

  static func placement(_ settings: Settings, _ preset: ShardingPreset?) -> PlacementOptions {
    preset.map { $0.placement(settings) }
      ?? PlacementOptions(settings, rangeEnd: UInt64(keyCount))
  }

  /// The shards that own keys or are about to, by name.
  var members: [ShardMember] { store.map.placement.members }

  /// The names that commands take.
  public var parts: [String] { members.map(\.name) + ["user:42"] }

  /// What the bench leaves out.
  public var fidelity: Fidelity { ShardingFidelity.bench }

  /// The first invariant that does not hold, or nil.
  ///
  /// What a knob allows on purpose (a cut-over that loses writes) is a fact here, not a violation.
  public func checkInvariants() -> InvariantViolation? {
    if let violation = store.resharding.checkInvariants() { return violation }
    return wasCareless || isCareless ? nil : store.violation(of: suspects)
  }

  /// Whether a knob that allows losses is on.
  var isCareless: Bool {
    settings.word("cutover") != "freeze" || !settings.flag("shard.check")
  }

  /// Turns knobs; when the placement changes, the keys are laid out anew without counting as moved.
  public mutating func apply(_ changed: Settings) throws(Diagnostic) -> Document {
    if preset == nil { try PlacementOptions.validate(changed) }
    guard !store.resharding.isMoving else {
      throw Diagnostic(
        "Keys are on the move; knobs can be turned when they have arrived.",
        expected: "'tick' until the move is over, or 'undo'")
    }
    let old = Self.placement(settings, preset)
    let new = Self.placement(changed, preset)
    wasCareless = wasCareless || isCareless
    suspects = nil
    settings = changed
    if old != new {
      lastMove = nil
      wasCareless = false
      counters.requests = []
      counters.hottest = nil
      counters.throttled = nil
      let names = members.map(\.name)
      store = ShardStore(
        shards: names, keys: store.keys.rehashed(by: new.hash), new, ReshardingOptions(changed))
      router = ShardRouter(store.map)
    } else {
      store.resharding = Resharding(ReshardingOptions(changed))
    }
    var reply = Document()
    reply.add(.text(settings.turned))
    if old != new { reply.add(balanceBars()) }
    return reply
  }
}
