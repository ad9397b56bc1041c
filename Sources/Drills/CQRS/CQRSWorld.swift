import Kernel
import Patterns
import Simulation

/// Everything that a run of the CQRS scenario changes.
///
///     clients ──command──▶ commands ──load, append──▶ store
///        ▲                                              │ events, by position
///        └──────────list── view-1 ◀── projector-1 ◀─────┘
struct CQRSWorld: ScenarioWorld, Sendable {
  enum Event: ScenarioEvent, Sendable {
    case arrival
    case background
    case submit(Int32)
    case loadArrives(Int32)
    case loaded(Int32)
    case appendArrives(Int32)
    case append(Int32)
    case appended(Int32)
    case answered(Int32)
    case patienceEnds(Int32)
    case readAfter(Int32)
    case query(Int32)
    case queryDone(Int32)
    case shown(Int32)
    case waitEnds(Int32)
    case poll(Int32)
    case fetched(Int32)
    case applied(Int32)
    case checkpointed(Int32)
    case rebuild
    case deploy
    case poison
    case faultIsDue
    case watch
  }

  let settings: CQRSSettings
  let names: [String]
  var numbers: [String: Int] = [:]
  var environment: Environment
  var schedule: FaultSchedule
  var store: CommandStore
  var snapshots: SnapshotStore
  var storePool: ServicePool
  var views: [CQRSView]
  var intents: [CQRSIntent] = []
  var attempts: [CQRSAttempt] = []
  var readings: [CQRSReading] = []
  var chains: [CQRSChain] = []
  var works = Slab<CQRSWork>()
  /// The balance in cents after each event of each stream.
  var balances: [[Int]]
  /// The newest version that a customer has seen of each stream.
  var seen: [Int]
  var owns: [Int32: CQRSReading.Own] = [:]
  var nextOwn: Int32 = 0
  /// How often each event's mail was sent.
  var mails: [Int: Int] = [:]
  var revision = 1
  var isPoisonDue = false
  var firstPosition = 0
  var tally = CQRSTally()
  var checks = CQRSChecks()
  var watch = CQRSWatch()
  private var arrivalRandom: RandomStream
  private var backgroundRandom: RandomStream
  private var wishRandom: RandomStream
  var readRandom: RandomStream
  var resubmitRandom: RandomStream

  init(_ settings: CQRSSettings, faults: FaultPlan, seed: UInt64, traceCapacity: Int) {
    self.settings = settings
    names = settings.streamNames
    environment = Environment(
      settings.roster,
      network: Network(LinkQuality(latency: .constant(.milliseconds(1))), seed: seed),
      traceCapacity: traceCapacity)
    schedule = FaultSchedule(faults)
    store = CommandStore(isDeduplicating: settings.isDeduplicating)
    snapshots = SnapshotStore(settings.snapshots)
    storePool = ServicePool(slots: settings.slots)
    let model = ReadModelSwitch(Projection(settings.projection), shortcut: settings.shortcut)
    views = (0..<settings.views).map { _ in
      CQRSView(model: model, pool: ServicePool(slots: settings.slots))
    }
    balances = Array(repeating: [], count: names.count)
    seen = Array(repeating: -1, count: names.count)
    arrivalRandom = RandomStream(seed: seed, name: "cqrs/arrivals")
    backgroundRandom = RandomStream(seed: seed, name: "cqrs/background")
    wishRandom = RandomStream(seed: seed, name: "cqrs/wishes")
    readRandom = RandomStream(seed: seed, name: "cqrs/reads")
    resubmitRandom = RandomStream(seed: seed, name: "cqrs/resubmits")
    for (number, name) in names.enumerated() { numbers[name] = number }
  }

  /// Fills the store with what happened before, brings the views up to it and starts everything.
  mutating func begin(in queue: inout EventQueue<Event>) {
    for stream in names.indices {
      var facts = [SourcedAccount.Event.opened]
      facts += Array(repeating: .deposited(10), count: settings.history)
      for fact in facts {
        let event = LedgerEvent(fact, command: -1 - store.head, at: .zero)
        _ = store.append([event], of: event.command, to: names[stream], expecting: .any)
        balances[stream].append((balances[stream].last ?? 0) + event.cents)
        snapshots.appended(to: names[stream], of: store.events, revision: 1)
      }
    }
    firstPosition = store.head
    for view in views.indices {
      for segment in 0..<settings.projection.segments {
        while let batch = views[view].model.live.batch(segment, from: store.events.log) {
          _ = views[view].model.live.commit(batch)
        }
        startChain(view, segment, epoch: 0, at: .zero, in: &queue)
      }
    }
    for stream in 0..<settings.ownStreams { seen[stream] = balances[stream].count - 1 }
    scheduleArrival(in: &queue)
    scheduleBackground(in: &queue)
    for (span, event) in [
      (settings.rebuildAt, Event.rebuild), (settings.deployAt, .deploy),
      (settings.poisonAt, .poison),
    ] where span > .zero {
      queue.schedule(event, at: .zero + span)
    }
    beginWatch(every: CQRSTally.step, in: &queue)
  }

  mutating func handle(_ event: Event, at now: Instant, in queue: inout EventQueue<Event>) {
    switch event {
    case .arrival:
      arrive(at: now, in: &queue)
      scheduleArrival(in: &queue)
    case .background:
      if now < .zero + settings.duration {
        beginRead(of: readRandom.below(settings.customers), own: nil, at: now, in: &queue)
      }
      scheduleBackground(in: &queue)
    case .submit(let number): submitted(Int(number), at: now, in: &queue)
    case .loadArrives(let number): loadArrives(Int(number), at: now, in: &queue)
    case .loaded(let number): loaded(Int(number), at: now, in: &queue)
    case .appendArrives(let number): appendArrives(Int(number), at: now, in: &queue)
    case .append(let number): append(Int(number), at: now, in: &queue)
    case .appended(let number): appended(Int(number), at: now, in: &queue)
    case .answered(let number): answered(Int(number), at: now, in: &queue)
    case .patienceEnds(let number): patienceEnds(Int(number), at: now, in: &queue)
    case .readAfter(let number):
      if let own = owns.removeValue(forKey: number) {
        let customer = intents[own.intent].customer
        beginRead(of: customer, own: own, at: now, in: &queue)
      }
    case .query(let number): queryArrives(Int(number), at: now, in: &queue)
    case .queryDone(let number): queryDone(Int(number), at: now, in: &queue)
    case .shown(let number): shown(Int(number), at: now, in: &queue)
    case .waitEnds(let number): waitEnds(Int(number), at: now, in: &queue)
    case .poll(let number): poll(Int(number), at: now, in: &queue)
    case .fetched(let number): fetched(Int(number), at: now, in: &queue)
    case .applied(let number): applied(Int(number), at: now, in: &queue)
    case .checkpointed(let number): checkpointed(Int(number), at: now, in: &queue)
    case .rebuild: beginRebuild(at: now, in: &queue)
    case .deploy:
      revision = 2
      watch.deployed = environment.trace.record(
        at: now, "commands", "deployed", "new code counts in cents; older events are upcast",
        weight: .fault)
    case .poison: isPoisonDue = true
    case .faultIsDue: carryOutFaults(at: now, in: &queue)
    case .watch: look(at: now, in: &queue)
    }
  }

  private mutating func scheduleArrival(in queue: inout EventQueue<Event>) {
    let rate = settings.rate * environment.loadFactor
    let gap = max(TimeSpan(seconds: arrivalRandom.exponential() / rate), .nanoseconds(1))
    if queue.now + gap < .zero + settings.duration { queue.schedule(.arrival, after: gap) }
  }

  private mutating func scheduleBackground(in queue: inout EventQueue<Event>) {
    guard settings.readRate > 0, queue.now < .zero + settings.duration else { return }
    let gap = TimeSpan(seconds: backgroundRandom.exponential() / settings.readRate)
    queue.schedule(.background, after: max(gap, .nanoseconds(1)))
  }

  /// A customer wants something.
  private mutating func arrive(at now: Instant, in queue: inout EventQueue<Event>) {
    let customer = wishRandom.below(settings.customers)
    let account = wishRandom.below(settings.accounts)
    let amount = 1 + wishRandom.below(20)
    let isShared = wishRandom.chance(settings.hotShare)
    let isOut = wishRandom.chance(settings.withdrawals)
    let isGreedy = wishRandom.chance(settings.greed)
    let part = wishRandom.below(64)
    if isShared {
      let stream = settings.ownStreams + part % settings.split
      want(.deposit(amount), of: customer, on: stream, at: now, in: &queue)
      return
    }
    let stream = customer * settings.accounts + account
    let euros = (balances[stream].last ?? 0) / 100
    if isOut, isGreedy, euros > 0 {
      want(.withdraw(euros), of: customer, on: stream, at: now, in: &queue)
      want(.withdraw(euros), of: customer, on: stream, at: now, in: &queue)
    } else {
      want(
        isOut ? .withdraw(amount) : .deposit(amount), of: customer, on: stream, at: now, in: &queue)
    }
  }

  private mutating func want(
    _ command: SourcedAccount.Command, of customer: Int, on stream: Int, at now: Instant,
    in queue: inout EventQueue<Event>
  ) {
    intents.append(CQRSIntent(customer: customer, stream: stream, command: command, begun: now))
    submit(intents.count - 1, at: now, in: &queue)
  }

  /// When a message arrives; nil when it is lost.
  mutating func transmit(from source: NodeID, to target: NodeID, at now: Instant) -> Instant? {
    switch environment.network.transmit(from: source, to: target, at: now) {
    case .once(let instant), .twice(let instant, _): instant
    case .lost, .cut: nil
    }
  }
}
