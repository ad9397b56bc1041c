import Blueprints
import Kernel

/// Requests through designs of five tiers (clients, gateway, service, cache, database), with
/// timeouts, percentiles and a trace.
///
/// Larger designs are many such stacks side by side that share the load, so the work for a request
/// stays the same and what grows is the design. Every request must be accounted for and go well.
struct DesignBenchmark: Benchmark {
  let stacks: Int

  var name: String { "design-\(stacks * 5)-components" }

  private static let rate = 2_000.0
  private static let seconds: Int64 = 200
  private static let rounds = 3

  func figures() throws(BenchmarkFailure) -> [Figure] {
    let design: Blueprint
    do { design = try self.design() } catch {
      throw BenchmarkFailure(message: error.message)
    }
    var run: BlueprintRun?
    let seconds = try ProcessorClock.median(rounds: Self.rounds) { () throws(BenchmarkFailure) in
      let result = BlueprintRun(design)
      try BenchmarkFailure.require(
        result.broken.isEmpty, result.broken.joined(separator: " "))
      try BenchmarkFailure.require(
        result.failed == 0 && result.succeeded > 0, "\(result.failed) requests failed")
      run = result
    }
    guard let run else { throw BenchmarkFailure(message: "nothing ran") }
    return [
      Figure(name: name, value: Double(run.came) / seconds, unit: "requests/s"),
      Figure(name: "\(name).events", value: Double(run.events) / seconds, unit: "events/s"),
    ]
  }

  private func design() throws(Diagnostic) -> Blueprint {
    var design = Blueprint(id: "five-tiers", title: "Five tiers")
    design.zones = [Zone(region: "r", letter: "a")]
    design.duration = .seconds(Self.seconds)
    design.warmUp = .seconds(1)
    for stack in 0..<stacks { try addStack(stack, to: &design) }
    return design
  }

  private func addStack(_ number: Int, to design: inout Blueprint) throws(Diagnostic) {
    func add(
      _ kind: String, places: Int, _ work: Distribution
    ) throws(Diagnostic) -> Int {
      var component = Component("tier_\(design.components.count)", try ComponentKind.named(kind))
      component.concurrency = places
      component.work = work
      component.isHeld = false
      component.queue = 100_000
      component.zones = [0]
      design.components.append(component)
      return design.components.count - 1
    }
    var clients = Component("clients_\(number)", try ComponentKind.named("clients"))
    clients.load?.rate = Self.rate / Double(stacks)
    clients.load?.keys = 10_000
    design.components.append(clients)
    let source = design.components.count - 1
    let gateway = try add("api-gateway", places: 4, .exponential(mean: .milliseconds(1)))
    let service = try add("service", places: 32, .exponential(mean: .milliseconds(8)))
    let cache = try add("cache", places: 4, .exponential(mean: .microseconds(500)))
    design.components[cache].cache?.capacity = 3_000
    let database = try add("database", places: 16, .exponential(mean: .milliseconds(20)))
    var entrance = Call(from: source, to: gateway)
    entrance.timeout = .seconds(10)
    var miss = Call(from: service, to: database)
    miss.isAfterMiss = true
    miss.step = 1
    design.calls += [
      entrance, Call(from: gateway, to: service), Call(from: service, to: cache), miss,
    ]
  }
}
