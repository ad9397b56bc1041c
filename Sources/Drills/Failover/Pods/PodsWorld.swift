import Kernel
import Patterns
import Simulation

/// One pod: its container's life, its probes, what it works on.
struct ServicePod: Sendable {
  var probes: ContainerProbes
  var history: RestartHistory
  /// Counted up with each start; what belonged to an earlier life is known by it.
  var life = 0
  var isRunning = true
  /// When it answers for the first time.
  var answersFrom = Instant.zero
  /// The life that stands still; a restart leaves it behind.
  var hungLife: Int?
  var working: [Int] = []
  var line: [Int] = []

  var isHung: Bool { hungLife == life }
}

/// Everything that a run of the pods changes.
///
///     clients ──▶ Service ──▶ ready pods ──▶ database
///                                ▲ probes: kubelet
struct PodsWorld: World, Sendable {
  enum Event: Sendable {
    case arrival
    case workEnds(Int32)
    case givesUp(Int32)
    case probe(Int32, life: Int32, ContainerProbes.Kind)
    case probeTimesOut(Int32)
    case start(Int32, life: Int32)
    case faultIsDue
    case watch
  }

  /// A request, or a probe that waits among them.
  struct Job: Sendable {
    let arrivedAt: Instant
    let pod: Int
    let life: Int
    let probe: ContainerProbes.Kind?
    var isHome = false
    var isOver = false
  }

  let settings: PodsSettings
  var environment: Environment
  var schedule: FaultSchedule
  var pods: [ServicePod]
  var jobs: [Job] = []
  var tally: PodsTally
  var log: InvariantLog
  var told: [String: Trace.ID] = [:]
  var lastFault: Trace.ID?
  var arrivals: RandomStream
  var work: RandomStream
  var picks: RandomStream
  var phases: RandomStream

  init(
    _ settings: PodsSettings, roster: Roster, invariants: [Invariant], faults: FaultPlan,
    seed: UInt64, traceCapacity: Int
  ) {
    self.settings = settings
    environment = Environment(
      roster, network: Network(LinkQuality(latency: .constant(.zero)), seed: seed),
      traceCapacity: traceCapacity)
    schedule = FaultSchedule(faults)
    pods = (0..<settings.replicas).map { _ in
      ServicePod(
        probes: ContainerProbes(settings.probes), history: RestartHistory(startedAt: .zero))
    }
    tally = PodsTally(settings.duration)
    log = InvariantLog(invariants)
    arrivals = RandomStream(seed: seed, name: "pods/arrivals")
    work = RandomStream(seed: seed, name: "pods/work")
    picks = RandomStream(seed: seed, name: "pods/picks")
    phases = RandomStream(seed: seed, name: "pods/phases")
  }

  var databaseNode: NodeID { NodeID(pods.count) }
  /// No process, but code that all pods have in common.
  var homeNode: NodeID { NodeID(pods.count + 1) }
  func name(_ pod: Int) -> String { environment.roster.name(NodeID(pod)) }
  var ready: [Int] { pods.indices.filter { pods[$0].isRunning && pods[$0].probes.isReady } }

  /// Whether the database answers.
  var hasDatabase: Bool { environment.processes.runs(databaseNode) }

  mutating func begin(in queue: inout EventQueue<Event>) {
    for pod in pods.indices {
      // The run begins with pods that have long been up.
      _ = pods[pod].probes.answered(.startup, isGood: true)
      for _ in 0..<(settings.probes.readiness?.successThreshold ?? 1) {
        _ = pods[pod].probes.answered(.readiness, isGood: true)
      }
      scheduleProbes(pod, at: .zero, in: &queue)
    }
    scheduleArrival(in: &queue)
    if let first = schedule.next { queue.schedule(.faultIsDue, at: first) }
    queue.schedule(.watch, after: GroupTally.step)
  }

  mutating func handle(_ event: Event, at now: Instant, in queue: inout EventQueue<Event>) {
    switch event {
    case .arrival:
      arrive(at: now, in: &queue)
      scheduleArrival(in: &queue)
    case .workEnds(let number): workEnds(Int(number), at: now, in: &queue)
    case .givesUp(let number):
      guard !jobs[Int(number)].isOver else { return }
      note("slow", jobs[Int(number)].pod, "a client gives up after \(settings.timeout)", at: now)
      end(Int(number), isGood: false, at: now)
    case .probe(let pod, let life, let kind):
      ask(kind, Int(pod), life: Int(life), at: now, in: &queue)
    case .probeTimesOut(let number):
      guard !jobs[Int(number)].isOver else { return }
      jobs[Int(number)].isOver = true
      answer(Int(number), isGood: false, at: now, in: &queue)
    case .start(let pod, let life): start(Int(pod), life: Int(life), at: now, in: &queue)
    case .faultIsDue: carryOutFaults(at: now, in: &queue)
    case .watch: look(at: now, in: &queue)
    }
  }

  private mutating func scheduleArrival(in queue: inout EventQueue<Event>) {
    let rate = settings.rate * max(environment.loadFactor, 1e-6)
    let gap = TimeSpan(seconds: arrivals.exponential() / rate)
    queue.schedule(.arrival, after: max(gap, .nanoseconds(1)))
  }

  private mutating func arrive(at now: Instant, in queue: inout EventQueue<Event>) {
    let after = tally.hasQuietened
    tally.group.requestArrived(after ? 1 : 0, at: now)
    let ready = ready
    guard !ready.isEmpty else {
      note("no-endpoint", 0, "no pod is ready, and a request has nowhere to go", at: now)
      return tally.group.requestEnded(after ? 1 : 0, began: now, isGood: false, at: now)
    }
    let pod = ready[picks.below(ready.count)]
    tally.underWay += 1
    let isHome = work.chance(settings.homeShare)
    let number = add(
      Job(arrivedAt: now, pod: pod, life: pods[pod].life, probe: nil, isHome: isHome))
    tally.isAfter.append(after)
    guard pods[pod].line.count < settings.queue else {
      note("full", pod, "its line is full: a request is refused", at: now)
      return end(number, isGood: false, at: now)
    }
    queue.schedule(.givesUp(Int32(number)), after: settings.timeout)
    enqueue(number, at: now, in: &queue)
  }

  mutating func add(_ job: Job) -> Int {
    jobs.append(job)
    if job.probe != nil { tally.isAfter.append(false) }
    return jobs.count - 1
  }

  /// Puts a job into its pod's line and lets a free worker have it.
  mutating func enqueue(_ number: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    pods[jobs[number].pod].line.append(number)
    serve(jobs[number].pod, at: now, in: &queue)
  }

  mutating func serve(_ pod: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    guard pods[pod].isRunning, !pods[pod].isHung, now >= pods[pod].answersFrom else { return }
    while pods[pod].working.count < settings.workers, !pods[pod].line.isEmpty {
      let number = pods[pod].line.removeFirst()
      pods[pod].working.append(number)
      let span = jobs[number].probe == nil ? requestTime(jobs[number]) : probeTime
      let slowdown = environment.processes.slowdown(NodeID(pod))
      queue.schedule(.workEnds(Int32(number)), after: max(.microseconds(1), span * slowdown))
    }
  }

  private mutating func requestTime(_ job: Job) -> TimeSpan {
    settings.service * work.exponential()
      * (job.isHome ? environment.processes.slowdown(homeNode) : 1)
  }

  /// What the handler of a probe takes.
  var probeTime: TimeSpan {
    settings.asksHome
      ? settings.service * environment.processes.slowdown(homeNode) : .milliseconds(1)
  }

  private mutating func workEnds(_ number: Int, at now: Instant, in queue: inout EventQueue<Event>)
  {
    let job = jobs[number]
    guard pods[job.pod].life == job.life, !pods[job.pod].isHung else { return }
    pods[job.pod].working.removeAll { $0 == number }
    if !job.isOver {
      if job.probe != nil {
        jobs[number].isOver = true
        answer(number, isGood: isHealthy(job), at: now, in: &queue)
      } else {
        let rate = environment.errorRate(NodeID(job.pod))
        end(number, isGood: hasDatabase && !(rate > 0 && work.chance(rate)), at: now)
      }
    }
    if pods[job.pod].life == job.life { serve(job.pod, at: now, in: &queue) }
  }

  /// What the probe's handler finds.
  func isHealthy(_ job: Job) -> Bool {
    job.probe != .liveness || !settings.asksDatabase || hasDatabase
  }

  mutating func end(_ number: Int, isGood: Bool, at now: Instant) {
    guard !jobs[number].isOver else { return }
    jobs[number].isOver = true
    tally.underWay -= 1
    tally.group.requestEnded(
      tally.isAfter[number] ? 1 : 0, began: jobs[number].arrivedAt, isGood: isGood, at: now)
  }

  /// Tells the trace the first trouble of a kind.
  mutating func note(
    _ kind: String, _ pod: Int, _ detail: String, weight: Trace.Weight = .harm, at now: Instant
  ) {
    guard told[kind] == nil else { return }
    told[kind] = environment.trace.record(
      at: now, name(pod), kind, detail, weight: weight,
      cause: told["killed"] ?? told["not-ready"] ?? lastFault)
  }
}
