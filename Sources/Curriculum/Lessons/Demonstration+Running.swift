import Drills
import Estimation
import Kernel
import Simulation

extension Demonstration {
  /// Runs the command and returns every figure it measured; `library` supplies the drills.
  public func measurements(_ library: Library) throws(Diagnostic) -> [Measurement] {
    switch action {
    case .bench(let topic, let preset, let script):
      var session = BenchSession(try TopicRegistry.topic(topic).bench(as: preset))
      _ = try session.run(script: script)
      return session.bench.facts
    case .estimate(let lines):
      return try EstimateDemonstration(lines).measurements(library.estimates.reference)
    case .design(let id, let changes, let faults, let seed):
      return try library.blueprint(id).run(changes, faults: faults, seed: seed).outcome.measurements
    case .drill(let id, let changes, let faults, let seed):
      let drill = try library.drill(id)
      var request = try drill.request(changing: changes, faults: faults)
      if let seed { request.seed = seed }
      return DrillRun(drill, of: drill.scenario, request)
        .outcome.measurements
    }
  }
}

extension Demonstration {
  /// What the command shows, in words: every figure by its name.
  public func figures(_ library: Library) throws(Diagnostic) -> [(name: String, text: String)] {
    if case .estimate(let lines) = action {
      return try EstimateDemonstration(lines).figures(library.estimates.reference).map {
        ($0.name, $0.figure.text)
      }
    }
    return try measurements(library).map { ($0.name, $0.text) }
  }
}

extension Drill {
  /// The run that the drill starts from, with some settings changed; fault lines replace the
  /// drill's own when there are any.
  public func request(
    changing changes: [(name: String, text: String)] = [], faults lines: [String] = []
  ) throws(Diagnostic) -> ScenarioRequest {
    var changed = settings
    for change in changes { try changed.set(change.name, change.text) }
    try scenario.validate(changed)
    let plan =
      lines.isEmpty
      ? try scenario.faults(faults, of: settings, under: changed)
      : try FaultPlan.parse(lines.joined(separator: "\n"), roster: scenario.roster(changed))
    return ScenarioRequest(settings: changed, faults: plan, seed: seed)
  }
}
