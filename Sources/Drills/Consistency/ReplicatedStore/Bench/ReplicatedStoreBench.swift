import Kernel
import Presentation
import Simulation

/// A store live under commands: three replicas, four clients, and a clock that stands still unless
/// something happens.
///
/// The bench is a value that remembers what was typed; each command lets the universe of the drills
/// run again from its start, to the byte as before, and on from there.
struct ReplicatedStoreBench: Bench {
  /// Something that was typed, and when it began.
  struct Step: Sendable {
    enum Kind: Sendable {
      case fault(TimedFault)
      case put(client: Int, key: Int, value: Int)
      case get(client: Int, key: Int)
      case increment(client: Int)
      case work(until: Instant)
    }

    let at: Instant
    let kind: Kind
  }

  /// The knobs and where they stand.
  var settings: Settings
  /// What was typed.
  var steps: [Step] = []
  /// How far time has come.
  var now = Self.start
  /// The universe as it stands.
  var view = StoreSnapshot()

  /// The seed of the bench's universe.
  static let seed: UInt64 = 7
  /// When the learner takes over: by then there is a primary or leader.
  static let start = Instant.zero + .seconds(5)

  /// A fresh bench.
  init() {
    settings = Settings(Self.knobs)
    replay()
  }

  private static let knobs: [Knob] = StoreKnobs.all.compactMap { knob in
    switch knob.name {
    case "duration": nil
    case "clients":
      Knob("clients", .integer(1...12), standard: .integer(4), role: .load, knob.summary)
    default: knob
    }
  }

  /// All settings of a universe, with the bench's own where it has them.
  var setup: StoreSetup {
    var all = Settings(StoreKnobs.all)
    for (knob, setting) in settings.all { try? all.set(knob.name, setting.description) }
    return StoreSetup(all)
  }

  /// Runs the universe from its start to where the bench stands.
  mutating func replay() {
    var universe = universe()
    now = max(now, universe.now)
    universe.run(until: now)
    view = universe.snapshot()
  }

  /// The universe with everything that was typed carried out, at the end of the last of it.
  func universe(recording stretch: ClosedRange<Instant>? = nil) -> StoreUniverse {
    var universe = StoreUniverse(
      setup, faults: FaultPlan(), seed: Self.seed, hasLoad: false, recording: stretch)
    universe.run(until: Self.start)
    for step in steps {
      universe.run(until: step.at)
      universe.perform(step)
    }
    return universe
  }

  /// The names that commands take.
  var parts: [String] { setup.roster.roster.names + (0..<setup.keys).map { "k\($0)" } }

  /// What the bench leaves out.
  var fidelity: Fidelity { StoreFidelity.scenario }

  /// The first invariant that did not hold on the way here, or nil.
  func checkInvariants() -> InvariantViolation? { view.violation }

  /// What can be measured right now.
  var facts: [Measurement] { view.facts }

  /// Turns knobs; the universe begins anew with them.
  mutating func apply(_ changed: Settings) throws(Diagnostic) -> Document {
    var all = Settings(StoreKnobs.all)
    for (knob, setting) in changed.all { try all.set(knob.name, setting.description) }
    try ReplicatedStoreScenario().validate(all)
    settings = changed
    steps = []
    now = Self.start
    replay()
    var reply = Document()
    reply.add(.text(settings.turned))
    reply.add("The store begins anew, empty, at 5 s.")
    return reply
  }
}

extension StoreUniverse {
  /// Carries out one step of a bench, and lets time pass until it is over.
  mutating func perform(_ step: ReplicatedStoreBench.Step) {
    switch step.kind {
    case .fault(let fault): cluster.add(fault)
    case .put(let client, let key, let value):
      start(client, key: key, isWrite: true, value: value)
      finishErrand(of: client)
    case .get(let client, let key):
      start(client, key: key, isWrite: false)
      finishErrand(of: client)
    case .increment(let client):
      start(client, key: 0, isWrite: true)
      finishErrand(of: client)
    case .work(let until):
      worksUntil = until
      for client in clients.indices where clients[client].errand == nil { rest(client) }
      run(until: until)
      worksUntil = nil
      for client in clients.indices { finishErrand(of: client) }
    }
  }

  /// Lets time pass until the client is answered or has given up.
  private mutating func finishErrand(of client: Int) {
    let patience = setup.timeout * (setup.retries + 2)
    let limit = now + patience * 3
    while clients[client].errand != nil, now < limit, violation == nil {
      run(until: min(limit, now + .microseconds(100)))
    }
  }
}
