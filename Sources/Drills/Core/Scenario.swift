import Kernel
import Simulation

/// A mechanism in a simulated world, with knobs, load and faults: what drills run.
///
/// A scenario is stateless: everything a run needs is in the request, and the same request gives
/// the same outcome to the byte on any machine.
public protocol Scenario: Sendable {
  /// The stable id, as in `sharding`.
  var id: String { get }
  /// What the scenario is, in a few words.
  var title: String { get }
  /// Counted up whenever a change makes old replay tokens tell another story.
  var version: Int { get }
  /// What can be turned, load and surroundings included.
  var knobs: [Knob] { get }
  /// What a run measures.
  var metrics: [Metric] { get }
  /// What must never be broken, checked while the run goes on.
  var invariants: [Invariant] { get }
  /// What the model leaves out.
  var fidelity: Fidelity { get }
  /// The deliberate bugs that a run can be given.
  var mutants: [Mutant] { get }

  /// The parts that fault lines may name under `settings`.
  func roster(_ settings: Settings) -> Roster

  /// Refuses settings that fit their knobs one by one but not together.
  func validate(_ settings: Settings) throws(Diagnostic)

  /// Runs the mechanism and returns what was measured.
  func run(_ request: ScenarioRequest) -> Outcome
}

extension Scenario {
  /// No mutants.
  public var mutants: [Mutant] { [] }

  /// Takes every combination.
  public func validate(_ settings: Settings) throws(Diagnostic) {}
}

/// Everything that decides a run.
public struct ScenarioRequest: Sendable {
  /// The value of each of the scenario's knobs.
  public var settings: Settings
  /// What goes wrong, and when.
  public var faults: FaultPlan
  /// The seed of every random stream.
  public var seed: UInt64
  /// The most trace events to keep.
  public var traceCapacity: Int
  /// The id of the deliberate bug that the mechanism is to have; nil is the healthy mechanism.
  public var mutant: String?

  /// A run of `settings` under `faults` from `seed`.
  public init(
    settings: Settings, faults: FaultPlan, seed: UInt64, traceCapacity: Int = 20_000,
    mutant: String? = nil
  ) {
    self.settings = settings
    self.faults = faults
    self.seed = seed
    self.traceCapacity = traceCapacity
    self.mutant = mutant
  }
}

/// A figure that a scenario measures, described.
public struct Metric: Sendable, Hashable {
  /// The name that objectives and predictions use: lower case, digits, `_` and `.`.
  public let name: String
  /// The unit of the figure.
  public let unit: Unit
  /// What is measured, as one sentence: over what, seen by whom.
  public let summary: String

  /// A metric.
  public init(_ name: String, _ unit: Unit, _ summary: String) {
    self.name = name
    self.unit = unit
    self.summary = summary
  }
}

/// Something that must never be broken, described.
public struct Invariant: Sendable, Hashable {
  /// The name that violations carry.
  public let name: String
  /// What it says, as one sentence.
  public let summary: String

  /// An invariant.
  public init(_ name: String, _ summary: String) {
    self.name = name
    self.summary = summary
  }
}

/// What a model keeps, what it leaves out, and where its facts come from.
public struct Fidelity: Sendable, Hashable {
  /// What runs as it does in the real thing, a sentence each.
  public let models: [String]
  /// What is left out or simplified, and what that does to the figures, a sentence each.
  public let leavesOut: [String]
  /// The sources, each a title with an address or a path in a public repository.
  public let sources: [String]

  /// A fidelity note.
  public init(models: [String], leavesOut: [String], sources: [String]) {
    self.models = models
    self.leavesOut = leavesOut
    self.sources = sources
  }
}
