import Kernel

/// A cache that loads what it misses: the life of an entry from absent over fresh and stale to gone.
///
///     absent ─get─▶ loading (waiters) ─loaded─▶ fresh ─ttl─▶ stale ─▶ expired
///                        │                        ▲            │
///                        └─failed: waiters fail   └─ refreshed ┘  (served old meanwhile)
///
/// With coalescing there is at most one load a key that anybody waits for; without, each miss is a load
/// of its own. A load reads the origin some time before its result comes back, so a delete in between
/// leaves an old value behind, unless the load holds a lease that the delete takes away.
///
/// **An expired value is never served. A stale one is no older than its stale time. Every waiter is
/// answered once.** Values are versions, so that a host can tell old from new; nil is "not found".
///
/// Sources: Nishtala et al., "Scaling Memcache at Facebook", NSDI 2013, for leases; Vattani et al., VLDB
/// 2015, for early refreshing; RFC 5861 for stale-while-revalidate and stale-if-error.
public struct LoadingCache: Machine {
  /// What can happen.
  public enum Input: Sendable, Hashable {
    /// A request, by the host's own number, wants a key.
    case get(UInt64, request: Int)
    /// A load has brought a version, or nil for "not found"; `took` is how long it worked.
    case loaded(Int, version: Int?, took: TimeSpan)
    /// A load has failed.
    case failed(Int)
    /// A writer puts a version in.
    case put(UInt64, version: Int)
    /// A writer takes the key out.
    case delete(UInt64)
  }

  /// What the cache asks for or does.
  public enum Output: Sendable, Hashable {
    /// Answer a request; nil is "not found".
    case serve(Int, version: Int?, Freshness)
    /// Answer a request with an error.
    case fail(Int)
    /// Load a key from the origin under a number of its own.
    case load(UInt64, load: Int)
    /// A key had to go for another.
    case evicted(UInt64)
  }

  /// Where an answer came from.
  public enum Freshness: String, Sendable, Hashable {
    /// From the cache, within its TTL.
    case fresh
    /// From the cache, past its TTL.
    case stale
    /// From a load that was waited for.
    case loaded
  }

  struct Entry: Sendable, Equatable {
    var version: Int?
    var freshUntil: Instant
    /// How long the load took, for refreshing early.
    var loadTime: TimeSpan
    /// The load that refreshes it while it is served, 0 for none.
    var refresh = 0
  }

  struct Flight: Sendable, Equatable {
    let key: UInt64
    var waiters: [Int]
    /// Taken away by a delete of the key.
    var hasLease = true
  }

  /// The options the cache was made with.
  public let options: Options
  /// Which keys are in and which goes next.
  public private(set) var keys: KeyCache
  /// Loads under way.
  public private(set) var flightCount = 0
  var entries: [UInt64: Entry] = [:]
  private var flights: [Int: Flight] = [:]
  /// Loads under way by key, oldest first.
  private var flightsOfKey: [UInt64: [Int]] = [:]
  private var lastLoad = 0
  private var random: RandomStream

  /// An empty cache.
  public init(_ options: Options = Options(), seed: UInt64 = 0, name: String = "cache") {
    self.options = options
    keys = KeyCache(policy: options.policy, capacity: options.capacity, seed: seed)
    random = RandomStream(seed: seed, name: "\(name)/ttl")
  }

  /// Takes one input at `now`.
  public mutating func step(_ input: Input, at now: Instant) -> [Output] {
    switch input {
    case .get(let key, let request): return get(key, request, at: now)
    case .loaded(let load, let version, let took):
      return loaded(load, version, took, at: now)
    case .failed(let load): return failed(load, at: now)
    case .put(let key, let version):
      return store(key, version, loadTime: .zero, at: now)
    case .delete(let key):
      if options.shortcut != .keepsLeases {
        for load in flightsOfKey[key] ?? [] { flights[load]?.hasLease = false }
      }
      forget(key)
      return []
    }
  }

  private mutating func get(_ key: UInt64, _ request: Int, at now: Instant) -> [Output] {
    guard let entry = entries[key], keys.access(key) else {
      return miss(key, request)
    }
    let age = now - entry.freshUntil
    if age < .zero || options.shortcut == .servesExpired {
      var outputs = [Output.serve(request, version: entry.version, .fresh)]
      if entry.refresh == 0, isRefreshedEarly(entry, at: now) { outputs += refresh(key) }
      return outputs
    }
    if age < options.staleFor {
      let outputs = [Output.serve(request, version: entry.version, .stale)]
      return entry.refresh == 0 ? outputs + refresh(key) : outputs
    }
    return miss(key, request)
  }

  /// XFetch: the nearer the end and the longer a load takes, the likelier.
  private mutating func isRefreshedEarly(_ entry: Entry, at now: Instant) -> Bool {
    guard options.earlyFactor > 0 else { return false }
    let lead = entry.loadTime * (options.earlyFactor * random.exponential())
    return now + lead >= entry.freshUntil
  }

  private mutating func miss(_ key: UInt64, _ request: Int) -> [Output] {
    if options.isCoalescing, let load = flightsOfKey[key]?.first(where: isJoinable) {
      flights[load]?.waiters.append(request)
      return []
    }
    return begin(key, waiters: [request])
  }

  /// A load whose lease is gone may bring what was there before a delete: nobody new joins it.
  private func isJoinable(_ load: Int) -> Bool {
    guard let flight = flights[load] else { return false }
    return flight.hasLease || !options.isLeasing
  }

  private mutating func refresh(_ key: UInt64) -> [Output] {
    let outputs = begin(key, waiters: [])
    entries[key]?.refresh = lastLoad
    return outputs
  }

  private mutating func begin(_ key: UInt64, waiters: [Int]) -> [Output] {
    lastLoad += 1
    flights[lastLoad] = Flight(key: key, waiters: waiters)
    flightsOfKey[key, default: []].append(lastLoad)
    flightCount += 1
    return [.load(key, load: lastLoad)]
  }

  private mutating func end(_ load: Int) -> Flight? {
    guard let flight = flights.removeValue(forKey: load) else { return nil }
    flightCount -= 1
    flightsOfKey[flight.key]?.removeAll { $0 == load }
    if flightsOfKey[flight.key]?.isEmpty ?? false { flightsOfKey[flight.key] = nil }
    if entries[flight.key]?.refresh == load { entries[flight.key]?.refresh = 0 }
    return flight
  }

  private mutating func loaded(
    _ load: Int, _ version: Int?, _ took: TimeSpan, at now: Instant
  ) -> [Output] {
    guard let flight = end(load) else { return [] }
    var outputs = flight.waiters.map { Output.serve($0, version: version, .loaded) }
    if options.shortcut == .answersFirstWaiter { outputs = Array(outputs.prefix(1)) }
    if flight.hasLease || !options.isLeasing {
      outputs += store(flight.key, version, loadTime: took, at: now)
    }
    return outputs
  }

  private mutating func failed(_ load: Int, at now: Instant) -> [Output] {
    guard let flight = end(load) else { return [] }
    if let entry = entries[flight.key], now - entry.freshUntil < options.staleOnErrorFor {
      return flight.waiters.map { .serve($0, version: entry.version, .stale) }
    }
    return flight.waiters.map { .fail($0) }
  }

  private mutating func store(
    _ key: UInt64, _ version: Int?, loadTime: TimeSpan, at now: Instant
  ) -> [Output] {
    if version == nil, options.negativeTTL == .zero {
      forget(key)
      return []
    }
    var ttl = version == nil ? options.negativeTTL : options.ttl
    if options.jitter > 0 {
      let width = ttl * options.jitter
      let drawn = random.span(ttl - width, to: ttl + width)
      if options.shortcut != .ignoresJitter { ttl = drawn }
    }
    let refresh = entries[key]?.refresh ?? 0
    entries[key] = Entry(
      version: version, freshUntil: now + ttl, loadTime: loadTime, refresh: refresh)
    guard let evicted = keys.insert(key) else { return [] }
    entries[evicted] = nil
    return [.evicted(evicted)]
  }

  private mutating func forget(_ key: UInt64) {
    entries[key] = nil
    _ = keys.remove(key)
  }

  /// Lets a key expire now, as a test or a learner says.
  public mutating func expire(_ key: UInt64, at now: Instant) {
    entries[key]?.freshUntil = now
  }

  /// Where the entry of `key` stands: its version and until when it is fresh; nil when absent.
  public func entry(_ key: UInt64) -> (version: Int?, freshUntil: Instant)? {
    entries[key].map { ($0.version, $0.freshUntil) }
  }

  /// Whether a load of `key` is under way.
  public func isLoading(_ key: UInt64) -> Bool { flightsOfKey[key] != nil }
}
