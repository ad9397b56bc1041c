import Drills
import Kernel
import Simulation

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
}
