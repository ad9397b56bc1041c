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
  var owner = StranglerRoute.System.legacy
  var sync = StranglerData.Synchronisation.flipped
  /// Whether the new system still rounds another way.
  var isWrong = false
  var truth: [Int: Int] = [:]
  var random = RandomStream(seed: 1, name: "bench/strangler")
  var tally = Tally()

  /// What was counted so far.
  struct Tally: Sendable {
    var byNew = 0
    var answered = 0
    var wrongAnswers = 0
    var doubleCharges = 0
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
    sync = preset.synchronisation(settings)
    data = StranglerData()
    owner = .legacy
    isWrong = false
    truth = [:]
    random = RandomStream(seed: 1, name: "bench/strangler")
    tally = Tally()
  }

  /// The words that commands take.
  var parts: [String] { ["reads", "pay"] + StranglerRoute.Stage.allCases.map(\.rawValue) }

  /// What the bench leaves out.
  var fidelity: Fidelity {
    Fidelity(
      models: StranglerScenario.note.models,
      leavesOut: ["Here time stands still: data is carried when you say so."]
        + preset.tool.leavesOut + StranglerScenario.note.leavesOut,
      sources: StranglerScenario.note.sources)
  }

  /// Nothing of its own to check.
  func checkInvariants() -> InvariantViolation? { nil }

  /// Turns knobs; everything begins anew with them.
  mutating func apply(_ changed: Settings) throws(Diagnostic) -> Document {
    settings = changed
    begin()
    let changes = settings.changes.map { "\($0.name)=\($0.text)" }
    return Document([
      .text(
        "Knobs away from their defaults: "
          + (changes.isEmpty ? "none" : changes.joined(separator: " "))),
      .text("Both systems are empty and every route is with the old one."),
    ])
  }

  /// What can be measured right now.
  var facts: [Measurement] {
    func count(_ name: String, _ value: Int?) -> Measurement {
      Measurement(name, value.map(Double.init), .count)
    }
    let lost = truth.keys.sorted().reduce(0) {
      $0 + max(0, (truth[$1] ?? 0) - data.value($1, in: owner))
    }
    return [
      count("answered", tally.answered), count("by_new", tally.byNew),
      Measurement(
        "new_share",
        tally.answered == 0 ? nil : Double(tally.byNew) / Double(tally.answered), .fraction),
      count("compared", reads.compared), count("differences", reads.differences),
      count("wrong_answers", tally.wrongAnswers), count("double_charges", tally.doubleCharges),
      count("went_back", tally.wentBack), count("to_new", data.toNew.count),
      count("to_legacy", data.toLegacy.count), count("legacy_holds", data.value(1, in: .legacy)),
      count("new_holds", data.value(1, in: .new)), count("lost_euros", lost),
      count("shown", tally.shown), count("owner_is_new", owner == .new ? 1 : 0),
    ]
  }

  /// What can be typed.
  var commands: [BenchCommand] {
    [
      BenchCommand(
        "stage", usage: "stage reads|pay legacy|shadow|canary|new", example: "stage reads shadow",
        "Moves a route, forward or back."),
      BenchCommand(
        "ask", usage: "ask [COUNT]", example: "ask 100",
        "Sends quotes of COUNT users, one each, through the facade."),
      BenchCommand(
        "pay", usage: "pay [COUNT]", example: "pay 2", "User 1 pays in 10 euros, COUNT times."),
      BenchCommand(
        "look", usage: "look", example: "look", "User 1 looks at the balance."),
      BenchCommand(
        "differ", usage: "differ", example: "differ",
        "Lets the new system round the quotes of every tenth user another way."),
      BenchCommand("mend", usage: "mend", example: "mend", "Mends that."),
      BenchCommand(
        "carry", usage: "carry [COUNT]", example: "carry 100",
        "Carries up to COUNT changes over, each way that is set."),
      BenchCommand(
        "flip", usage: "flip", example: "flip",
        "Makes the other system the owner of the data."),
      BenchCommand("show", usage: "show", example: "show", "Shows routes and data."),
    ]
  }

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
    case "mend":
      isWrong = false
      return Document([.text("The new system rounds as the old one does.")])
    case "carry":
      data.carry(try line.count(0, of: "changes", upTo: 10_000))
      return show()
    case "flip":
      owner = owner == .legacy ? .new : .legacy
      return Document([.text("The \(owner.rawValue) system owns the data now.")])
    default: return show()
    }
  }

  private mutating func move(_ line: BenchLine) throws(Diagnostic) -> Document {
    let name = line.arguments.first ?? ""
    guard name == "reads" || name == "pay" else {
      throw .unknown(
        "route", name, known: ["reads", "pay"],
        column: line.arguments.isEmpty ? nil : line.column(0))
    }
    let word = line.arguments.count > 1 ? line.arguments[1] : ""
    guard let stage = StranglerRoute.Stage(rawValue: word) else {
      throw .unknown(
        "stage", word, known: StranglerRoute.Stage.allCases.map(\.rawValue),
        column: line.arguments.count > 1 ? line.column(1) : nil)
    }
    if name == "reads" { reads.move(to: stage) } else { pay.move(to: stage) }
    return Document([.text("Route \(name) is in stage \(stage.rawValue).")])
  }

  /// Quotes of users 1 to `count`.
  private mutating func ask(_ count: Int) -> Document {
    for user in 1...count {
      let decision = reads.route(user: user, isWrite: false, random: &random)
      let right = 100 + user % 50
      let mine = isWrong && user % 10 == 0 ? right + 1 : right
      tally.answered += 1
      if decision.system == .new {
        tally.byNew += 1
        if mine != right { tally.wrongAnswers += 1 }
      }
      if decision.system == .legacy, tally.last[user] == .new, reads.stage == .canary {
        tally.wentBack += 1
      }
      tally.last[user] = decision.system
      if decision.isMirrored { _ = reads.compare(right, mine) }
    }
    return Document([
      .text(
        "\(tally.byNew) of \(tally.answered) quotes came from the new system; \(reads.compared) "
          + "were compared, \(reads.differences) differed.")
    ])
  }

  private mutating func payIn(_ count: Int) -> Document {
    for _ in 0..<count {
      let decision = pay.route(user: 1, isWrite: true, random: &random)
      truth[1, default: 0] += 10
      let target = sync == .both ? decision.system : owner
      let isSent = target == .legacy || sync != .forward
      data.add(10, to: 1, in: target, isSent: isSent)
      if decision.isMirrored {
        data.add(10, to: 1, in: .new, isSent: false)
        tally.doubleCharges += 1
      }
    }
    return show()
  }

  private func show() -> Document {
    Document([
      .text("Routes: reads in \(reads.stage.rawValue), pay in \(pay.stage.rawValue)."),
      .text(
        "User 1: the old system holds \(data.value(1, in: .legacy)) euros, the new one "
          + "\(data.value(1, in: .new)); \(owner.rawValue) owns the data."),
      .text(
        "On their way: \(data.toNew.count) changes to the new system, \(data.toLegacy.count) to the "
          + "old one."),
    ])
  }
}
