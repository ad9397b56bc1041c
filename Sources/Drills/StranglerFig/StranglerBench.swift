import Kernel
import Patterns
import Presentation

/// One facade, two systems and their data, moved by hand: a route for reads, one for payments.
struct StranglerBench: Bench {
  /// The knobs and where they stand.
  private(set) var settings: Settings
  let preset: StranglerPreset
  var reads = StranglerRoute()
  var pay = StranglerRoute()
  var data = StranglerData()
  /// Whether the new system still rounds another way.
  var isWrong = false
  /// Whether every third answer of either system has a stamp that no other has.
  var isNoisy = false
  var stamp = 0
  var truth: [Int: Int] = [:]
  var random = RandomStream(seed: 1, name: "bench/strangler")
  var tally = Tally()

  /// What was counted so far.
  struct Tally: Sendable {
    var byNew = 0
    var answered = 0
    var wrongAnswers = 0
    var doubleCharges = 0
    var refused = 0
    var shown: Int?
    var wentBack = 0
    var last: [Int: StranglerRoute.System] = [:]
  }

  init(preset: StranglerPreset = .plain) {
    self.preset = preset
    settings = Settings(preset.tool.knobs)
    begin()
  }

  private mutating func begin() {
    reads = StranglerRoute(preset.options(settings))
    pay = StranglerRoute(preset.options(settings))
    data = StranglerData(preset.synchronisation(settings))
    isWrong = false
    isNoisy = false
    stamp = 0
    truth = [:]
    random = RandomStream(seed: 1, name: "bench/strangler")
    tally = Tally()
  }

  /// The words that commands take.
  var parts: [String] { ["reads", "pay"] + StranglerRoute.Stage.allCases.map(\.rawValue) }

  /// What the bench leaves out.
  var fidelity: Fidelity {
    Fidelity(
      models: ["Routes, comparison, canary and synchronisation are those that the drills run."],
      leavesOut: ["Here time stands still: data is carried when you say so."]
        + preset.tool.leavesOut,
      sources: StranglerScenario.note.sources)
  }

  /// The first invariant that does not hold, or nil.
  func checkInvariants() -> InvariantViolation? { data.checkInvariants() }

  /// Turns knobs; everything begins anew with them.
  mutating func apply(_ changed: Settings) throws(Diagnostic) -> Document {
    settings = changed
    begin()
    return Document([
      .text(settings.turned),
      .text("Both systems are empty and every route is with the old one."),
    ])
  }

  /// What can be measured right now.
  var facts: [Measurement] {
    func count(_ name: String, _ value: Int?) -> Measurement {
      Measurement(name, value.map(Double.init), .count)
    }
    let lost = truth.keys.sorted().reduce(0) {
      $0 + max(0, (truth[$1] ?? 0) - data.value($1, in: data.owner))
    }
    return [
      count("answered", tally.answered), count("by_new", tally.byNew),
      Measurement(
        "new_share",
        tally.answered == 0 ? nil : Double(tally.byNew) / Double(tally.answered), .fraction),
      count("compared", reads.comparison.compared),
      count("differing", reads.comparison.differing),
      count("differences", reads.comparison.differences),
      count("wrong_answers", tally.wrongAnswers), count("double_charges", tally.doubleCharges),
      count("went_back", tally.wentBack), count("refused", tally.refused),
      count("to_new", data.toNew.count), count("to_legacy", data.toLegacy.count),
      count("legacy_holds", data.value(1, in: .legacy)),
      count("new_holds", data.value(1, in: .new)), count("lost_euros", lost),
      count("shown", tally.shown), count("owner_is_new", data.owner == .new ? 1 : 0),
      count("paused", data.isPaused ? 1 : 0), count("flips", data.flips),
      count("retired", [reads, pay].count { $0.stage == .retired }),
      count("with_legacy", [reads, pay].count { $0.stage == .legacy }),
    ]
  }

  /// What can be typed.
  var commands: [BenchCommand] { Self.routeCommands + Self.dataCommands }

  /// Carries out one command.
  mutating func perform(_ line: BenchLine) throws(Diagnostic) -> Document {
    switch line.name {
    case "stage": return try move(line)
    case "ask": return ask(try line.count(0, of: "users", upTo: 10_000))
    case "pay": return payIn(try line.count(0, of: "payments", upTo: 1_000))
    case "look":
      let decision = reads.route(user: 1, isWrite: false, random: &random)
      tally.shown = data.value(1, in: decision.system)
      return Document([
        .text("The \(decision.system.rawValue) system shows \(tally.shown ?? 0) euros.")
      ])
    case "differ":
      isWrong = true
      return Document([.text("The new system rounds another way for every tenth user.")])
    case "noise":
      isNoisy = true
      return Document([
        .text("Every third answer has a stamp of its own now, whichever system gives it.")
      ])
    case "mend":
      isWrong = false
      reads.compareAnew()
      return Document([
        .text("The new system rounds as the old one does; the comparison begins anew.")
      ])
    case "carry":
      _ = data.carry(try line.count(0, of: "changes", upTo: 10_000))
      return show()
    case "flip": return flip(to: data.owner == .legacy ? .new : .legacy)
    case "rollback": return try rollback()
    default: return show()
    }
  }
}
