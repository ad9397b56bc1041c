import Kernel
import Patterns
import Presentation
import Simulation

/// A redundant service live under commands, and the mechanisms it is made of one by one.
///
/// The bench remembers what was typed; each command lets the universe of the drills run again from
/// its start, to the byte as before, and on from there.
struct FailoverBench: Bench {
  /// Something that was typed and when it takes effect.
  struct Step: Sendable {
    enum Kind: Sendable {
      case fault(TimedFault)
      case writes(Int)
      case switchover
    }

    let at: Instant
    let kind: Kind
  }

  /// What the commands beside the universe measured.
  struct Figures: Sendable, Equatable {
    var checker: HealthChecker?
    var checks = 0
    var phi: Double?
    var suspectedAfter: TimeSpan?
    var restarts: Int?
    var lastWait: TimeSpan?
    var gaveUp: Bool?
    var computed: Double?
    var measured: Double?
    var outages: Int?
    var gate: FencedResource?
  }

  let preset: FailoverPreset
  var settings: Settings
  var steps: [Step] = []
  var now = Instant.zero + FailoverSetup.warmUp
  var view = FailoverSnapshot()
  var figures = Figures()

  static let seed: UInt64 = 7
  static let writeGap = TimeSpan.milliseconds(50)

  init(preset: FailoverPreset = .plain) {
    self.preset = preset
    settings = Settings(preset.knobs)
    replay()
  }

  /// The settings under plain names.
  var plain: Settings { preset.plainSettings(settings) }

  var setup: FailoverSetup {
    let plain = plain
    var all = Settings(FailoverKnobs.all)
    for (knob, setting) in plain.all { try? all.set(knob.name, setting.description) }
    return FailoverSetup(all)
  }

  /// Runs the universe from its start to where the bench stands.
  mutating func replay() {
    var universe = FailoverUniverse(setup, faults: FaultPlan(), seed: Self.seed, hasLoad: false)
    universe.run(until: .zero + FailoverSetup.warmUp)
    universe.meters = FailoverMeters()
    for step in steps {
      universe.run(until: step.at)
      universe.perform(step)
    }
    universe.run(until: now)
    view = universe.snapshot()
  }

  var parts: [String] { setup.roster.roster.names }

  var fidelity: Fidelity { FailoverFidelity.bench(preset.tool?.leavesOut ?? []) }

  func checkInvariants() -> InvariantViolation? {
    view.violation ?? figures.checker?.checkInvariants() ?? figures.gate?.checkInvariants()
  }

  mutating func apply(_ changed: Settings) throws(Diagnostic) -> Document {
    let plain = preset.plainSettings(changed)
    var all = Settings(FailoverKnobs.all)
    for (knob, setting) in plain.all where FailoverKnobs.all.contains(where: { $0 == knob }) {
      try all.set(knob.name, setting.description)
    }
    try FailoverScenario().validate(all)
    settings = changed
    steps = []
    now = .zero + FailoverSetup.warmUp
    figures = Figures()
    replay()
    let changes = settings.changes.map { "\($0.name)=\($0.text)" }
    return Document([
      .text(
        "Knobs away from their defaults: "
          + (changes.isEmpty ? "none" : changes.joined(separator: " "))),
      .text("The universe begins anew, at 20 s, with a leader in office."),
    ])
  }

  var commands: [BenchCommand] {
    [
      BenchCommand(
        "write", usage: "write [COUNT]", example: "write 20",
        "Clients send COUNT writes, one each 50 ms, and wait for the answers."),
      BenchCommand("tick", usage: "tick TIME", example: "tick 5s", "Lets time pass."),
      BenchCommand("crash", usage: "crash PART", example: "crash n1", "The process dies."),
      BenchCommand(
        "restart", usage: "restart PART", example: "restart n1", "The process starts anew."),
      BenchCommand(
        "pause", usage: "pause PART TIME", example: "pause n1 20s",
        "The process stands still for a time, as in a long garbage collection."),
      BenchCommand(
        "cut", usage: "cut PARTS | PARTS", example: "cut n1 | n2",
        "Cuts the network between two groups."),
      BenchCommand(
        "errors", usage: "errors PART SHARE", example: "errors n1 90%",
        "A node fails at that share of its work, though its process runs."),
      BenchCommand("mend", usage: "mend", example: "mend", "Ends every fault."),
      BenchCommand(
        "switchover", usage: "switchover", example: "switchover",
        "The leader gives the lease back: a planned change."),
      BenchCommand(
        "checks", usage: "checks RESULTS", example: "checks +---",
        "Gives a health checker results in a row: + is good, - is bad."),
      BenchCommand(
        "phi", usage: "phi GAP SILENCE [JITTER]", example: "phi 1s 1400ms",
        "The suspicion after a silence, for heartbeats with that gap."),
      BenchCommand(
        "token", usage: "token NUMBER", example: "token 33",
        "Writes to a resource of its own with a fencing token."),
      BenchCommand(
        "deaths", usage: "deaths [COUNT]", example: "deaths 8",
        "Lets a process die COUNT times, a second after each start."),
      BenchCommand(
        "uptime", usage: "uptime PARTS NEEDED MTBF MTTR [SHARED]",
        example: "uptime 2 1 99h 1h",
        "Availability by formula, and by letting such parts fail for 10,000 failures."),
      BenchCommand("show", usage: "show", example: "show", "Shows who leads and who has what."),
    ]
  }
}
