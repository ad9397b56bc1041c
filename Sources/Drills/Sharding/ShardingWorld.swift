import Kernel
import Patterns
import Simulation

/// A sharded store under load: clients, routers with maps, shards with disks and lines in front of
/// them, a move under way, and faults.
struct ShardingWorld: World {
  enum Event {
    /// A client sends a request.
    case arrival
    /// A call is at its shard.
    case reach(call: Int32)
    /// A lane is done with its work.
    case served(station: Int16, lane: Int16, life: Int32)
    /// The answer to a call is at its router.
    case replied(call: Int32, isFailure: Bool)
    /// A batch is at its target.
    case landed(copy: Int32)
    /// The machine that moves keys wants to be called.
    case wake
    /// A fault is due.
    case fault
    /// Shards join or leave.
    case grow
    /// A router fetches the map.
    case refresh(router: Int8)
    /// A cache shard has been down for long enough, or is back.
    case noticed(shard: Int16)
    /// Rows whose parcel has changed hands are removed from their source.
    case cleanUp(parcel: Int32)
    /// A call got lost: the client gives up on it.
    case expired(call: Int32)
  }

  let config: ShardingConfig
  var environment: Environment
  var schedule: FaultSchedule
  var store: ShardStore
  var routers: [ShardRouter]
  var stations: [ShardStation]
  /// The number of the station that stands for the origin.
  let originStation: Int
  /// By shard: whether its disk takes no writes.
  var isFullDisk: [Bool]
  var operations = SlotTable<Operation>()
  var calls = SlotTable<Call>()
  var copies = SlotTable<Copy>()
  /// Calls that wait until their key is handed over, with the shard they wait at.
  var held: [Int32] = []
  /// By parcel: writes that its sources work on.
  var writesUnderWay: [Int] = []
  /// By parcel: keys that changed hands, with their source, until they are cleaned up.
  var handedOver: [[(key: Int, source: NodeID)]] = []
  var users: Int
  var hot: HotKeys
  var wakeAt: Instant?
  var random: Streams
  let popularity: Zipf
  let ranks: [Int]
  var tally: ShardingTally
  var story = ShardingStory()

  /// The random streams, one a purpose.
  struct Streams: Sendable {
    var arrivals: RandomStream
    var kinds: RandomStream
    var keys: RandomStream
    var routers: RandomStream
    var errors: RandomStream
    var salts: RandomStream

    init(seed: UInt64) {
      arrivals = RandomStream(seed: seed, name: "arrivals")
      kinds = RandomStream(seed: seed, name: "kinds")
      keys = RandomStream(seed: seed, name: "keys")
      routers = RandomStream(seed: seed, name: "routers")
      errors = RandomStream(seed: seed, name: "errors")
      salts = RandomStream(seed: seed, name: "salts")
    }
  }

  init(_ request: ScenarioRequest) {
    let config = ShardingConfig(request.settings, mutant: request.mutant)
    self.config = config
    let roster = config.roster
    let network = Network(LinkQuality(latency: ShardingConfig.latency), seed: request.seed)
    environment = Environment(roster, network: network, traceCapacity: request.traceCapacity)
    schedule = FaultSchedule(request.faults)
    var keys = KeySpace(hash: config.placement.hash)
    for user in 1...config.keyCount { _ = keys.add("user:\(user)", config.key(user: user)) }
    if config.pairs > 0 {
      for user in 1...config.keyCount {
        _ = keys.add("user:\(user):orders", config.companion(user: user))
      }
    }
    store = ShardStore(
      shards: Array(config.shardNames.prefix(config.shardCount)), keys: keys, config.placement,
      config.resharding)
    let map = store.map
    routers = (0..<ShardingConfig.routerCount).map { _ in
      ShardRouter(
        map, takesAskForMoved: config.takesAskForMoved, shortcut: config.shortcut)
    }
    stations = config.shardNames.map { name in
      ShardStation(lanes: config.slots, random: RandomStream(seed: request.seed, name: name))
    }
    stations.append(
      ShardStation(
        lanes: config.originSlots, random: RandomStream(seed: request.seed, name: "origin")))
    originStation = stations.count - 1
    isFullDisk = config.shardNames.map { _ in false }
    users = config.keyCount
    hot = HotKeys(routers: ShardingConfig.routerCount, shortcut: config.shortcut)
    random = Streams(seed: request.seed)
    popularity = Zipf(count: config.keyCount, exponent: config.zipf)
    // Popular keys lie anywhere in the sort order, not all at its start.
    var ranks = Array(0..<config.keyCount)
    var shuffle = RandomStream(seed: request.seed, name: "ranks")
    shuffle.shuffle(&ranks)
    self.ranks = ranks
    tally = ShardingTally(config)
  }

  /// Schedules the first events.
  func begin(in queue: inout EventQueue<Event>) {
    queue.schedule(.arrival, at: .zero)
    if let first = schedule.next { queue.schedule(.fault, at: first) }
    if config.growBy != 0, config.growAt < config.duration {
      queue.schedule(.grow, at: .zero + config.growAt)
    }
    for router in 0..<ShardingConfig.routerCount {
      // The routers fetch the map at different times.
      let share = config.mapRefresh * router / ShardingConfig.routerCount
      queue.schedule(.refresh(router: Int8(router)), at: .zero + config.mapRefresh + share)
    }
  }

  mutating func handle(_ event: Event, at now: Instant, in queue: inout EventQueue<Event>) {
    switch event {
    case .arrival: arrive(at: now, &queue)
    case .reach(let call): reach(Int(call), at: now, &queue)
    case .served(let station, let lane, let life):
      served(Int(station), lane: Int(lane), life: Int(life), at: now, &queue)
    case .replied(let call, let isFailure):
      replied(Int(call), isFailure: isFailure, at: now, &queue)
    case .landed(let copy): land(Int(copy), at: now, &queue)
    case .wake:
      if wakeAt == now { wakeAt = nil }
      carryOut(store.resharding.step(.wake, at: now), at: now, &queue)
    case .fault: carryOutFaults(at: now, &queue)
    case .grow: grow(at: now, &queue)
    case .refresh(let router): refresh(Int(router), at: now, &queue)
    case .noticed(let shard): notice(NodeID(Int(shard)), at: now, &queue)
    case .cleanUp(let parcel): cleanUp(Int(parcel))
    case .expired(let call): replied(Int(call), isFailure: true, at: now, &queue)
    }
  }

  /// The shards that own keys or are about to.
  var members: [ShardMember] { store.map.placement.members }
}
