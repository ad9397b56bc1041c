import Kernel
import Simulation

/// A scenario under settings and fault plans drawn at random, many seeds over: what its invariants
/// say of the mechanism where nobody thought of looking.
///
/// Each seed turns some of the design's words and switches, draws a fault plan of kinds that a
/// correct mechanism must survive, and runs. The run is named by its replay token, not by the seed,
/// so that it comes back after the drawing has changed.
public struct ScenarioSwarm: Sendable {
  /// What runs.
  public let scenario: any Scenario
  /// The longest that a run lasts, where the scenario has a knob `duration`.
  public static let longest = TimeSpan.seconds(60)

  /// A swarm over `scenario`.
  public init(_ scenario: any Scenario) { self.scenario = scenario }

  /// What `seed` runs.
  public func request(seed: UInt64) -> ScenarioRequest {
    let settings = settings(seed: seed)
    let nodes = scenario.roster(settings).nodes
    let swarm = SwarmPlan(
      nodes, span: duration(settings) * 0.6, meanGap: .seconds(6), keepsQuorum: seed % 2 == 0)
    return ScenarioRequest(
      settings: settings, faults: swarm.draw(seed: seed), seed: seed, traceCapacity: 200)
  }

  /// The run of `seed`.
  public func run(seed: UInt64) -> DrillRun { DrillRun(nil, of: scenario, request(seed: seed)) }

  /// Whether the same run, made twice, is the same run.
  public func repeats(_ run: DrillRun) -> Bool {
    scenario.run(run.request).digest == run.outcome.digest
  }

  /// Settings that the scenario takes: each word or switch of the design turned by chance.
  private func settings(seed: UInt64) -> Settings {
    var random = RandomStream(seed: seed, name: "swarm/settings")
    var settings = shortened(Settings(scenario.knobs))
    for knob in scenario.knobs where knob.role == .design {
      let words: [String]
      switch knob.kind {
      case .choice(let choices): words = choices
      case .flag: words = ["on", "off"]
      case .integer, .number, .span: continue
      }
      let word = words[random.below(words.count)]
      guard random.chance(0.4) else { continue }
      var changed = settings
      do {
        try changed.set(knob.name, word)
        try scenario.validate(changed)
      } catch {
        // The scenario does not take this together with what was drawn before.
        continue
      }
      settings = changed
    }
    return settings
  }

  private func shortened(_ settings: Settings) -> Settings {
    guard duration(settings) > Self.longest else { return settings }
    var short = settings
    do {
      try short.set("duration", Setting.span(Self.longest).description)
      try scenario.validate(short)
    } catch { return settings }
    return short
  }

  private func duration(_ settings: Settings) -> TimeSpan {
    guard let knob = settings.knobs.first(where: { $0.name == "duration" }),
      case .span = knob.kind
    else { return Self.longest }
    return settings.span("duration")
  }
}
