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

  let settings: MonitoringSettings
  let rules: MonitoringRules
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

  init(
    _ settings: MonitoringSettings, roster: Roster, faults: FaultPlan, seed: UInt64,
    traceCapacity: Int
  ) {
    self.settings = settings
    rules = MonitoringRules(settings)
    environment = Environment(
      roster, network: Network(LinkQuality(latency: .constant(.milliseconds(1))), seed: seed),
      traceCapacity: traceCapacity)
    schedule = FaultSchedule(faults)
    registries = Array(
      repeating: Self.registry(settings), count: settings.instances)
    targets = (1...settings.instances).map {
      ScrapeTarget(job: "api", instance: "api-\($0)", shortcut: settings.shortcut)
    }
    group = rules.group
    truth = MonitoringTruth(settings)
    arrivalRandom = RandomStream(seed: seed, name: "arrivals")
    instanceRandom = RandomStream(seed: seed, name: "instances")
    latencyRandom = RandomStream(seed: seed, name: "latency")
    errorRandom = RandomStream(seed: seed, name: "errors")
    userRandom = RandomStream(seed: seed, name: "users")
  }

  var prometheus: NodeID { NodeID(settings.instances) }

  /// What an instance has when it starts: every metric declared, and both codes at 0.
  static func registry(_ settings: MonitoringSettings) -> MetricRegistry {
    var registry = MetricRegistry(shortcut: settings.shortcut)
    registry.declare("http_requests_total", .counter, help: "Requests answered.")
    registry.declare(
      "http_request_duration_seconds", .histogram, help: "How long they took.",
      bounds: settings.bounds)
    if !settings.hasUserLabel {
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
    for place in 0..<settings.instances {
      let offset = settings.scrapeEvery.nanoseconds * Int64(place + 1)
      queue.schedule(
        .scrape(Int32(place)), after: .nanoseconds(offset / Int64(settings.instances + 1)))
    }
    if settings.hasRules { queue.schedule(.evaluate, after: settings.evaluateEvery) }
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
      queue.schedule(.scrape(place), after: settings.scrapeEvery)
    case .evaluate:
      evaluate(at: now, in: &queue)
      queue.schedule(.evaluate, after: settings.evaluateEvery)
    case .second:
      lookAtUsers(at: now)
      queue.schedule(.second, after: .seconds(1))
    case .judgePage(let number): judge(Int(number), at: now)
    case .faultIsDue: carryOutFaults(at: now, in: &queue)
    }
  }

  private mutating func scheduleRequest(in queue: inout EventQueue<Event>) {
    let rate = settings.rate * environment.loadFactor
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
          group = rules.group
        } else {
          registries[node.index] = Self.registry(settings)
        }
      }
    }
    if let next = schedule.next { queue.schedule(.faultIsDue, at: next) }
  }

  /// The instance for a request among those that run; nil when none does.
  private mutating func instance() -> Int? {
    let last = settings.instances - 1
    let isForCanary = settings.canaryShare > 0 && instanceRandom.chance(settings.canaryShare)
    let others = settings.canaryShare > 0 && last > 0 ? last : settings.instances
    let first = isForCanary ? last : instanceRandom.below(others)
    for step in 0..<settings.instances {
      let place = (first + step) % settings.instances
      if environment.processes.runs(NodeID(place)) { return place }
    }
    return nil
  }

  private mutating func serve(at now: Instant) {
    let user = userRandom.below(settings.users)
    guard let place = instance() else { return truth.count(isGood: false, latency: nil, at: now) }
    let isTail = settings.tailShare > 0 && latencyRandom.chance(settings.tailShare)
    let base = isTail ? settings.tailTime : settings.latency.sample(&latencyRandom)
    let latency = base * environment.processes.slowdown(NodeID(place))
    let failure = settings.errorShare + environment.errorRate(NodeID(place))
    let isFailed = errorRandom.chance(min(1, failure))
    var labels = MetricLabels([("code", isFailed ? "500" : "200")])
    if settings.hasUserLabel { labels["user"] = "\(user)" }
    registries[place].add(1, to: "http_requests_total", labels)
    registries[place].observe(latency.seconds, in: "http_request_duration_seconds")
    truth.count(
      isGood: !isFailed && latency <= settings.goodLatency, latency: latency, at: now)
  }
}
