import Kernel
import Simulation

/// A run with a hidden bug: one of the mutants of a topic is at work in it, or none.
///
/// Topic and seed decide everything, so that a mystery can be met again. The run stands under
/// settings and faults in which the drawn mutant shows, from a seed of those over which the proof
/// of mutants runs; where nothing is wrong it stands under those of a mutant that is not there.
public struct Mystery: Sendable {
  /// Somebody who may be named.
  public struct Suspect: Sendable, Hashable {
    /// What is typed.
    public let id: String
    /// What the suspect does wrong.
    public let title: String
  }

  /// The topic's id.
  public let topic: String
  /// The seed that it was drawn from.
  public let seed: UInt64
  /// The scenario that runs.
  public let scenario: any Scenario
  /// The bug at work; nil when nothing is wrong.
  public let culprit: Mutant?
  /// The run.
  public let request: ScenarioRequest
  /// Everybody who may be named: the topic's mutants, then nobody.
  public let suspects: [Suspect]

  /// One mystery in so many has nothing wrong in it.
  static let healthyOneIn = 6
  /// The seeds over which every mutant is known to show.
  public static let provenSeeds: ClosedRange<UInt64> = 1...3

  /// The id to name when nothing is wrong.
  public static let nothing = Suspect(
    id: "healthy", title: "nothing is wrong: it works as it should")

  /// The mystery that `seed` draws from the mutants of `topic`.
  public init(_ topic: Topic, seed: UInt64) throws(Diagnostic) {
    let cases = topic.scenarios.flatMap { scenario in scenario.mutants.map { (scenario, $0) } }
    guard !cases.isEmpty else {
      let known = TopicRegistry.topics.filter { $0.scenarios.contains { !$0.mutants.isEmpty } }
      throw Diagnostic(
        "There are no hidden bugs in \(topic.id).", found: topic.id,
        expected: Diagnostic.oneOf(known.map(\.id)))
    }
    var draws = RandomStream(seed: seed, name: "mystery/\(topic.id)")
    let (scenario, mutant) = cases[draws.below(cases.count)]
    let isHealthy = draws.below(Self.healthyOneIn) == 0
    let offset = UInt64(draws.below(Self.provenSeeds.count))
    let stage = MysteryStage(
      scenario: scenario, culprit: mutant, seed: Self.provenSeeds.lowerBound + offset)
    var request = try stage.request(&draws)
    if isHealthy { request.mutant = nil }
    // A tool's scenario has few mutants of its own, so those of its siblings are named as well.
    var suspects: [Suspect] = []
    for (_, other) in cases where !suspects.contains(where: { $0.id == other.id }) {
      suspects.append(Suspect(id: other.id, title: other.title))
    }
    self.suspects = suspects + [Self.nothing]
    self.topic = topic.id
    self.seed = seed
    self.scenario = scenario
    self.request = request
    culprit = isHealthy ? nil : mutant
  }

  /// The id that answers it.
  public var answer: String { culprit?.id ?? Self.nothing.id }

  /// The suspect called `id`.
  public func suspect(_ id: String) throws(Diagnostic) -> Suspect {
    guard let suspect = suspects.first(where: { $0.id == id }) else {
      throw .unknown("suspect", id, known: suspects.map(\.id))
    }
    return suspect
  }

  /// The same run without a bug.
  public var healthyRequest: ScenarioRequest {
    var request = request
    request.mutant = nil
    return request
  }

  /// The run under other settings (`KNOB=VALUE` pairs), or under other faults unless they are nil.
  public func request(
    changing changes: [(name: String, text: String)], faults: String?
  ) throws(Diagnostic) -> ScenarioRequest {
    var changed = request
    for change in changes { try changed.settings.set(change.name, change.text) }
    try scenario.validate(changed.settings)
    if let faults {
      changed.faults = try FaultPlan.parse(faults, roster: scenario.roster(changed.settings))
    } else {
      changed.faults = try scenario.faults(
        request.faults, of: request.settings, under: changed.settings)
    }
    return changed
  }
}
