import Kernel
import Patterns
import Presentation
import Simulation

/// A registry live under commands: 3 registry machines, 10 instances, 2 callers, and a clock that
/// stands still until `tick`.
///
/// The bench is a value that remembers what was typed; each command lets the universe of the
/// drills run again from its start, to the byte as before, and on from there.
struct DiscoveryBench: Bench {
  /// Something that was typed and when it takes effect.
  struct Step: Sendable {
    enum Kind: Sendable {
      case fault(TimedFault)
      case calls(by: NodeID, count: Int)
      case deregister(NodeID)
      case stop(NodeID)
      case heartbeat(NodeID)
    }

    let at: Instant
    let kind: Kind
  }

  /// The knobs and where they stand.
  var settings: Settings
  /// What was typed.
  var steps: [Step] = []
  /// How far time has come.
  var now = Instant.zero + .seconds(60)
  /// The universe as it stands.
  var view: DiscoverySnapshot

  /// The seed of the bench's universe.
  static let seed: UInt64 = 7
  /// The time between two calls of one `call` command.
  static let callGap = TimeSpan.milliseconds(100)

  /// A fresh bench, plain or as the tool of that preset.
  init(preset: String? = nil) {
    settings = Settings(Self.knobs(preset))
    view = DiscoverySnapshot()
    replay()
  }

  /// The knobs of a bench: what all registries share, the tool's own, and the size.
  static func knobs(_ preset: String?) -> [Knob] {
    let kind = DiscoveryPreset.registry(preset)
    let tools = preset == nil ? DiscoveryKnobs.tools : DiscoveryKnobs.knobs(of: kind)
    let sizes = [
      Knob("instances", .integer(1...40), standard: .integer(10), "Instances of the service."),
      Knob("callers", .integer(1...20), standard: .integer(2), "Calling machines."),
    ]
    let registry = Knob(
      "registry", .choice(RegistryKind.allCases.map(\.rawValue)), standard: .word(kind.rawValue),
      "Which registry runs on the three registry machines.")
    return [registry] + DiscoveryKnobs.design.dropFirst() + tools + sizes
  }

  /// All settings of a universe, with the bench's own where it has them.
  var setup: DiscoverySetup {
    var all = Settings(DiscoveryKnobs.all)
    for (knob, setting) in settings.all { try? all.set(knob.name, setting.description) }
    try? all.set("duration", "1h")
    return DiscoverySetup(all)
  }

  /// Runs the universe from its start to where the bench stands.
  mutating func replay() {
    let setup = setup
    var universe = DiscoveryUniverse(
      setup, faults: FaultPlan(), seed: Self.seed, hasLoad: false)
    universe.run(until: .zero + .seconds(60))
    for step in steps {
      universe.run(until: step.at)
      universe.perform(step)
    }
    universe.run(until: now)
    view = universe.snapshot()
  }

  /// The names that commands take.
  var parts: [String] { setup.roster.roster.names }

  /// What the bench leaves out.
  var fidelity: Fidelity { DiscoveryFidelity.bench }

  /// The first invariant that did not hold on the way here, or nil.
  func checkInvariants() -> InvariantViolation? { view.violation }

  /// Turns knobs; the universe begins anew with them.
  mutating func apply(_ changed: Settings) throws(Diagnostic) -> Document {
    settings = changed
    steps = []
    now = .zero + .seconds(60)
    replay()
    var reply = Document()
    reply.add(.text(settings.turned))
    reply.add("The universe begins anew, at 60 s, with all instances registered.")
    return reply
  }
}

extension DiscoveryUniverse {
  /// Carries out one step of a bench.
  mutating func perform(_ step: DiscoveryBench.Step) {
    switch step.kind {
    case .fault(let fault):
      for part in setup.roster.spellOut(fault) {
        cluster.add(part)
        look(after: part)
      }
    case .calls(let caller, let count):
      for number in 0..<count {
        run(until: step.at + DiscoveryBench.callGap * number)
        startCall(by: caller)
      }
    case .deregister(let app): deregister(app)
    case .stop(let app):
      story.deploying(app, in: &cluster)
      deregister(app)
      guard setup.registry != .kubernetes else { return }
      cluster.setAlarm(
        DiscoveryAlarm.stop(app.index - setup.roster.apps[0].index).number, at: now + setup.drain)
    case .heartbeat(let app):
      let target = setup.registry == .consul ? setup.roster.host(of: app) : app
      cluster.submit(.told(.heartbeat), to: target)
    }
  }

  private mutating func deregister(_ app: NodeID) {
    switch setup.registry {
    case .eureka, .etcd: cluster.submit(.told(.deregister), to: app)
    case .consul: cluster.submit(.told(.deregister), to: setup.roster.host(of: app))
    case .kubernetes:
      let server = setup.roster.registries.first { cluster.environment.processes.runs($0) }
      if let server { cluster.submit(.told(.deletePod(app)), to: server) }
    }
  }
}
