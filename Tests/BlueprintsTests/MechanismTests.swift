import Blueprints
import Kernel
import Patterns
import Simulation
import Testing

enum CircuitBreakerDefaults {
  static var options: CircuitBreaker.Options {
    var options = CircuitBreaker.Options()
    options.openFor = .seconds(1)
    return options
  }
}

/// One mechanism each, in the smallest design that shows it.
@Suite struct MechanismTests {
  private func faults(_ text: String, _ design: Blueprint) throws -> FaultPlan {
    try FaultPlan.parse(text, roster: BlueprintRun.roster(design))
  }

  @Test func workGoesOnAfterItsCallerHasLeft() throws {
    var design = try SmallDesigns.pool(
      rate: 200, servers: 1, work: .constant(.milliseconds(10)), seconds: 20)
    design.calls[0].timeout = .milliseconds(100)
    let naive = BlueprintRun(design)
    // Twice the capacity: the line is longer than the callers wait, so nearly all work is for nobody.
    #expect((naive.wastedShare ?? 0) > 0.8)
    #expect((naive.success ?? 1) < 0.2)
    // The newest first: whoever is served can still use it, and that is as many as there is room for.
    design.components[1].discipline = .lifo
    design.calls[0].passesDeadline = true
    let bounded = BlueprintRun(design)
    #expect((bounded.wastedShare ?? 1) < 0.2)
    #expect((bounded.success ?? 0) > 0.4)
  }

  @Test func retriesMultiplyAndABudgetBoundsThem() throws {
    var design = try SmallDesigns.pool(
      rate: 100, servers: 100, work: .constant(.milliseconds(1)), seconds: 20)
    design.components[1].errors = 1
    design.calls[0].retry.maxAttempts = 4
    let naive = BlueprintRun(design)
    #expect(abs(Double(naive.calls[0].attempts) / Double(naive.came) - 4) < 0.05)
    design.calls[0].budget = .deposits(ttl: .seconds(10), minimumPerSecond: 0, share: 0.2)
    let bounded = BlueprintRun(design)
    let ratio = Double(bounded.calls[0].attempts) / Double(bounded.came)
    #expect(ratio > 1.15 && ratio < 1.25)
  }

  @Test func hedgesTakeTheSecondChance() throws {
    var design = try SmallDesigns.pool(
      rate: 50, servers: 100, work: .constant(.milliseconds(5)), seconds: 30)
    design.components[1].replicas = 4
    let plan = try faults("at 0s slow pool-1 x100", design)
    let naive = BlueprintRun(design, faults: plan)
    #expect((naive.p99 ?? 0) > 0.4)
    design.calls[0].hedgeAfter = .milliseconds(20)
    let hedged = BlueprintRun(design, faults: plan)
    #expect((hedged.p99 ?? 1) < 0.06)
    #expect(hedged.calls[0].hedges > 0)
  }

  @Test func scalingFollowsTheLoadAfterTheBoot() throws {
    var design = try SmallDesigns.pool(
      rate: 100, servers: 1, work: .constant(.milliseconds(15)), seconds: 200)
    design.components[1].replicas = 2
    design.components[1].scaling = Scaling()
    design.components[1].scaling?.maximum = 6
    // 100/s × 15 ms = 1.5 places; at a target of 60 % that is three instances.
    #expect(BlueprintRun(design).components[1].instances == 3)
  }

  @Test func aStoreWaitsForItsCopies() throws {
    var design = try SmallDesigns.empty(20)
    design.components = [try SmallDesigns.clients(20)]
    design.components[0].load?.operations = [OperationShare(name: "write", share: 1)]
    var store = Component("store", try .named("database"))
    store.zones = [0]
    store.replicas = 3
    store.work = .constant(.milliseconds(10))
    design.components.append(store)
    design.calls = [Call(from: 0, to: 1)]
    #expect(abs((BlueprintRun(design).p50 ?? 0) - 0.010) < 0.001)
    design.components[1].store?.acks = 2
    let run = BlueprintRun(design)
    #expect(abs((run.p50 ?? 0) - 0.020) < 0.001)
    // The primary's death: writes fail until a copy takes over 5 s later.
    design.components[1].store?.failover = .seconds(5)
    let plan = try faults("at 5s crash store-1", design)
    let lost = BlueprintRun(design, faults: plan)
    #expect(abs(Double(lost.failed) - 100) < 30)
  }

  @Test func aFullQueueRefusesAndWorkersDrainIt() throws {
    var design = try SmallDesigns.empty(60)
    design.components = [try SmallDesigns.clients(100)]
    var queue = Component("queue", try .named("queue"))
    queue.zones = [0]
    queue.queue = 500
    var workers = Component("workers", try .named("workers"))
    workers.zones = [0]
    workers.concurrency = 1
    workers.consumes = 1
    workers.work = .constant(.milliseconds(20))
    design.components += [queue, workers]
    design.calls = [Call(from: 0, to: 1)]
    let run = BlueprintRun(design)
    // 100 come and 50 go each second: after 10 s the queue is full and refuses half.
    #expect(run.components[1].backlog == 500)
    #expect(abs((run.success ?? 0) - 0.55) < 0.05)
    design.components[2].replicas = 3
    #expect((BlueprintRun(design).components[1].backlog ?? 99) < 10)
  }
}
