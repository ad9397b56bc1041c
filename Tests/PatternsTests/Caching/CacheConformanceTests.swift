import Kernel
import Patterns
import Recordings
import Testing

/// Our caches against recordings of memcached, nginx and Redis.
@Suite(.enabled(if: Recording.areThere)) struct CacheConformanceTests {
  @Test(arguments: Recording.family("memcached-commands"))
  func memcachedAnswersTheSame(recording: Recording) throws {
    var store = MemcachedStore()
    var unique = ""
    for step in try #require(recording.observed.items) {
      let pair = try #require(step.items)
      let text = try #require(pair.first?.string)
      let expected = try #require(pair.last?.items).compactMap(\.string)
      let parts = text.split(separator: "|").map(String.init)
      var line = parts[0].trimmed
      if let range = line.firstRange(of: "<same cas>") ?? line.firstRange(of: "<cas>") {
        line.replaceSubrange(range, with: unique)
      }
      if let range = line.firstRange(of: "<251 chars>") {
        line.replaceSubrange(range, with: String(repeating: "k", count: 251))
      }
      var reply = store.perform(line, data: parts.count > 1 ? parts[1].trimmed : nil, at: .zero)
      if line.hasPrefix("gets "), reply.count > 1 {
        let words = reply[0].split(separator: " ").map(String.init)
        unique = words[words.count - 1]
        reply[0] = (words.dropLast() + ["<cas>"]).joined(separator: " ")
      }
      #expect(reply == expected, "\(text)")
    }
  }

  /// An item of n seconds lives more than n-1 and at most n, whenever in a tick it was stored.
  @Test(arguments: Recording.family("memcached-expiry"))
  func memcachedExpiresOnItsTick(recording: Recording) throws {
    let exptime = try #require(recording.configuration["exptime"]?.integer)
    let observed = (recording.observed.items ?? []).flatMap { $0.items ?? [] }
    #expect(!observed.isEmpty)
    for life in observed.compactMap(\.double) {
      #expect(life > Double(exptime - 1))
      #expect(life <= Double(exptime))
      // Stored so long before a tick that it lives exactly so long.
      let offset = TimeSpan(seconds: life - Double(exptime - 1))
      var store = MemcachedStore(tickOffset: offset)
      let stored = store.perform("set k 0 \(exptime) 1", data: "x", at: .zero)
      #expect(stored == ["STORED"])
      let end = Instant.zero + TimeSpan(seconds: life)
      let before = store.perform("get k", at: end - .milliseconds(1))
      let after = store.perform("get k", at: end + .milliseconds(1))
      #expect(before.count == 3)
      #expect(after == ["END"])
    }
  }

  @Test(arguments: Recording.family("nginx-proxy-cache"))
  func nginxServesTheSame(recording: Recording) throws {
    for item in try #require(recording.observed.items) {
      let name = try #require(item["case"]?.string)
      let results = try #require(item["result"].map { $0.items ?? [$0] })
      let run = NginxRun(
        name: name, directives: item["directives"]?.string ?? "",
        isExpired: name.hasPrefix("expired"))
      #expect(results.contains { run.agrees(with: $0) }, "\(name): \(run)")
    }
  }

  @Test(arguments: Recording.family("redis-maxmemory"))
  func redisEvictsTheSame(recording: Recording) throws {
    let samples = try #require(recording.configuration["maxmemory-samples"]?.integer)
    for item in try #require(recording.observed.items) {
      let name = try #require(item["policy"]?.string)
      let policy = try #require(RedisEvictionPolicy(rawValue: name))
      let run = RedisRun(policy, samples: samples)
      let error = try #require(run.error)
      #expect(error.hasSuffix(try #require(item["first_error"]?.string)), "\(name)")
      if let order = item["evicted_in_order"]?.items?.compactMap(\.string) {
        #expect(run.evicted == order, "\(name)")
      }
      for count in (item["evicted_count"]?.items ?? []).compactMap(\.integer) {
        #expect(run.evicted.count == count, "\(name)")
      }
      if item["only_keys_with_ttl_evicted"] == .flag(true) {
        #expect(run.evicted.allSatisfy { $0.hasPrefix("t") }, "\(name)")
      }
      #expect(run.isReadable)
      #expect(run.isRefusingSmallWrites)
    }
  }
}

extension String {
  /// The text without spaces around it.
  fileprivate var trimmed: String {
    var text = Substring(self)
    while text.first == " " { text.removeFirst() }
    while text.last == " " { text.removeLast() }
    return String(text)
  }
}

/// The recorded experiment: 20 clients at once on one key, and one more 0.7 s later.
private struct NginxRun: CustomStringConvertible {
  var upstreamRequests = 0
  var statuses: [String: Int] = [:]
  var bodies: Set<Int?> = []
  var slow = 0
  var lastStatus = ""
  private var cache: NginxProxyCache
  private var pending: [(at: Instant, input: NginxProxyCache.Input)] = []
  private var since: [Int: Instant] = [:]
  private let isFailing: Bool

  init(name: String, directives: String, isExpired: Bool) {
    var options = NginxProxyCache.Options()
    for directive in directives.split(separator: ";") {
      let words = directive.split(separator: " ").map(String.init)
      guard let first = words.first else { continue }
      switch first {
      case "proxy_cache_lock": options.lock = words[1] == "on"
      case "proxy_cache_lock_timeout": options.lockTimeout = TimeSpan(text: words[1]) ?? .zero
      case "proxy_cache_lock_age": options.lockAge = TimeSpan(text: words[1]) ?? .zero
      case "proxy_cache_background_update": options.backgroundUpdate = words[1] == "on"
      case "proxy_cache_min_uses": options.minUses = Int(words[1]) ?? 1
      case "proxy_cache_use_stale":
        options.isStaleWhileUpdating = words.contains("updating")
        options.isStaleOnError = words.contains { $0.hasPrefix("http_5") || $0 == "error" }
      default: Issue.record("unknown directive \(first)")
      }
    }
    cache = NginxProxyCache(options)
    isFailing = name.contains("500") && !name.contains("500ms")
    var start = Instant.zero
    if isExpired {
      _ = cache.step(.request(-1), at: start)
      _ = cache.step(.answered(-1, content: 1), at: start + .milliseconds(500))
      start += .milliseconds(2_800)
    }
    for client in 0..<20 {
      since[client] = start
      pending.append((start, .request(client)))
    }
    run()
    let before = statuses
    let late = (pending.first?.at ?? start) + .milliseconds(1_200)
    pending.append((late, .request(20)))
    run()
    lastStatus = statuses.keys.sorted().first { statuses[$0] != before[$0] } ?? ""
    statuses = before
  }

  private mutating func run() {
    while let place = pending.indices.min(by: { pending[$0].at < pending[$1].at }) {
      let (now, input) = pending.remove(at: place)
      for output in cache.step(input, at: now) {
        switch output {
        case .pass(let request):
          // The backend counts, from 1 after the entry was filled, and its count is its body.
          let body = upstreamRequests + 1
          if request < 20 { upstreamRequests += 1 }
          let delay: TimeSpan = isFailing ? .milliseconds(1) : .milliseconds(500)
          pending.append((now + delay, .answered(request, content: isFailing ? nil : body)))
        case .wakeMe(let at): pending.append((at, .wake))
        case .serve(let request, let status, let content):
          statuses[status.rawValue, default: 0] += 1
          if let begun = since[request] {
            bodies.insert(content)
            if now - begun > .milliseconds(300) { slow += 1 }
          }
        }
      }
      #expect(cache.checkInvariants() == nil)
    }
  }

  func agrees(with result: JSONText) -> Bool {
    let recorded = (result["cache_status"]?.members ?? []).allSatisfy {
      statuses[$0.name] == $0.value.integer
    }
    return recorded && result["upstream_requests"]?.integer == upstreamRequests
      && statuses.values.reduce(0, +) == 20
      && result["bodies_distinct"]?.integer == bodies.count
      && result["slow_clients(>0.3s)"]?.integer == slow
      && result["one_request_after"]?["cache_status"]?.string == lastStatus
  }

  var description: String {
    let counts = statuses.keys.sorted().map { "\($0) \(statuses[$0] ?? 0)" }
    return "\(upstreamRequests) passed on, \(counts), \(bodies.count) bodies, \(slow) slow, "
      + "then \(lastStatus)"
  }
}

/// The recorded experiment: 30 keys without and 30 with a TTL, then keys without until an error.
private struct RedisRun {
  var error: String?
  var evicted: [String] = []
  var isReadable = false
  var isRefusingSmallWrites = false

  init(_ policy: RedisEvictionPolicy, samples: Int) {
    var options = RedisCacheStore.Options()
    options.maxmemory = 3 << 20
    options.policy = policy
    options.samples = samples
    // The recording does not say what the empty server took; without it 120 keys would fit.
    options.baseline = 1 << 20
    var keys = RedisCacheStore(options, seed: 1)
    var gone: [UInt64] = []
    func text(_ key: UInt64) -> String { (key < 100 ? "p" : "t") + "\(key % 100)" }
    for number in 0..<30 as Range<UInt64> {
      _ = keys.set(number, bytes: 20_000, at: .zero, evicted: &gone)
    }
    for number in 0..<30 as Range<UInt64> {
      let ttl = TimeSpan.seconds(Int64(1_000 + 100 * number))
      _ = keys.set(100 + number, bytes: 20_000, ttl: ttl, at: .zero, evicted: &gone)
    }
    for number in 0..<120 as Range<UInt64> {
      let now = Instant.zero + .milliseconds(Int64(number))
      if case .error(let text) = keys.set(
        1_000 + number, bytes: 20_000, at: now, evicted: &gone)
      {
        error = text
        break
      }
      #expect(keys.checkInvariants() == nil)
    }
    evicted = gone.map(text)
    isReadable = keys.get(0, at: .zero)
    if case .error = keys.set(9_999, bytes: 1, at: .zero, evicted: &gone) {
      isRefusingSmallWrites = true
    }
    let isDeleted = keys.delete(0, at: .zero)
    #expect(isDeleted, "DEL is not refused")
  }
}
