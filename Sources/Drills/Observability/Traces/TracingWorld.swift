import Kernel
import Patterns
import Simulation

/// Everything that a run of the tracing scenario changes.
struct TracingWorld: World, Sendable {
  /// What can happen.
  enum Event: Sendable {
    case request
    case tick
    case faultIsDue
  }

  /// A request, and the traces that its services made of it: one, unless a header was lost.
  struct Request: Sendable {
    let traceID: String
    let isFailed: Bool
  }

  static let tick = TimeSpan.milliseconds(500)

  let settings: Settings
  let isTail: Bool
  let samplesAnew: Bool
  let sampler: HeadSampler
  var environment: Environment
  var schedule: FaultSchedule
  var requests: [Request] = []
  var queues: [SpanQueue]
  var tail: TailSampler
  var store = TraceStore()
  var made = 0
  var discarded = 0
  var crowdedOut = 0
  var longestQueue = 0
  var mostWaiting = 0
  var violations: [(name: String, at: Instant, witness: String)] = []
  var lastFault: Trace.ID?
  var isDropTold = false
  var isCrowdTold = false
  var arrivalRandom: RandomStream
  var workRandom: RandomStream
  var idRandom: RandomStream
  var errorRandom: RandomStream
  var samplingRandom: RandomStream

  init(_ request: ScenarioRequest, roster: Roster) {
    settings = request.settings
    isTail = settings.word("sampling") == "tail"
    samplesAnew = request.mutant == "samples-anew"
    // The collector can decide only about what it gets.
    sampler = isTail ? .always : .ratio(settings.number("share"))
    environment = Environment(
      roster,
      network: Network(
        LinkQuality(latency: .constant(.milliseconds(1))), seed: request.seed),
      traceCapacity: request.traceCapacity)
    schedule = FaultSchedule(request.faults)
    var options = SpanQueue.Options()
    options.capacity = settings.integer("queue")
    options.batch = settings.integer("batch")
    options.delay = settings.span("delay")
    queues = TracingScenario.services.indices.map { place in
      SpanQueue(options, start: .zero + options.delay * place / TracingScenario.services.count)
    }
    var policy = TailSampler.Policy()
    policy.decisionWait = settings.span("tail.wait")
    policy.share = settings.number("share")
    policy.maxTraces = settings.integer("tail.traces")
    tail = TailSampler(policy)
    arrivalRandom = RandomStream(seed: request.seed, name: "arrivals")
    workRandom = RandomStream(seed: request.seed, name: "work")
    idRandom = RandomStream(seed: request.seed, name: "ids")
    errorRandom = RandomStream(seed: request.seed, name: "errors")
    samplingRandom = RandomStream(seed: request.seed, name: "sampling")
  }

  private var collector: NodeID { NodeID(TracingScenario.services.count) }

  mutating func begin(in queue: inout EventQueue<Event>) {
    scheduleRequest(in: &queue)
    queue.schedule(.tick, after: Self.tick)
    if let first = schedule.next { queue.schedule(.faultIsDue, at: first) }
  }

  private mutating func scheduleRequest(in queue: inout EventQueue<Event>) {
    let rate = settings.number("rate") * environment.loadFactor
    let gap = TimeSpan(seconds: arrivalRandom.exponential() / rate)
    queue.schedule(.request, after: max(gap, .nanoseconds(1)))
  }

  mutating func handle(_ event: Event, at now: Instant, in queue: inout EventQueue<Event>) {
    switch event {
    case .request:
      serve(at: now)
      scheduleRequest(in: &queue)
    case .tick:
      collect(at: now)
      queue.schedule(.tick, after: Self.tick)
    case .faultIsDue:
      for applied in schedule.carryOut(in: &environment, at: now) {
        if applied.number != nil { lastFault = applied.event }
        for case .crashed(let node) in applied.changes where node != collector {
          // What waited in the process is lost with it.
          discarded += queues[node.index].count
          queues[node.index] = SpanQueue(queues[node.index].options, start: now)
        }
      }
      if let next = schedule.next { queue.schedule(.faultIsDue, at: next) }
    }
  }

  private mutating func hexadecimal(_ words: Int) -> String {
    (0..<words).map { _ in TraceParent.hexadecimal(max(1, idRandom.next()), digits: 16) }.joined()
  }

  /// A request goes through the services, each of which reads the header that it gets.
  private mutating func serve(at now: Instant) {
    let services = TracingScenario.services
    let chance = settings.number("errors") + environment.errorRate(NodeID(services.count - 1))
    let isFailed = errorRandom.chance(min(1, chance))
    let works = services.indices.map { place in
      settings.span("work") * workRandom.exponential()
        * environment.processes.slowdown(NodeID(place))
    }
    var header: String?
    var first: String?
    var recording: [Bool] = []
    var begin = now
    var parentBegin = now
    for place in services.indices {
      let parent = header.flatMap(TraceParent.init(header:))
      let traceID = parent?.traceID ?? hexadecimal(2)
      if first == nil { first = traceID }
      let isSampled = decides(traceID, parent)
      if parent != nil, let before = recording.last, before != isSampled {
        violated(
          "same decision", at: now,
          "\(services[place - 1]) and \(services[place]) differ about trace \(traceID)")
      }
      recording.append(isSampled)
      let own = hexadecimal(1)
      // A service waits for those that it calls.
      let length = works[place...].reduce(TimeSpan.zero) { $0 + $1 }
      if begin < parentBegin { violated("parent", at: now, "\(services[place]) begins early") }
      if isSampled {
        made += 1
        let span = TraceSpan(
          traceID: traceID, id: own, parent: parent?.parentID, service: services[place],
          start: begin, length: length, isFailed: isFailed)
        if !queues[place].add(span) { noteDrop(place, at: now) }
        longestQueue = max(longestQueue, queues[place].count)
      }
      let isPassed = place != 1 || settings.flag("cart.passes.header")
      header =
        isPassed
        ? TraceParent(traceID: traceID, parentID: own, flags: isSampled ? 1 : 0).header : nil
      parentBegin = begin
      begin += works[place] / 2
    }
    requests.append(Request(traceID: first ?? "", isFailed: isFailed))
  }

  private mutating func decides(_ traceID: String, _ parent: TraceParent?) -> Bool {
    if samplesAnew { return samplingRandom.chance(settings.number("share")) }
    return parent?.isSampled ?? sampler.takes(traceID)
  }

  private mutating func noteDrop(_ place: Int, at now: Instant) {
    guard !isDropTold else { return }
    isDropTold = true
    environment.trace.record(
      at: now, TracingScenario.services[place], "dropped",
      "the queue of \(queues[place].options.capacity) spans is full; spans are dropped and counted",
      weight: .harm, cause: lastFault)
  }

  mutating func violated(_ name: String, at now: Instant, _ witness: String) {
    if !violations.contains(where: { $0.name == name }) { violations.append((name, now, witness)) }
  }

  /// Services send what is due; the collector stores it, or waits for the whole trace.
  private mutating func collect(at now: Instant) {
    guard environment.processes.runs(collector) else { return }
    for place in queues.indices {
      while queues[place].isDue(at: now) {
        for span in queues[place].take(at: now) { take(span, at: now) }
      }
    }
    mostWaiting = max(mostWaiting, tail.waitingCount)
    for decision in tail.decide(at: now) { settle(decision, at: now) }
  }

  mutating func take(_ span: TraceSpan, at now: Instant) {
    guard isTail else { return store.add(span) }
    let late = tail.lateSpans
    if let decision = tail.add(span, at: now) { settle(decision, at: now) }
    discarded += tail.lateSpans - late
  }

  mutating func settle(_ decision: TailSampler.Decision, at now: Instant) {
    switch decision {
    case .keep(let spans): for span in spans { store.add(span) }
    case .drop(let count): discarded += count
    case .crowdedOut(let count):
      discarded += count
      crowdedOut += 1
      guard !isCrowdTold else { return }
      isCrowdTold = true
      environment.trace.record(
        at: now, "collector", "crowded",
        "\(tail.policy.maxTraces) traces wait for a decision; the oldest has to go unseen",
        weight: .harm, cause: lastFault)
    }
  }
}
