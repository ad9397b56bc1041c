import Blueprints
import Kernel
import Testing

/// What queueing theory knows exactly, the simulation must find within what chance allows.
@Suite struct TheoryTests {
  /// Several runs give the error: the mean must lie within five standard errors of theory.
  private func agrees(
    _ expected: Double, runs: Int = 8, _ measure: (UInt64) throws -> Double
  ) rethrows -> Bool {
    var values: [Double] = []
    for seed in 1...UInt64(runs) { values.append(try measure(seed)) }
    let mean = values.reduce(0, +) / Double(runs)
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    let error = (squares / Double(runs - 1) / Double(runs)).squareRoot()
    return abs(mean - expected) < 5 * error && error < 0.08 * expected
  }

  @Test(arguments: [(1, 0.7), (4, 0.8), (10, 0.9)])
  func meanTimeOfPoolIsErlangC(servers: Int, use: Double) throws {
    let service = 0.01
    let rate = use * Double(servers) / service
    let wait =
      erlangC(servers: servers, load: rate * service) * service
      / (Double(servers) * (1 - use))
    let design = try SmallDesigns.pool(
      rate: rate, servers: servers, work: .exponential(mean: .milliseconds(10)), seconds: 40)
    let holds = agrees(wait + service) { BlueprintRun(design, seed: $0).mean ?? 0 }
    #expect(holds)
  }

  /// Pollaczek and Khinchine: constant work waits half as long as exponential work.
  @Test func meanTimeOfSingleServerIsPollaczekKhinchine() throws {
    let design = try SmallDesigns.pool(
      rate: 70, servers: 1, work: .constant(.milliseconds(10)), seconds: 100)
    let wait = 0.7 * 0.01 / (2 * (1 - 0.7))
    let holds = agrees(wait + 0.01) { BlueprintRun(design, seed: $0).mean ?? 0 }
    #expect(holds)
  }

  /// Jackson: in a network of such pools each is as if it were alone.
  @Test func networkIsTheSumOfItsPools() throws {
    var design = try SmallDesigns.empty(100)
    design.components = [
      try SmallDesigns.clients(80),
      try SmallDesigns.server("front", places: 1, .exponential(mean: .milliseconds(8))),
      try SmallDesigns.server("back", places: 1, .exponential(mean: .milliseconds(20))),
    ]
    var half = Call(from: 1, to: 2)
    half.share = 0.5
    design.calls = [Call(from: 0, to: 1), half]
    let front = 0.008 / (1 - 0.64)
    let back = 0.02 / (1 - 0.8)
    let holds = agrees(front + 0.5 * back) { BlueprintRun(design, seed: $0).mean ?? 0 }
    #expect(holds)
  }

  /// A cache that forgets nothing and begins empty misses each key once; one of the most popular
  /// keys only hits with their share.
  @Test func hitRatioIsTheShareOfTheKeysHeld() throws {
    var design = try SmallDesigns.empty(100)
    var cache = Component("cache", try .named("cache"))
    cache.zones = [0]
    cache.work = .constant(.microseconds(10))
    cache.cache?.capacity = 1_000
    cache.cache?.isWarm = false
    design.components = [try SmallDesigns.clients(1_000, keys: 1_000), cache]
    design.components[0].load?.skew = 0
    design.calls = [Call(from: 0, to: 1)]
    // Nobody fills it: a cache aside without a store behind it never hits.
    #expect(BlueprintRun(design).components[1].hitRatio == 0)
    design.components.append(
      try SmallDesigns.server("origin", places: 100, .constant(.milliseconds(1))))
    design.calls.append(Call(from: 1, to: 2))
    let run = BlueprintRun(design)
    // 5,000 requests of warm-up leave 1000·(1-1/1000)^5000 = 6.7 keys to miss once.
    let misses = (1 - (run.components[1].hitRatio ?? 0)) * Double(run.measured)
    #expect(misses > 0.5 && misses < 25)
  }
}
