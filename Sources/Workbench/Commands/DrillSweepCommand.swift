import Curriculum
import Drills
import Kernel
import Presentation
import Simulation

/// `drill sweep`: one drill over many seeds.
struct DrillSweepCommand: Command {
  let spec = CommandSpec(
    "drill sweep", .drilling, arguments: [.init("ID", completion: .drills)],
    options: [
      .init("--seeds", "A..B", "the seeds, both ends included; 1..100 unless given"),
      .init("--set", "KNOB=VALUE", repeats: true, "turns a knob"),
      .init("--fault", "\"LINE\"", repeats: true, "replaces the drill's faults"),
      .init("--shard", "I/N", "takes only every N-th seed, from the I-th on"),
      .init("--json", "prints one object a line, one for each seed"),
    ],
    examples: [
      ("drill sweep sharding/grow-under-load --seeds 1..200", "how lucky the one seed was")
    ], "Runs a drill from many seeds: how each figure spreads, and the worst seed's token.")

  func run(_ call: CommandCall, in session: Session) throws(Diagnostic) -> Reply {
    let drill = try session.library.drill(call.argument(0) ?? "")
    let scenario = drill.scenario
    let request = try drill.request(
      changing: KnobChanges.read(call.values("--set")), faults: call.values("--fault"))
    let seeds = try SeedRange(call.value("--seeds") ?? "1..100", shard: call.value("--shard"))
    var sweep = Sweep()
    var lines: [String] = []
    for seed in seeds.seeds {
      guard !session.surroundings.isInterrupted() else { break }
      session.surroundings.progress("seed \(seed) of \(seeds.last)")
      var seeded = request
      seeded.seed = seed
      let run = DrillRun(drill, of: scenario, seeded)
      sweep.add(run)
      if call.has("--json") { lines.append(JSONView.run(run).compact) }
    }
    session.surroundings.progress("")
    let isStopped = sweep.runCount < seeds.seeds.count
    let fallsShort = isStopped || sweep.passCount < sweep.runCount
    guard !call.has("--json") else {
      return Reply(json: lines.joined(separator: "\n") + "\n", fallsShort: fallsShort)
    }
    var document = SweepView.document(
      sweep, title: "\(drill.id), seeds \(seeds.first) to \(seeds.last)")
    if isStopped {
      document.add(.text("Stopped after \(sweep.runCount) of \(seeds.seeds.count) seeds."))
    }
    if let broken = sweep.firstViolation, let verdict = broken.outcome.violations.first {
      let plan = FaultShrinking.smallest(
        broken, breaking: verdict.name, isCancelled: session.surroundings.isInterrupted)
      document.add(.text("Seed \(broken.request.seed) broke an invariant: \(verdict)"))
      document.add(.text("The smallest fault plan found that still breaks it:"))
      let roster = scenario.roster(broken.request.settings)
      document.add(.code(plan.isEmpty ? "# none is needed" : plan.text(roster), language: "fault"))
    }
    return Reply(document, fallsShort: fallsShort)
  }
}

/// Seeds `A..B`, or every N-th of them.
struct SeedRange {
  let first: UInt64
  let last: UInt64
  let seeds: [UInt64]

  /// The most seeds of one sweep.
  static let limit: UInt64 = 100_000

  init(_ text: String, shard: String?) throws(Diagnostic) {
    let parts = text.split(separator: ".", omittingEmptySubsequences: true).compactMap {
      UInt64($0)
    }
    guard parts.count == 2, text.contains(".."), parts[0] <= parts[1],
      parts[1] - parts[0] < Self.limit
    else {
      throw Diagnostic(
        "'\(text)' is no range of seeds.", found: text,
        expected: "A..B with A at most B, as in 1..200, at most \(Self.limit) seeds")
    }
    (first, last) = (parts[0], parts[1])
    var step: UInt64 = 1
    var offset: UInt64 = 0
    let length = last - first
    if let shard {
      let sides = shard.split(separator: "/").compactMap { UInt64($0) }
      guard sides.count == 2, sides[0] >= 1, sides[0] <= sides[1], sides[1] <= Self.limit else {
        throw Diagnostic(
          "'\(shard)' is no shard.", found: shard,
          expected: "I/N with I from 1 to N and N at most \(Self.limit), as in 1/4")
      }
      (offset, step) = (sides[0] - 1, sides[1])
    }
    let start = first
    seeds = stride(from: offset, through: length, by: UInt64.Stride(step)).map { start + $0 }
  }
}
