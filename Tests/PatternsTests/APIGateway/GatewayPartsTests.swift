import Kernel
import Patterns
import Testing

@Suite struct GatewayPartsTests {
  /// Whatever the order of the routes, the same one is found; the longest path wins, and a prefix
  /// ends at a slash.
  @Test(arguments: 0..<20 as Range<UInt64>) func routesDoNotDependOnTheirOrder(seed: UInt64) {
    var random = RandomStream(seed: seed, name: "routes")
    var routes: [RouteTable.Route] = [
      .init(path: "/", upstreams: [.init("root")]),
      .init(path: "/cat", upstreams: [.init("cat")]),
      .init(path: "/catalog", upstreams: [.init("catalog")]),
      .init(path: "/catalog/new", isExact: true, upstreams: [.init("new")]),
      .init(host: "*.shop", path: "/catalog", upstreams: [.init("wild")]),
      .init(host: "api.shop", path: "/cat", upstreams: [.init("host")]),
      .init(path: "/catalog", method: "POST", upstreams: [.init("write")]),
    ]
    random.shuffle(&routes)
    let table = RouteTable(routes)
    func found(_ host: String, _ path: String, _ method: String = "GET") -> String? {
      table.match(host: host, path: path, method: method)
        .map { table.routes[$0.route].upstreams[0].name }
    }
    #expect(found("x", "/catalog/7") == "catalog")
    #expect(found("x", "/catalogue") == "root")
    #expect(found("x", "/cat/7") == "cat")
    #expect(found("x", "/catalog/new") == "new")
    #expect(found("x", "/catalog/new/7") == "catalog")
    #expect(found("x", "/catalog", "POST") == "write")
    #expect(found("web.shop", "/catalog") == "wild")
    #expect(found("api.shop", "/cat/7") == "host")
    #expect(table.match(host: "x", path: "/catalog/7/8", method: "GET")?.path == "/7/8")
    #expect(table.match(host: "x", path: "/catalog", method: "GET")?.path == "/")
    #expect(RouteTable([]).match(host: "x", path: "/", method: "GET") == nil)
  }

  /// Random lookups against the rules: fetches keep their distance, a key that is there is found,
  /// and no key is used past its life unless that is allowed and a fetch has failed.
  @Test(arguments: 0..<40 as Range<UInt64>) func keySetsAreFetchedWithMeasure(seed: UInt64) {
    var random = RandomStream(seed: seed, name: "keys")
    var options = SigningKeyCache.Options()
    options.life = .seconds(30)
    options.interval = .seconds(5)
    options.usesStale = random.chance(0.5)
    options.fetchesUnknown = random.chance(0.5)
    var cache = SigningKeyCache(options)
    var now = Instant.zero
    var lastFetch: Instant?
    var fetchedAt: Instant?
    for _ in 0..<500 {
      now += .milliseconds(Int64(random.below(4_000)))
      let id = ["1", "2", "3"][random.below(3)]
      var lookup = cache.look(up: id, again: false, at: now)
      let isStale = if case .stale = lookup { true } else { false }
      if lookup == .fetch || isStale {
        if let lastFetch { #expect(now - lastFetch >= options.interval) }
        lastFetch = now
        if random.chance(0.7) {
          cache.fetched(["1", "2"].map { VerificationKey(id: $0, .secret([1])) }, at: now)
          fetchedAt = now
        } else {
          cache.fetchFailed()
        }
        if !isStale { lookup = cache.look(up: id, again: true, at: now) }
      }
      let isFresh = fetchedAt.map { now < $0 + options.life } ?? false
      switch lookup {
      case .key(let key): #expect(key.id == id && id != "3" && (isFresh || options.usesStale))
      case .stale(let key): #expect(key.id == id && options.usesStale && fetchedAt != nil)
      case .unknown: #expect(id == "3")
      case .unavailable: #expect(!isFresh && (fetchedAt == nil || !options.usesStale))
      case .fetch, .wait: Issue.record("a fetch after a fetch")
      }
    }
  }

  /// Private answers and consumers, over the four settings.
  @Test(arguments: [(false, false), (false, true), (true, false), (true, true)])
  func cacheGivesOutWhatItsKeySays(varies: Bool, honours: Bool) {
    var options = ResponseCache.Options()
    options.life = .seconds(10)
    options.variesByConsumer = varies
    options.honoursPrivate = honours
    var cache = ResponseCache(options)
    cache.keep("/account", for: 1, isPrivate: true, at: .zero)
    cache.keep("/catalog", for: 1, isPrivate: false, at: .zero)
    #expect((cache.answer(to: "/account", for: 1, at: .zero) != nil) == !honours)
    #expect((cache.answer(to: "/account", for: 2, at: .zero) != nil) == (!honours && !varies))
    #expect((cache.answer(to: "/catalog", for: 2, at: .zero) != nil) == !varies)
    #expect(cache.answer(to: "/catalog", for: 1, at: .zero + .seconds(10)) == nil)
  }

  /// Every order of three parts and a deadline ends once, with what the rules say.
  @Test(arguments: 0..<100 as Range<UInt64>) func collectorsEndOnce(seed: UInt64) {
    var random = RandomStream(seed: seed, name: "parts")
    let required = (0..<3).map { _ in random.chance(0.5) }
    var collector = PartCollector(required: required)
    var steps = [0, 1, 2, 3]
    random.shuffle(&steps)
    var good: Set<Int> = []
    var hasFailed = false
    var ends: [PartCollector.End] = []
    for step in steps {
      let isOpen = ends.isEmpty
      let end: PartCollector.End?
      if step == 3 {
        end = collector.timeIsOver()
      } else {
        let isGood = random.chance(0.7)
        end = collector.ended(step, isGood: isGood)
        if isOpen, isGood { good.insert(step) }
        if isOpen, !isGood, required[step] { hasFailed = true }
      }
      if let end { ends.append(end) }
    }
    #expect(ends.count == 1)
    let missing = (0..<3).filter { !good.contains($0) }
    let lacksRequired = missing.contains { required[$0] }
    switch ends.first {
    case .complete: #expect(missing.isEmpty)
    case .partial(let named): #expect(named == missing && !lacksRequired)
    case .failed: #expect(hasFailed || lacksRequired)
    case nil: Issue.record("no end")
    }
  }

  /// Keys against a plain table: a revoked one never comes back, the others stay.
  @Test(arguments: 0..<20 as Range<UInt64>) func keysAgreeWithAPlainTable(seed: UInt64) {
    var random = RandomStream(seed: seed, name: "api-keys")
    var table = APIKeyTable()
    var owners: [Int: Int] = [:]
    for _ in 0..<200 {
      if random.chance(0.6) {
        let consumer = random.below(3)
        let key = table.issue(to: consumer)
        #expect(owners[key] == nil)
        owners[key] = consumer
      } else {
        let key = 1 + random.below(150)
        let isKnown = table.consumer(of: key) != nil
        #expect(isKnown == (owners[key] != nil))
        _ = table.revoke(key)
        owners[key] = nil
      }
      let key = 1 + random.below(150)
      #expect(table.consumer(of: key) == owners[key])
    }
  }

  /// A revoked key is taken no longer than it may be remembered, and not after the node has heard.
  @Test(arguments: 0..<20 as Range<UInt64>) func keysAreForgottenInTime(seed: UInt64) {
    var random = RandomStream(seed: seed, name: "key-cache")
    let life = TimeSpan.seconds(Int64(random.below(10)))
    var table = APIKeyTable()
    var cache = APIKeyCache(life: life)
    let keys = (0..<5).map { table.issue(to: $0) }
    var revokedAt: [Int: Instant] = [:]
    var heard: Set<Int> = []
    var now = Instant.zero
    for _ in 0..<300 {
      now += .milliseconds(Int64(random.below(700)))
      let key = keys[random.below(keys.count)]
      if random.chance(0.01), revokedAt[key] == nil {
        _ = table.revoke(key)
        revokedAt[key] = now
      }
      if random.chance(0.05) {
        cache.revoked(table.revoked)
        heard.formUnion(table.revoked)
      }
      var lookup = cache.look(up: key, again: false, at: now)
      if lookup == .ask {
        cache.answered(key, table.consumer(of: key), askedAt: now)
        lookup = cache.look(up: key, again: true, at: now)
      }
      switch lookup {
      case .consumer(let consumer):
        #expect(consumer == key - 1 && !heard.contains(key))
        if let revoked = revokedAt[key] { #expect(now < revoked + life) }
      case .unknown: #expect(revokedAt[key] != nil)
      case .ask: Issue.record("a question after an answer")
      }
    }
  }

  /// Errors are kept whatever the sample; each request is a record or counted.
  @Test(arguments: [(0.0, true), (0.0, false), (0.25, true), (1.0, false)])
  func accessLogsAccountForAll(sample: Double, keepsErrors: Bool) {
    var options = AccessLog.Options()
    options.sample = sample
    options.keepsErrors = keepsErrors
    var log = AccessLog(options, shown: 5)
    var random = RandomStream(seed: 1, name: "access-log")
    for number in 0..<1_000 {
      let status = number % 10 == 0 ? 401 : 200
      log.note(
        .init(
          at: .zero, gateway: 0, consumer: "acme", path: "/", status: status, detail: "",
          took: .zero), status: status, draw: random.unit())
    }
    #expect(log.keptCount + log.leftOutCount == 1_000 && log.errorCount == 100)
    #expect(log.last.count == min(5, log.keptCount))
    if keepsErrors { #expect(log.keptErrorCount == 100) }
    let good = Double(log.keptCount - log.keptErrorCount)
    #expect(abs(good - 900 * sample) < 60)
  }

  /// Nothing is said of a new version before it has had its calls, and nothing of what hurts both.
  @Test(arguments: [
    (49, 49, 1_000, 0, false), (50, 3, 1_000, 0, true), (50, 2, 1_000, 0, false),
    (200, 100, 1_000, 480, false), (200, 100, 0, 0, false), (200, 11, 1_000, 5, false),
  ])
  func canariesAreComparedWithTheirNeighbour(
    calls: Int, errors: Int, stable: Int, stableErrors: Int, isWorse: Bool
  ) {
    let comparison = CanaryComparison(
      canaryCalls: calls, canaryErrors: errors, stableCalls: stable, stableErrors: stableErrors)
    #expect(comparison.isWorse == isWorse)
  }

  @Test func headersOfClientsAreNotBelieved() {
    let sent = [
      GatewayHeader(HeaderTransform.identity, "acme"), GatewayHeader("ApiKey", "k"),
      GatewayHeader("X-Consumer-Username", "acme"), GatewayHeader("accept", "*"),
    ]
    let careful = HeaderTransform(stripsIdentity: true, hidesCredentials: true)
    #expect(
      careful.applied(to: sent, consumer: "crow") == [
        GatewayHeader("accept", "*"), GatewayHeader(HeaderTransform.identity, "crow"),
      ])
    #expect(careful.applied(to: sent, consumer: nil) == [GatewayHeader("accept", "*")])
    let careless = HeaderTransform(stripsIdentity: false)
    #expect(HeaderTransform.believed(careless.applied(to: sent, consumer: "crow")) == "acme")
    var exact = careful
    exact.shortcut = .stripsExactName
    #expect(HeaderTransform.believed(exact.applied(to: sent, consumer: "crow")) == "acme")
  }
}
