import Kernel
import Patterns
import Simulation
import Verification

/// Everything that a run of transactions changes: clients, a network and one database.
struct TransactionWorld: World, Sendable {
  /// What can happen; numbers name clients, and stamps tell what is too late.
  enum Event: Sendable {
    case begins(Int32)
    case goesOn(Int32, Int32)
    case statementArrives(Int32, Int32)
    case statementIsDue(Int32, Int32)
    case replyArrives(Int32, Int32)
    case patienceEnds(Int32, Int32)
    case resetArrives(Int32, Int32)
    case databaseWakes
    case faultIsDue
    case second
  }

  static let database = NodeID(0)

  let setup: TransactionSetup
  var environment: Environment
  var schedule: FaultSchedule
  var store: TransactionStore
  var clients: [TransactionClient]
  var meters: TransactionMeters
  var story = TransactionStory()
  /// Connections that the database has closed, by client: up to this one.
  var closed: [Int]
  /// What reached the database while it stood still.
  var heldBack: [Event] = []
  /// The next element for the lists of writers; none is given twice.
  var nextToken = 1
  var violation: (at: Instant, violation: InvariantViolation)?

  init(_ setup: TransactionSetup, faults: FaultPlan, seed: UInt64, traceCapacity: Int) {
    self.setup = setup
    environment = Environment(
      setup.roster, network: Network(LinkQuality(latency: .constant(setup.network)), seed: seed),
      traceCapacity: traceCapacity)
    schedule = FaultSchedule(faults)
    store = TransactionStore([TransactionStatements.schema], options: setup.options)
    clients = (0..<setup.clients).map { TransactionClient($0, seed: seed) }
    closed = Array(repeating: 0, count: setup.clients)
    meters = TransactionMeters(setup)
  }

  mutating func begin(in queue: inout EventQueue<Event>) {
    let filler = SessionID("filler")
    _ = store.step(.submit(filler, TransactionStatements.fill(setup)), at: .zero)
    for number in clients.indices {
      let wait = setup.think * clients[number].random.exponential()
      queue.schedule(.begins(Int32(number)), after: wait)
    }
    if let first = schedule.next { queue.schedule(.faultIsDue, at: first) }
    queue.schedule(.second, after: .seconds(1))
  }

  mutating func handle(_ event: Event, at now: Instant, in queue: inout EventQueue<Event>) {
    switch event {
    case .begins(let client), .goesOn(let client, _), .replyArrives(let client, _),
      .patienceEnds(let client, _):
      handleAtClient(event, Int(client), at: now, in: &queue)
    case .statementArrives, .statementIsDue, .resetArrives, .databaseWakes:
      switch environment.processes.condition(Self.database) {
      case .running: handleAtDatabase(event, at: now, in: &queue)
      case .paused: heldBack.append(event)
      case .down: retryReset(event, in: &queue)
      }
    case .faultIsDue: carryOutFaults(at: now, in: &queue)
    case .second:
      meters.second(waiting: store.waiting.count)
      queue.schedule(.second, after: .seconds(1))
    }
  }

  private mutating func handleAtClient(
    _ event: Event, _ number: Int, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    switch environment.processes.condition(clients[number].node) {
    case .down: return
    case .paused: clients[number].heldBack.append(event)
    case .running:
      switch event {
      case .begins:
        if clients[number].stage == .idle { beginTransaction(number, at: now, in: &queue) }
      case .goesOn(_, let stamp):
        if clients[number].stamp == Int(stamp) { goOn(number, at: now, in: &queue) }
      case .replyArrives(_, let stamp):
        if clients[number].stamp == Int(stamp) { takeReply(number, at: now, in: &queue) }
      case .patienceEnds(_, let stamp):
        if clients[number].stamp == Int(stamp) { giveUpWaiting(number, at: now, in: &queue) }
      case .statementArrives, .statementIsDue, .resetArrives, .databaseWakes, .faultIsDue, .second:
        break
      }
    }
  }

  /// When a message arrives, nil when it is lost; a second copy of it is ignored.
  mutating func transmit(from source: NodeID, to target: NodeID, at now: Instant) -> Instant? {
    switch environment.network.transmit(from: source, to: target, at: now) {
    case .once(let arrival): arrival
    case .twice(let first, let second): min(first, second)
    case .lost, .cut: nil
    }
  }
}
