import Kernel
import Patterns
import Simulation

/// The shop under load and faults: customers, the counter and a reader around four processes.
struct CommerceUniverse: ~Copyable {
  enum Alarm {
    case arrival
    case sale
    case read
    case customer(Int)
    case till(Int)
    case calm
  }

  let setup: CommerceSetup
  let settings: Settings
  var cluster: Cluster<CommerceFamily>
  var record = CommerceRecord()
  var violation: (at: Instant, violation: InvariantViolation)?
  private var alarms: [Int: Alarm] = [:]
  private var nextAlarm = 0
  private var arrivals: RandomStream
  private var picks: RandomStream
  private var refusals: RandomStream
  private var sales: RandomStream
  private var reads: RandomStream
  private var nextSale = CommerceSetup.counterSales

  init(_ request: ScenarioRequest) {
    settings = request.settings
    setup = CommerceSetup(
      PlainTransactions.options(settings), credit: settings.integer("credit"),
      mutant: request.mutant.flatMap(DistributedShortcut.init(rawValue:)))
    let median = settings.span("network.p50")
    let network = Network(
      LinkQuality(latency: .lognormal(p50: median, p99: median * 4), keepsOrder: false),
      seed: request.seed)
    let environment = Environment(
      CommerceSetup.roster, network: network, traceCapacity: request.traceCapacity)
    var options = ClusterOptions()
    options.syncLatency = .constant(settings.span("disk.sync"))
    options.stepTime = settings.span("service.time")
    cluster = Cluster(
      CommerceFamily(setup), members: 4, in: environment, faults: request.faults,
      options: options, seed: request.seed)
    arrivals = RandomStream(seed: request.seed, name: "shop/arrivals")
    picks = RandomStream(seed: request.seed, name: "shop/picks")
    refusals = RandomStream(seed: request.seed, name: "shop/refusals")
    sales = RandomStream(seed: request.seed, name: "shop/sales")
    reads = RandomStream(seed: request.seed, name: "shop/reads")
    setAlarm(.arrival, at: .zero + .milliseconds(10))
    if settings.number("counter.rate") > 0 { setAlarm(.sale, at: .zero + .milliseconds(20)) }
    if settings.number("read.rate") > 0 { setAlarm(.read, at: .zero + .milliseconds(30)) }
    setAlarm(.calm, at: loadEnd)
  }

  var now: Instant { cluster.now }
  var loadEnd: Instant { .zero + settings.span("duration") }
  var end: Instant { loadEnd + settings.span("settle") }

  private mutating func setAlarm(_ alarm: Alarm, at instant: Instant) {
    alarms[nextAlarm] = alarm
    cluster.setAlarm(nextAlarm, at: instant)
    nextAlarm += 1
  }

  /// Lets the run go to its end, or until an invariant breaks.
  mutating func run() {
    while violation == nil {
      switch cluster.run(until: end) {
      case .answered(let ended, _, _): record.ended(ended.transaction, ended.outcome, at: now)
      case .alarm(let number): if let alarm = alarms.removeValue(forKey: number) { take(alarm) }
      case .received(let message, let sender, let outsider, _):
        hear(message, from: sender, by: outsider)
      case .violated(let broken, let node):
        violation = (now, broken)
        let cause = lastFault
        cluster.record(
          CommerceSetup.roster.name(node),
          Fact("violated", broken.description, weight: .harm), cause: cause)
      case .reachedLimit, .spentBudget: return
      }
    }
  }

  private mutating func take(_ alarm: Alarm) {
    switch alarm {
    case .arrival: arrive()
    case .sale: sell()
    case .read: read()
    case .customer(let id):
      guard let transaction = record.waiting[id] else { return }
      place(transaction)
    case .till(let id):
      if let work = record.sales[id]?.work { ask(id, work) }
    case .calm:
      if !cluster.environment.active.isEmpty { cluster.add(TimedFault(at: now, .heal)) }
      for node in cluster.memberNodes where cluster.environment.processes.isDown(node) {
        cluster.add(TimedFault(at: now, .restart(node)))
      }
    }
  }

  // MARK: Customers

  private mutating func arrive() {
    let rate = settings.number("rate") * cluster.environment.loadFactor
    let next = now + TimeSpan(seconds: arrivals.exponential() / rate)
    if next < loadEnd { setAlarm(.arrival, at: next) }
    let records = settings.integer("records")
    let id = record.transactions.count + 1
    let item = picks.below(records)
    let region = picks.below(records)
    let customer = picks.below(records)
    let amount = 1 + picks.below(100)
    let isReturn = picks.chance(settings.number("returns"))
    let isRefused = refusals.chance(settings.number("refused"))
    let transaction =
      isReturn
      ? CommerceSetup.giveBack(
        id, item: item, region: region, customer: customer, amount: amount, isMissing: isRefused,
        refundsFirst: setup.options.refundsFirst)
      : CommerceSetup.order(
        id, item: item, region: region, customer: customer, amount: amount,
        isDeclined: isRefused)
    record.placed(transaction, at: now)
    place(transaction)
  }

  /// A customer sends, and sends again until somebody has taken the transaction in.
  private mutating func place(_ transaction: BusinessTransaction) {
    cluster.send(.place(transaction), from: CommerceSetup.customer, to: CommerceSetup.orders)
    setAlarm(.customer(transaction.id), at: now + .seconds(2))
  }

  // MARK: The counter and the reader

  private mutating func sell() {
    let next = now + TimeSpan(seconds: sales.exponential() / settings.number("counter.rate"))
    if next < loadEnd { setAlarm(.sale, at: next) }
    let work = StepWork(
      service: CommerceSetup.inventory, record: sales.below(settings.integer("records")),
      change: -1)
    let id = nextSale
    nextSale += 1
    record.sales[id] = CommerceRecord.Sale(work: work, at: now)
    ask(id, work)
  }

  private mutating func ask(_ id: Int, _ work: StepWork) {
    let command = StepCommand(.perform, StepKey(id, 0), kind: .pivot, work)
    cluster.send(.command(command), from: CommerceSetup.till, to: work.service)
    setAlarm(.till(id), at: now + .seconds(1))
  }

  private mutating func read() {
    let next = now + TimeSpan(seconds: reads.exponential() / settings.number("read.rate"))
    if next < loadEnd { setAlarm(.read, at: next) }
    let service = CommerceSetup.services[reads.below(3)]
    cluster.send(
      .look(record: reads.below(settings.integer("records")), request: service.index),
      from: CommerceSetup.reader, to: service)
  }

  private mutating func hear(
    _ message: DistributedMessage, from sender: NodeID, by outsider: NodeID
  ) {
    switch message {
    case .accepted(let id): record.waiting[id] = nil
    case .answer(let key, _, let answer):
      guard let sale = record.sales[key.transaction] else { return }
      if answer == .done || answer == .refused {
        record.sold(key.transaction, at: now)
      } else if !sale.isTold, now - sale.at > .seconds(3) {
        record.sales[key.transaction]?.isTold = true
        let part = CommerceSetup.roster.name(sender)
        let cause = cluster.environment.trace.events.lastIndex {
          $0.part == part && $0.kind == "in-doubt"
        }
        cluster.record(
          "till",
          Fact(
            "counter-blocked",
            "has tried for \(now - sale.at) to sell item \(sale.work.record): it is locked",
            weight: .harm), cause: cause.map(Trace.ID.init))
      }
    case .seen(let view, _):
      record.views.append(CommerceRecord.View(service: sender, view: view, at: now))
    default: break
    }
  }

  /// The last fault of the plan, for what an audit finds.
  var lastFault: Trace.ID? {
    cluster.environment.trace.events.lastIndex { $0.weight == .fault }.map(Trace.ID.init)
  }
}
