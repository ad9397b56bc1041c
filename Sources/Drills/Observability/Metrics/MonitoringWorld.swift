import Kernel
import Patterns
import Simulation

/// Everything that a run of the monitoring scenario changes.
struct MonitoringWorld: World, Sendable {
  /// What can happen.
  enum Event: Sendable {
    case request
    case scrape(Int32)
    case evaluate
    case second
    case judgePage(Int32)
    case faultIsDue
  }

  let service: ServiceSettings
  /// What pages; nil where nothing does and somebody has to look.
  let rules: MonitoringRules?
  var environment: Environment
  var schedule: FaultSchedule
  var registries: [MetricRegistry]
  var targets: [ScrapeTarget]
  var store = SeriesStore()
  var group: RuleGroup
  var truth: MonitoringTruth
  var checks = MonitoringChecks()
  var pages: [MonitoringPage] = []
  var evaluations = 0
  var emptyEvaluations = 0
  var lowestSignal: Double?
  var signals: [Double?] = []
  var lastFault: Trace.ID?
  var outageEvent: Trace.ID?
  /// For each outage the event that it began with.
  var outageEvents: [Trace.ID?] = []
  /// Prometheus died because its series no longer fit.
  var death: Trace.ID?
  var arrivalRandom: RandomStream
  var instanceRandom: RandomStream
  var latencyRandom: RandomStream
  var errorRandom: RandomStream
  var userRandom: RandomStream

  /// The world as it is when the run of `request` is over.
  static func run(
    _ service: ServiceSettings, _ rules: MonitoringRules?, _ request: ScenarioRequest
  ) -> MonitoringWorld {
    var universe = Universe(MonitoringWorld(service, rules, request), capacity: 1_024)
    universe.world.begin(in: &universe.queue)
    universe.run(until: .zero + service.duration)
    return universe.world
  }

  private init(
    _ service: ServiceSettings, _ rules: MonitoringRules?, _ request: ScenarioRequest
  ) {
    let seed = request.seed
    self.service = service
    self.rules = rules
    environment = Environment(
      service.roster,
      network: Network(LinkQuality(latency: .constant(.milliseconds(1))), seed: seed),
      traceCapacity: request.traceCapacity)
    schedule = FaultSchedule(request.faults)
    registries = Array(repeating: Self.registry(service), count: service.instances)
    targets = (1...service.instances).map {
      ScrapeTarget(job: "api", instance: "api-\($0)", shortcut: service.shortcut)
    }
    group = rules?.group ?? RuleGroup([])
    truth = MonitoringTruth(service)
    arrivalRandom = RandomStream(seed: seed, name: "arrivals")
    instanceRandom = RandomStream(seed: seed, name: "instances")
    latencyRandom = RandomStream(seed: seed, name: "latency")
    errorRandom = RandomStream(seed: seed, name: "errors")
    userRandom = RandomStream(seed: seed, name: "users")
  }

  var prometheus: NodeID { NodeID(service.instances) }

  /// What an instance has when it starts: every metric declared, and both codes at 0.
  static func registry(_ service: ServiceSettings) -> MetricRegistry {
    var registry = MetricRegistry(shortcut: service.shortcut)
    registry.declare("http_requests_total", .counter, help: "Requests answered.")
    registry.declare(
      "http_request_duration_seconds", .histogram, help: "How long they took.",
      bounds: service.bounds)
    if !service.cardinality.hasUserLabel {
      for code in ["200", "500"] {
        registry.add(0, to: "http_requests_total", MetricLabels([("code", code)]))
      }
    }
    return registry
  }

  /// Schedules what begins a run.
  mutating func begin(in queue: inout EventQueue<Event>) {
    scheduleRequest(in: &queue)
    // Targets are spread over the interval, as Prometheus does.
    for place in 0..<service.instances {
      let offset = service.scrapeEvery.nanoseconds * Int64(place + 1)
      queue.schedule(
        .scrape(Int32(place)), after: .nanoseconds(offset / Int64(service.instances + 1)))
    }
    scheduleEvaluation(in: &queue)
    queue.schedule(.second, after: .seconds(1))
    if let first = schedule.next { queue.schedule(.faultIsDue, at: first) }
  }

  mutating func handle(_ event: Event, at now: Instant, in queue: inout EventQueue<Event>) {
    switch event {
    case .request:
      serve(at: now)
      scheduleRequest(in: &queue)
    case .scrape(let place):
      scrape(Int(place), at: now)
      queue.schedule(.scrape(place), after: service.scrapeEvery)
    case .evaluate:
      evaluate(at: now, in: &queue)
      scheduleEvaluation(in: &queue)
    case .second:
      lookAtUsers(at: now)
      queue.schedule(.second, after: .seconds(1))
    case .judgePage(let number): judge(Int(number), at: now)
    case .faultIsDue: carryOutFaults(at: now, in: &queue)
    }
  }

  private func scheduleEvaluation(in queue: inout EventQueue<Event>) {
    if let rules { queue.schedule(.evaluate, after: rules.settings.evaluateEvery) }
  }

  private mutating func scheduleRequest(in queue: inout EventQueue<Event>) {
    let rate = service.rate * environment.loadFactor
    let gap = TimeSpan(seconds: arrivalRandom.exponential() / rate)
    queue.schedule(.request, after: max(gap, .nanoseconds(1)))
  }

  private mutating func carryOutFaults(at now: Instant, in queue: inout EventQueue<Event>) {
    for applied in schedule.carryOut(in: &environment, at: now) {
      // What ends a fault is no cause of harm.
      if applied.number != nil { lastFault = applied.event }
      for change in applied.changes {
        guard case .crashed(let node) = change else { continue }
        if node == prometheus {
          // What it has written survives; what it knew of pending alerts does not.
          if let rules { group = rules.group }
        } else {
          registries[node.index] = Self.registry(service)
        }
      }
    }
    if let next = schedule.next { queue.schedule(.faultIsDue, at: next) }
  }

  /// The instance for a request among those that run; nil when none does.
  private mutating func instance() -> Int? {
    let last = service.instances - 1
    let isForCanary = service.canaryShare > 0 && instanceRandom.chance(service.canaryShare)
    let others = service.canaryShare > 0 && last > 0 ? last : service.instances
    let first = isForCanary ? last : instanceRandom.below(others)
    for step in 0..<service.instances {
      let place = (first + step) % service.instances
      if environment.processes.runs(NodeID(place)) { return place }
    }
    return nil
  }

  private mutating func serve(at now: Instant) {
    let user = userRandom.below(service.cardinality.users)
    guard let place = instance() else { return truth.count(isGood: false, latency: nil, at: now) }
    let isTail = service.tailShare > 0 && latencyRandom.chance(service.tailShare)
    let base = isTail ? service.tailTime : service.latency.sample(&latencyRandom)
    let latency = base * environment.processes.slowdown(NodeID(place))
    let failure = service.errorShare + environment.errorRate(NodeID(place))
    let isFailed = errorRandom.chance(min(1, failure))
    var labels = MetricLabels([("code", isFailed ? "500" : "200")])
    if service.cardinality.hasUserLabel { labels["user"] = "\(user)" }
    registries[place].add(1, to: "http_requests_total", labels)
    registries[place].observe(latency.seconds, in: "http_request_duration_seconds")
    truth.count(
      isGood: !isFailed && latency <= service.goodLatency, latency: latency, at: now)
  }
}
