import Kernel
import Patterns
import Simulation

/// A stage: a buffer, one worker, and what the next stage has asked for.
struct PipelineStage: Sendable {
  var buffer: StageBuffer
  var replenisher: Replenisher?
  /// What this stage may send on; nil when it just sends.
  var output: Subscription?
  /// The item at work, and the finished one that may not be sent yet.
  var working: Int?
  var finished: Int?
  var isDown = false
  var isPaused = false
  var held: [PipelineWorld.Event] = []
  /// Counts its lives, so that messages of an old one are known.
  var life: Int32 = 0
  var random: RandomStream
}

/// Everything that a run of the pipeline changes.
///
///     source ──▶ [buffer] parse ──▶ [buffer] enrich ──▶ [buffer] sink
///            ◀── request(n) ──  ◀── request(n) ──   ◀── request(n) ──
struct PipelineWorld: ScenarioWorld, Sendable {
  enum Event: ScenarioEvent, Sendable {
    case arrival
    case itemLeaves(stage: Int8, item: Int32, life: Int32)
    case itemArrives(stage: Int8, item: Int32, life: Int32)
    case workEnds(stage: Int8, life: Int32)
    case requestLeaves(stage: Int8, count: Int32, life: Int32)
    case requestArrives(stage: Int8, count: Int32, life: Int32)
    case stageIsBack(stage: Int8, life: Int32)
    case faultIsDue
    case watch
  }

  static let last = 3

  let settings: PipelineSettings
  var environment: Environment
  var schedule: FaultSchedule
  /// Stage 0 is the source: it has an output and no buffer of its own.
  var stages: [PipelineStage]
  /// When each item came into being, and when the source sent it.
  var created: [Instant] = []
  var sent: [Instant] = []
  /// Items that wait at a patient source.
  var waiting = CallLine()
  /// Items on their way between stages.
  var underWay = 0
  var counts = PipelineCounts()
  var checks = InvariantLog(PipelineScenario.checks)
  var watch = EpisodeWatch<PipelineTrouble>()
  private var arrivalRandom: RandomStream

  init(
    _ settings: PipelineSettings, roster: Roster, faults: FaultPlan, seed: UInt64,
    traceCapacity: Int
  ) {
    self.settings = settings
    environment = Environment(
      roster, network: Network(LinkQuality(latency: .constant(settings.network)), seed: seed),
      traceCapacity: traceCapacity)
    schedule = FaultSchedule(faults)
    stages = PipelineSettings.names.map { name in
      PipelineStage(
        buffer: settings.design.buffer, replenisher: settings.design.replenisher,
        output: settings.isPushing ? nil : Subscription(shortcut: settings.shortcut),
        random: RandomStream(seed: seed, name: "\(name)/work"))
    }
    arrivalRandom = RandomStream(seed: seed, name: "arrivals")
  }

  mutating func begin(in queue: inout EventQueue<Event>) {
    for stage in 1...Self.last { subscribe(stage, in: &queue) }
    scheduleArrival(in: &queue)
    beginWatch(every: PipelineCounts.step, in: &queue)
  }

  mutating func handle(_ event: Event, at now: Instant, in queue: inout EventQueue<Event>) {
    switch event {
    case .arrival:
      create(at: now, in: &queue)
      scheduleArrival(in: &queue)
    case .itemLeaves(let stage, let item, let life):
      carry(item: item, to: stage, life: life, at: now, in: &queue)
    case .requestLeaves(let stage, let count, let life):
      carry(request: count, to: stage, life: life, at: now, in: &queue)
    case .itemArrives(let stage, let item, let life):
      underWay -= 1
      itemArrives(Int(stage), item: Int(item), life: life, at: now, in: &queue)
    case .workEnds(let stage, let life):
      guard stages[Int(stage)].life == life else { return }
      if stages[Int(stage)].isPaused {
        stages[Int(stage)].held.append(event)
      } else {
        workEnds(Int(stage), at: now, in: &queue)
      }
    case .requestArrives(let stage, let count, let life):
      guard connection(before: Int(stage) + 1) == life else { return }
      _ = stages[Int(stage)].output?.request(Int(count))
      sendOn(Int(stage), at: now, in: &queue)
    case .stageIsBack(let stage, let life):
      guard stages[Int(stage)].life == life else { return }
      comeBack(Int(stage), at: now, in: &queue)
    case .faultIsDue: carryOutFaults(at: now, in: &queue)
    case .watch: look(at: now, in: &queue)
    }
  }

  private mutating func scheduleArrival(in queue: inout EventQueue<Event>) {
    let gap = arrivalRandom.exponential() / (settings.rate * environment.loadFactor)
    queue.schedule(.arrival, after: max(TimeSpan(seconds: gap), .nanoseconds(1)))
  }

  private mutating func create(at now: Instant, in queue: inout EventQueue<Event>) {
    let item = created.count
    created.append(now)
    sent.append(now)
    let isOpen =
      !stages[0].isDown && !stages[0].isPaused && waiting.count == 0
      && (stages[0].output?.isOpen ?? true)
    if isOpen {
      send(item, from: 0, at: now, in: &queue)
    } else if settings.isPatient {
      noteHeld(at: now)
      waiting.append(item)
      counts.held += 1
      counts.mostWaiting = max(counts.mostWaiting, waiting.count)
    } else {
      counts.lostAtSource += 1
      noteLost("the source", at: now)
    }
  }

  /// A stage that begins asks the one before it for what it has room for.
  mutating func subscribe(_ stage: Int, in queue: inout EventQueue<Event>) {
    guard let old = settings.design.replenisher else { return }
    stages[stage].replenisher = old
    ask(stage, for: old.prefetch - stages[stage].buffer.count, in: &queue)
  }

  /// Asks for more; while the stage before is down there is nobody to ask.
  mutating func ask(_ stage: Int, for count: Int, in queue: inout EventQueue<Event>) {
    guard count > 0, !stages[stage].isDown, !stages[stage - 1].isDown else { return }
    counts.requests += 1
    carry(
      request: Int32(min(count, 1_000_000_000)), to: Int8(stage - 1),
      life: connection(before: stage), at: queue.now, in: &queue)
  }

  /// Sends an item to the next stage; whoever calls has looked whether it may.
  mutating func send(
    _ item: Int, from stage: Int, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    if stages[stage].output != nil {
      _ = stages[stage].output?.signal()
      checks.check(stages[stage].output?.checkInvariants(), at: now)
    }
    if stage == 0 { sent[item] = now }
    underWay += 1
    carry(
      item: Int32(item), to: Int8(stage + 1), life: connection(before: stage + 1), at: now,
      in: &queue)
  }

  /// A stage sends what it could not send before, and works on.
  mutating func sendOn(_ stage: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    guard !stages[stage].isDown, !stages[stage].isPaused else { return }
    if stage == 0 {
      while waiting.count > 0, stages[0].output?.isOpen ?? true, let item = waiting.popFirst() {
        waiting.leave()
        send(item, from: 0, at: now, in: &queue)
      }
      return
    }
    guard let item = stages[stage].finished, stages[stage].output?.isOpen ?? true else { return }
    stages[stage].finished = nil
    send(item, from: stage, at: now, in: &queue)
    take(stage, at: now, in: &queue)
  }

  private mutating func itemArrives(
    _ stage: Int, item: Int, life: Int32, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    guard connection(before: stage) == life, !stages[stage].isDown else {
      counts.lostOnTheWay += 1
      return noteLost(PipelineSettings.names[stage], at: now)
    }
    guard stages[stage].buffer.count < settings.memory else {
      counts.lostInDeath += 1
      return die(stage, "its memory is full with \(settings.memory) items", at: now, in: &queue)
    }
    if settings.shortcut == .asksOnArrival, let more = stages[stage].replenisher?.workedOff() {
      ask(stage, for: more, in: &queue)
    }
    if stages[stage].working == nil, stages[stage].finished == nil, !stages[stage].isPaused,
      stages[stage].buffer.count == 0
    {
      begin(item, at: stage, now: now, in: &queue)
      return
    }
    switch stages[stage].buffer.offer(item) {
    case .stored: break
    case .dropped:
      counts.dropped += 1
      noteDropped(stage, at: now)
    case .overflow:
      if settings.design.buffer.overflow == .block {
        checks.violated(
          "buffer", at: now,
          "\(PipelineSettings.names[stage]) gets an item that it has no room for")
      }
      counts.lostInDeath += 1
      die(stage, "its buffer overflows: the stream fails", at: now, in: &queue)
    }
    counts.longest = max(counts.longest, stages[stage].buffer.count)
    checks.check(stages[stage].buffer.checkInvariants(), at: now)
    noteGrowth(stage, at: now)
  }

  private mutating func begin(
    _ item: Int, at stage: Int, now: Instant, in queue: inout EventQueue<Event>
  ) {
    stages[stage].working = item
    let span =
      settings.work[stage - 1].sample(&stages[stage].random)
      * environment.processes.slowdown(NodeID(stage))
    queue.schedule(.workEnds(stage: Int8(stage), life: stages[stage].life), after: span)
    guard settings.shortcut != .asksOnArrival else { return }
    if let more = stages[stage].replenisher?.workedOff() { ask(stage, for: more, in: &queue) }
  }

  /// A free worker takes the next item from its buffer.
  mutating func take(_ stage: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    guard stages[stage].working == nil, stages[stage].finished == nil, !stages[stage].isPaused,
      !stages[stage].isDown, let item = stages[stage].buffer.next()
    else { return }
    begin(item, at: stage, now: now, in: &queue)
  }

  mutating func workEnds(_ stage: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    guard let item = stages[stage].working else { return }
    stages[stage].working = nil
    if stage == Self.last {
      counts.deliver(created: created[item], sent: sent[item], at: now)
      take(stage, at: now, in: &queue)
    } else {
      stages[stage].finished = item
      sendOn(stage, at: now, in: &queue)
    }
  }
}
