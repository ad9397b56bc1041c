import Kernel
import Patterns
import Simulation
import Testing

@testable import Drills

@Suite("A migration behind a facade") struct StranglerScenarioTests {
  static func value(_ outcome: Outcome, _ name: String) -> Double {
    outcome.measurement(name)?.value ?? -1
  }

  @Test("Stage by stage everything moves, the owner changes once, and nothing is lost")
  func calm() throws {
    let outcome = try StranglerScenario().tried()
    #expect(outcome.violations.isEmpty)
    #expect(outcome.measurements.map(\.name) == StranglerScenario().metrics.map(\.name))
    #expect(Self.value(outcome, "migrated") == 1 && Self.value(outcome, "flips") == 1)
    for name in ["wrong_answers", "double_charges", "wrong_balances", "apart", "went_back"] {
      #expect(Self.value(outcome, name) == 0, "\(name)")
    }
  }

  @Test("The same request tells the same story")
  func repeats() throws {
    #expect(try StranglerScenario().tried().digest == StranglerScenario().tried().digest)
    #expect(try StranglerScenario().tried(seed: 2).digest != StranglerScenario().tried().digest)
  }

  @Test("A rollback after the flip loses nothing with the way back, and much without")
  func rollback() throws {
    let kept = try StranglerScenario().tried(["rollback.at": "115s"])
    #expect(Self.value(kept, "flips") == 2 && Self.value(kept, "lost_euros") == 0)
    let lost = try StranglerScenario().tried(["rollback.at": "115s", "sync": "forward"])
    #expect(Self.value(lost, "lost_euros") > 100)
  }

  /// A rollback at any moment, through any stage: with a way back it loses nothing; afterwards
  /// everything is with the old system again.
  @Test(
    "A rollback loses no payment at any stage",
    arguments: Array(stride(from: 6, to: 118, by: 8)))
  func rollbackAtEveryStage(_ second: Int) throws {
    let outcome = try StranglerScenario().tried(
      ["rollback.at": "\(second)s"], "at 20s crash new for 3s\nat 98s slow sync x5 for 5s",
      seed: UInt64(second))
    #expect(outcome.violations.isEmpty, "\(outcome.violations)")
    #expect(Self.value(outcome, "lost_euros") == 0 && Self.value(outcome, "migrated") == 0)
    #expect(Self.value(outcome, "rolled_back") == 1)
    let served = outcome.series.first { $0.name == "served by the new system" }
    #expect(served?.values.last == .some(.some(0)))
  }

  @Test("A system that is retired is no way back")
  func retired() throws {
    let outcome = try StranglerScenario().tried(["retire.after": "5s", "rollback.at": "115s"])
    #expect(outcome.violations.isEmpty)
    #expect(Self.value(outcome, "rolled_back") == 0 && Self.value(outcome, "retired") == 1)
  }

  @Test("Dual writes diverge while one side is away; one owner and a log do not")
  func dualWrites() throws {
    let crash = "at 20s crash new for 5s"
    let dual = try StranglerScenario().tried(["writes": "both"], crash)
    #expect(Self.value(dual, "apart") > 0 && Self.value(dual, "lost_euros") > 0)
    let owned = try StranglerScenario().tried([:], crash)
    #expect(Self.value(owned, "apart") == 0 && Self.value(owned, "lost_euros") == 0)
    #expect(Self.value(owned, "lag_max") > 4)
  }

  @Test("What was seen in shadow is in the series, and so is the lag")
  func series() throws {
    let outcome = try StranglerScenario().tried(["difference": "5%", "sync.every": "2s"])
    func values(_ name: String) -> [Double] {
      outcome.series.first { $0.name == name }?.values.compactMap(\.self) ?? []
    }
    let seen = values("mismatches in shadow").reduce(0, +)
    #expect(seen > 0 && seen == Self.value(outcome, "differences"))
    #expect(values("replication lag").max() ?? 0 > 0.5)
    #expect(values("routes cut over").last == 3 && values("served by the new system").first == 0)
  }

  @Test(
    "Random designs under random faults keep the invariants", arguments: 0..<40 as Range<UInt64>)
  func swarm(_ seed: UInt64) throws {
    var random = RandomStream(seed: seed, name: "swarm")
    func pick(_ words: [String]) -> String { words[random.below(words.count)] }
    let changes: [String: String] = [
      "duration": "60s", "shadow.for": pick(["0s", "4s"]), "canary.for": pick(["0s", "4s"]),
      "canary.by": pick(["user", "request"]), "shadow.noise": pick(["counted", "measured"]),
      "shadow.runs": pick(["aside", "inline"]), "shadow.writes": pick(["on", "off"]),
      "writes": pick(["owner", "local", "both"]), "sync": pick(["forward", "flipped", "both"]),
      "sync.every": pick(["20ms", "2s"]), "retire.after": pick(["0s", "5s"]),
      "rollback.at": pick(["0s", "20s", "50s"]), "noise": pick(["0%", "5%"]),
      "difference": pick(["0%", "5%"]), "quote.effect": pick(["on", "off"]),
    ]
    let kinds = [
      "crash new for 4s", "crash legacy for 3s", "crash sync for 5s", "slow new x20 for 5s",
      "pause sync for 6s", "load x3 for 4s", "crash new", "heal",
    ]
    let faults = (0..<1 + random.below(4)).map { _ in "at \(1 + random.below(50))s \(pick(kinds))" }
    let outcome = try StranglerScenario().tried(
      changes, faults.joined(separator: "\n"), seed: seed)
    #expect(outcome.violations.isEmpty, "\(changes) \(faults) \(outcome.violations)")
    #expect(outcome.measurements.map(\.name) == StranglerScenario().metrics.map(\.name))
    #expect(outcome.measurements.map(\.unit) == StranglerScenario().metrics.map(\.unit))
  }
}
