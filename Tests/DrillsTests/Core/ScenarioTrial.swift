import Drills
import Kernel
import Simulation
import Testing

extension Scenario {
  /// A run with some knobs turned, under a plan of faults: what most tests of scenarios begin with.
  func tried(
    _ changes: [String: String] = [:], _ faults: String = "", seed: UInt64 = 1
  ) throws -> Outcome {
    var settings = Settings(knobs)
    for (name, text) in changes.sorted(by: { $0.key < $1.key }) { try settings.set(name, text) }
    try validate(settings)
    let plan = try FaultPlan.parse(faults, roster: roster(settings))
    return run(ScenarioRequest(settings: settings, faults: plan, seed: seed))
  }

  /// Holds a run against what is true of all: no invariant breaks, the figures are those that were
  /// announced, and no event comes before its cause.
  func survives(
    _ changes: [String: String], _ faults: String, seed: UInt64,
    sourceLocation place: SourceLocation = #_sourceLocation
  ) throws {
    let outcome = try tried(changes, faults, seed: seed)
    let story: Comment = "\(id) \(changes) \(faults) \(outcome.violations)"
    #expect(outcome.violations.isEmpty, story, sourceLocation: place)
    #expect(outcome.measurements.map(\.name) == metrics.map(\.name), sourceLocation: place)
    #expect(outcome.measurements.map(\.unit) == metrics.map(\.unit), sourceLocation: place)
    #expect(outcome.verdicts.map(\.name) == invariants.map(\.name), sourceLocation: place)
    let early = outcome.trace.events.filter { event in
      event.cause.flatMap { outcome.trace[$0] }.map { $0.at > event.at } ?? false
    }
    #expect(early.map(\.detail) == [], sourceLocation: place)
  }
}

/// Settings and faults drawn by chance, for runs that must survive them.
struct TrialDraw {
  /// What is drawn from.
  var random: RandomStream

  /// Draws that a seed decides.
  init(seed: UInt64) { random = RandomStream(seed: seed, name: "swarm") }

  /// One of the words.
  mutating func pick(_ words: [String]) -> String { words[random.below(words.count)] }

  /// Some faults of the kinds, as lines: so many at the least and at the most, from 1 s on.
  mutating func faults(
    _ kinds: [String], _ least: Int = 1, _ most: Int = 5, before second: Int = 10
  ) -> String {
    (0..<least + random.below(most - least + 1)).map { _ in
      "at \(1 + random.below(second - 1))s \(pick(kinds))"
    }.joined(separator: "\n")
  }
}
