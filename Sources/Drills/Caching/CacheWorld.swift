import Kernel
import Patterns
import Simulation

/// Everything that a run of the caching scenario changes.
struct CacheWorld: ScenarioWorld, Sendable {
  /// What can happen; numbers name jobs of the origin, and keys of writes that wait.
  enum Event: ScenarioEvent, Sendable {
    case arrival
    case workEnds(Int32)
    case flushIsDue(node: Int32, life: Int32, key: UInt64)
    case faultIsDue
    case watch
  }

  struct Request: Sendable {
    let arrivedAt: Instant
    let key: UInt64
    /// The version acknowledged last before it was sent.
    let floor: Int
    let isWrite: Bool
    var isAnswered = false
    /// Whether it got its answer without a load: what a hit is.
    var isWaiting = false
  }

  /// What the origin is asked to do.
  struct Job: Sendable {
    enum Work: Sendable {
      case load(node: Int, life: Int, load: Int)
      case write(request: Int)
      case flush(version: Int)
    }

    let key: UInt64
    let work: Work
    var begunAt = Instant.zero
    /// What a load saw when work on it began.
    var version: Int?
  }

  let settings: CachingSettings
  var environment: Environment
  var schedule: FaultSchedule
  var caches: [LoadingCache]
  /// How often each node was started: loads of an earlier life bring nothing.
  var lives: [Int]
  /// Writes that a node has acknowledged and the origin does not have, by node.
  var unflushed: [Int]
  var requests: [Request] = []
  var jobs: [Job] = []
  var line: [Int] = []
  var lineHead = 0
  var working = 0
  var committed: [Int]
  var acknowledged: [Int]
  /// Loads under way by key, scans and missing ids left out.
  var loadsOfKey: [Int]
  var tally: CacheTally
  var checks = InvariantLog(CachingScenario().invariants)
  var watch = CacheWatch()
  let seed: UInt64
  var scanned: UInt64 = 0
  private let popularity: ZipfKeys
  private var arrivalRandom: RandomStream
  private var kindRandom: RandomStream
  private var keyRandom: RandomStream
  var serviceRandom: RandomStream
  var errorRandom: RandomStream

  /// Keys from here on are scanned once; ids from `firstMissing` on do not exist.
  static let firstScanned: UInt64 = 1 << 32
  static let firstMissing: UInt64 = 1 << 48

  init(
    _ settings: CachingSettings, roster: Roster, faults: FaultPlan, seed: UInt64,
    traceCapacity: Int
  ) {
    self.settings = settings
    self.seed = seed
    let link = LinkQuality(latency: .constant(settings.network))
    environment = Environment(
      roster, network: Network(link, seed: seed), traceCapacity: traceCapacity)
    schedule = FaultSchedule(faults)
    caches = (0..<settings.nodes).map {
      LoadingCache(settings.options, seed: seed, name: "cache-\($0 + 1)")
    }
    lives = Array(repeating: 0, count: settings.nodes)
    unflushed = Array(repeating: 0, count: settings.nodes)
    committed = Array(repeating: 1, count: settings.keys)
    acknowledged = committed
    loadsOfKey = Array(repeating: 0, count: settings.keys)
    tally = CacheTally(settings)
    popularity = ZipfKeys(count: settings.keys, exponent: settings.skew)
    arrivalRandom = RandomStream(seed: seed, name: "arrivals")
    kindRandom = RandomStream(seed: seed, name: "kinds")
    keyRandom = RandomStream(seed: seed, name: "keys")
    serviceRandom = RandomStream(seed: seed, name: "origin/service")
    errorRandom = RandomStream(seed: seed, name: "origin/errors")
  }

  /// Schedules what begins a run and warms the caches.
  mutating func begin(in queue: inout EventQueue<Event>) {
    if settings.isWarm {
      // The least popular first, so that the popular ones are the newest.
      let most = min(settings.keys, settings.options.capacity * settings.nodes)
      for key in stride(from: most - 1, through: 0, by: -1) {
        guard let node = node(for: UInt64(key)) else { continue }
        _ = caches[node].step(.put(UInt64(key), version: 1), at: .zero)
      }
    }
    scheduleArrival(in: &queue)
    beginWatch(every: CacheTally.step, in: &queue)
  }

  mutating func handle(_ event: Event, at now: Instant, in queue: inout EventQueue<Event>) {
    switch event {
    case .arrival:
      takeRequest(at: now, in: &queue)
      scheduleArrival(in: &queue)
    case .workEnds(let job): workEnds(Int(job), at: now, in: &queue)
    case .flushIsDue(let node, let life, let key):
      flush(Int(node), life: Int(life), key: key, at: now, in: &queue)
    case .faultIsDue: carryOutFaults(at: now, in: &queue)
    case .watch: look(at: now, in: &queue)
    }
  }

  private mutating func scheduleArrival(in queue: inout EventQueue<Event>) {
    let rate = settings.rate * environment.loadFactor
    let gap = TimeSpan(seconds: arrivalRandom.exponential() / rate)
    queue.schedule(.arrival, after: max(gap, .nanoseconds(1)))
  }

  private mutating func takeRequest(at now: Instant, in queue: inout EventQueue<Event>) {
    // Both are drawn for every request, so that one share does not move the other draws.
    let kind = kindRandom.unit()
    let popular = UInt64(popularity.draw(&keyRandom))
    var key = popular
    let isWrite = kind < settings.writes
    if !isWrite, kind < settings.writes + settings.scan {
      scanned += 1
      key = Self.firstScanned + scanned
    } else if !isWrite, kind < settings.writes + settings.scan + settings.missing {
      key = Self.firstMissing + UInt64(keyRandom.below(settings.missingIDs))
    }
    let number = requests.count
    let floor = key < Self.firstScanned ? acknowledged[Int(key)] : 0
    requests.append(Request(arrivedAt: now, key: key, floor: floor, isWrite: isWrite))
    tally.arrived(at: now)
    guard let node = node(for: key) else {
      return isWrite
        ? send(Job(key: key, work: .write(request: number)), at: now, in: &queue)
        : answer(number, isGood: false, at: now)
    }
    if isWrite {
      write(number, node, at: now, in: &queue)
    } else {
      act(on: node, .get(key, request: number), at: now, in: &queue)
      let isHit = requests[number].isAnswered
      requests[number].isWaiting = !isHit
      tally.read(isHit: isHit, isKey: key < Self.firstScanned, at: now)
    }
  }

  /// The node of a key among those that run, nil when none does.
  func node(for key: UInt64) -> Int? {
    var up: [Int] = []
    for node in 0..<settings.nodes where environment.processes.runs(NodeID(node)) {
      up.append(node)
    }
    guard !up.isEmpty else { return nil }
    if !settings.isRendezvous { return up[Int(Self.mixed(key) % UInt64(up.count))] }
    return up.max { Self.weight(key, $0) < Self.weight(key, $1) }
  }

  private static func weight(_ key: UInt64, _ node: Int) -> UInt64 {
    mixed(key ^ mixed(UInt64(node) &+ 1))
  }

  private static func mixed(_ value: UInt64) -> UInt64 {
    var z = value &+ 0x9e37_79b9_7f4a_7c15
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}

/// Zipf's law over key numbers; key 0 is the most popular.
struct ZipfKeys: Sendable {
  private let sums: [Double]

  init(count: Int, exponent: Double) {
    var sum = 0.0
    sums = (1...count).map { rank in
      sum += exponent == 0 ? 1 : 1 / PortableMath.power(Double(rank), exponent)
      return sum
    }
  }

  func draw(_ random: inout RandomStream) -> Int {
    let aim = random.unit() * (sums.last ?? 0)
    var low = 0
    var high = sums.count - 1
    while low < high {
      let middle = (low + high) / 2
      if sums[middle] <= aim { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
