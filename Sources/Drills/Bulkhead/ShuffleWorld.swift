import Kernel
import Patterns
import Simulation

/// A tenant's request.
struct ShuffleRequest: Sendable {
  let tenant: Int
  let isPoison: Bool
  let arrivedAt: Instant
  /// The workers that it may still try, the next one last.
  var left: [Int]
  var work: EventHandle?
}

/// Everything that a run of the shared workers changes.
///
///     tenant ──▶ a worker of its shard ── down ──▶ another one of its shard ── all down ──▶ failed
struct ShuffleWorld: ScenarioWorld, Sendable {
  enum Event: ScenarioEvent, Sendable {
    case arrival
    case poison
    case workEnds(Int32)
    case workerIsBack(Int16, life: Int32)
    case faultIsDue
    case watch
  }

  struct Worker: Sendable {
    var working: [Int] = []
    var line: [Int] = []
    var isKilled = false
    var life: Int32 = 0
  }

  /// Requests of each tenant, and those answered well, while the poison worked.
  struct Account: Sendable {
    var came = 0
    var good = 0
  }

  let settings: ShuffleSettings
  let hands: [[Int]]
  var environment: Environment
  var schedule: FaultSchedule
  var requests = Slab<ShuffleRequest>()
  var workers: [Worker]
  var tally: GroupTally
  var accounts: [Account]
  var checks = InvariantLog(ShuffleScenario.checks)
  var mostDown = 0
  var kills = 0
  var lastFault: Trace.ID?
  var firstKill: Trace.ID?
  var toldDark: Trace.ID?
  var toldOver = false
  private var arrivalRandom: RandomStream
  private var tenantRandom: RandomStream
  private var poisonRandom: RandomStream
  private var pickRandom: RandomStream
  private var serviceRandom: RandomStream

  init(
    _ settings: ShuffleSettings, roster: Roster, faults: FaultPlan, seed: UInt64,
    traceCapacity: Int
  ) {
    self.settings = settings
    hands = (0..<settings.tenants).map { settings.shards.workers(of: $0) }
    environment = Environment(
      roster, network: Network(LinkQuality(latency: .constant(.zero)), seed: seed),
      traceCapacity: traceCapacity)
    schedule = FaultSchedule(faults)
    workers = Array(repeating: Worker(), count: settings.shards.workers)
    tally = GroupTally(groups: 2, duration: settings.duration)
    accounts = Array(repeating: Account(), count: settings.tenants)
    arrivalRandom = RandomStream(seed: seed, name: "arrivals")
    tenantRandom = RandomStream(seed: seed, name: "tenants")
    poisonRandom = RandomStream(seed: seed, name: "poison")
    pickRandom = RandomStream(seed: seed, name: "picks")
    serviceRandom = RandomStream(seed: seed, name: "service")
  }

  mutating func begin(in queue: inout EventQueue<Event>) {
    for (tenant, hand) in hands.enumerated() {
      let isWhole = settings.shards.plan == .shared || hand.count == settings.shards.size
      if !isWhole || Set(hand).count != hand.count {
        checks.violated("hands", at: .zero, "tenant \(tenant) has workers \(hand)")
      }
    }
    scheduleArrival(in: &queue)
    if settings.poisonRate > 0, settings.poisonAt < settings.poisonEnd {
      queue.schedule(.poison, at: settings.poisonAt)
    }
    beginWatch(every: GroupTally.step, in: &queue)
  }

  mutating func handle(_ event: Event, at now: Instant, in queue: inout EventQueue<Event>) {
    switch event {
    case .arrival:
      take(tenantRandom.below(settings.tenants), isPoison: false, at: now, in: &queue)
      scheduleArrival(in: &queue)
    case .poison: poison(at: now, in: &queue)
    case .workEnds(let request): workEnds(Int(request), at: now, in: &queue)
    case .workerIsBack(let worker, let life):
      guard workers[Int(worker)].life == life else { return }
      workers[Int(worker)].isKilled = false
    case .faultIsDue: carryOutFaults(at: now, in: &queue)
    case .watch: look(at: now, in: &queue)
    }
  }

  private mutating func scheduleArrival(in queue: inout EventQueue<Event>) {
    let gap = arrivalRandom.exponential() / (settings.rate * environment.loadFactor)
    queue.schedule(.arrival, after: max(TimeSpan(seconds: gap), .nanoseconds(1)))
  }

  private mutating func poison(at now: Instant, in queue: inout EventQueue<Event>) {
    guard now < settings.poisonEnd else { return }
    take(0, isPoison: true, at: now, in: &queue)
    let gap = poisonRandom.exponential() / settings.poisonRate
    queue.schedule(.poison, after: max(TimeSpan(seconds: gap), .nanoseconds(1)))
  }

  private func isPoisoned(at now: Instant) -> Bool {
    now >= settings.poisonAt && now < settings.poisonEnd
  }

  private mutating func take(
    _ tenant: Int, isPoison: Bool, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    var hand = hands[tenant]
    pickRandom.shuffle(&hand)
    let number = requests.add(
      ShuffleRequest(
        tenant: tenant, isPoison: isPoison, arrivedAt: now,
        left: Array(hand.prefix(settings.tries))))
    if !isPoison {
      tally.requestArrived(tenant == 0 ? 1 : 0, at: now)
      if isPoisoned(at: now) { accounts[tenant].came += 1 }
    }
    attempt(number, at: now, in: &queue)
  }

  /// Sends a request to the next worker that it may try.
  private mutating func attempt(
    _ number: Int, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    while let worker = requests[number].left.popLast() {
      guard isUp(worker) else { continue }
      if !hands[requests[number].tenant].contains(worker) {
        checks.violated("hands", at: now, "a request leaves its tenant's shard")
      }
      if requests[number].isPoison {
        kill(worker, by: number, at: now, in: &queue)
        continue
      }
      if workers[worker].working.count < settings.slots {
        work(number, on: worker, at: now, in: &queue)
      } else {
        workers[worker].line.append(number)
      }
      return
    }
    end(number, isGood: false, at: now)
  }

  private func isUp(_ worker: Int) -> Bool {
    !workers[worker].isKilled && !environment.processes.isDown(NodeID(worker))
  }

  private mutating func work(
    _ number: Int, on worker: Int, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    let slowdown = environment.processes.slowdown(NodeID(worker))
    let span = Distribution.gamma(shape: 4, mean: settings.service).sample(&serviceRandom)
    workers[worker].working.append(number)
    requests[number].work = queue.schedule(.workEnds(Int32(number)), after: span * slowdown)
  }

  private mutating func workEnds(
    _ number: Int, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    guard let worker = workers.firstIndex(where: { $0.working.contains(number) }) else { return }
    workers[worker].working.removeAll { $0 == number }
    end(number, isGood: true, at: now)
    if !workers[worker].line.isEmpty {
      let next = workers[worker].line.removeFirst()
      work(next, on: worker, at: now, in: &queue)
    }
  }

  /// A worker dies; what it had goes to the next worker that each request may try.
  private mutating func drain(
    _ worker: Int, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    let inside = workers[worker].working + workers[worker].line
    workers[worker].working.removeAll()
    workers[worker].line.removeAll()
    for number in inside {
      if let work = requests[number].work { queue.cancel(work) }
      requests[number].work = nil
      attempt(number, at: now, in: &queue)
    }
  }

  private mutating func kill(
    _ worker: Int, by number: Int, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    kills += 1
    workers[worker].isKilled = true
    workers[worker].life += 1
    let event = environment.trace.record(
      at: now, "worker-\(worker + 1)", firstKill == nil ? "poisoned" : "killed",
      "a request of tenant 1 kills it; it will be back in \(settings.restart)",
      weight: firstKill == nil ? .fault : .harm, cause: firstKill)
    lastFault = event
    if firstKill == nil { firstKill = event }
    queue.schedule(
      .workerIsBack(Int16(worker), life: workers[worker].life), after: settings.restart)
    mostDown = max(mostDown, workers.indices.count { !isUp($0) })
    drain(worker, at: now, in: &queue)
  }

  private mutating func end(_ number: Int, isGood: Bool, at now: Instant) {
    let request = requests[number]
    requests.remove(number)
    guard !request.isPoison else { return }
    tally.requestEnded(
      request.tenant == 0 ? 1 : 0, began: request.arrivedAt, isGood: isGood, at: now)
    if isGood, isPoisoned(at: request.arrivedAt) { accounts[request.tenant].good += 1 }
    if !isGood, request.tenant != 0, toldDark == nil {
      let hand = hands[request.tenant].map { "worker-\($0 + 1)" }.joined(separator: ", ")
      toldDark = environment.trace.record(
        at: now, "tenant-\(request.tenant + 1)", "dark",
        "no worker that it may try is up; its shard: \(hand)", weight: .harm, cause: lastFault)
    }
  }

  mutating func note(fault: Trace.ID) { lastFault = fault }

  mutating func faultsChanged(at now: Instant) {
    tally.faults(areInForce: !environment.active.isEmpty, at: now)
  }

  mutating func act(on change: WorldChange, at now: Instant, in queue: inout EventQueue<Event>) {
    guard case .crashed(let node) = change, workers.indices.contains(node.index) else { return }
    mostDown = max(mostDown, workers.indices.count { !isUp($0) })
    drain(node.index, at: now, in: &queue)
  }

  private mutating func look(at now: Instant, in queue: inout EventQueue<Event>) {
    tally.close(at: now)
    if let toldDark, !toldOver, now >= settings.poisonEnd, workers.indices.allSatisfy(isUp) {
      toldOver = true
      environment.trace.record(
        at: now, "tenants", "light-again", "the poison is over and all workers are up",
        weight: .recovery, cause: toldDark)
    }
    watchOn(every: GroupTally.step, for: settings.duration, in: &queue)
  }
}
