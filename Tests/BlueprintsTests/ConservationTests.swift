import Blueprints
import Kernel
import Patterns
import Simulation
import Testing

/// Whatever goes wrong, everything is accounted for after every run.
@Suite struct ConservationTests {
  /// A design with every mechanism in it.
  static func everything() throws -> Blueprint {
    var design = try SmallDesigns.empty(12)
    design.zones = [Zone(region: "r", letter: "a"), Zone(region: "r", letter: "b")]
    design.latencies = Latencies()
    func add(_ name: String, _ kind: String, _ change: (inout Component) -> Void = { _ in }) throws
    {
      var component = Component(name, try .named(kind))
      component.zones = [0, 1]
      component.replicas = 2
      change(&component)
      design.components.append(component)
    }
    try add("clients", "clients") {
      $0.load?.rate = 400
      $0.load?.keys = 500
      $0.load?.patience = .milliseconds(400)
      $0.load?.operations = [
        OperationShare(name: "read", share: 0.8), OperationShare(name: "write", share: 0.2),
      ]
    }
    try add("gateway", "api-gateway") {
      $0.concurrency = 20; $0.queue = 10; $0.discipline = .priority
    }
    try add("service", "service") {
      $0.concurrency = 8
      $0.queue = 8
      $0.scaling = Scaling()
      $0.scaling?.maximum = 4
      $0.boot = .seconds(2)
    }
    try add("cache", "cache") {
      $0.cache?.capacity = 100; $0.cache?.ttl = .seconds(1)
    }
    try add("edge", "cdn") { $0.cache?.capacity = 50 }
    try add("store", "key-value-store") {
      $0.shards = 2; $0.store?.acks = 2; $0.concurrency = 4
    }
    try add("queue", "queue") {
      $0.replicas = 1; $0.queue = 50
    }
    try add("workers", "workers") {
      $0.consumes = 6; $0.errors = 0.2
    }
    var entry = Call(from: 0, to: 1)
    entry.timeout = .milliseconds(300)
    entry.passesDeadline = true
    entry.retry.maxAttempts = 3
    var aside = Call(from: 2, to: 3)
    aside.timeout = .milliseconds(20)
    aside.hasFallback = true
    var load = Call(from: 2, to: 5)
    load.isAfterMiss = true
    load.step = 1
    load.timeout = .milliseconds(100)
    load.hedgeAfter = .milliseconds(10)
    var inner = Call(from: 1, to: 2)
    inner.timeout = .milliseconds(150)
    inner.breaker = CircuitBreakerDefaults.options
    inner.bulkhead = 12
    var pictures = Call(from: 1, to: 4)
    pictures.timeout = .milliseconds(100)
    var behind = Call(from: 4, to: 5)
    behind.timeout = .milliseconds(90)
    var tell = Call(from: 2, to: 6)
    tell.isAsync = true
    tell.step = 2
    design.calls = [entry, inner, pictures, aside, load, tell, behind]
    return design
  }

  static let plans = [
    "", "at 2s crash service-1 for 3s", "at 2s crash r-a for 3s\nat 6s crash cache for 1s",
    "at 1s pause service for 2s", "at 2s partition r-a | r-b for 3s", "at 2s slow store x50 for 4s",
    "at 2s drop 30% for 4s\nat 3s load x4 for 3s", "at 2s errors service 50% for 4s",
    "at 1s crash store-s1-1\nat 5s restart store-s1-1\nat 2s crash workers-1 for 2s",
    "at 2s crash gateway for 1s\nat 2500ms crash edge for 1s\nat 4s delay 200ms for 2s",
  ]

  @Test(arguments: plans) func everythingIsAccountedFor(plan: String) throws {
    let design = try Self.everything()
    try design.validate()
    for seed in 1...2 as ClosedRange<UInt64> {
      let faults = try FaultPlan.parse(plan, roster: BlueprintRun.roster(design))
      let run = BlueprintRun(design, faults: faults, seed: seed)
      #expect(run.broken == [], "seed \(seed)")
      #expect(run.came > 3_000)
      #expect((run.success ?? 0) > 0.2)
    }
  }

  @Test func sameSeedIsTheSameRun() throws {
    let design = try Self.everything()
    let faults = try FaultPlan.parse(Self.plans[2], roster: BlueprintRun.roster(design))
    let first = BlueprintRun(design, faults: faults, seed: 7)
    let second = BlueprintRun(design, faults: faults, seed: 7)
    #expect(first.trace.digest == second.trace.digest)
    #expect(first.events == second.events)
    #expect(first.p99Series == second.p99Series)
    #expect(BlueprintRun(design, faults: faults, seed: 8).events != first.events)
  }
}
