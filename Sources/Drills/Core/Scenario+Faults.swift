import Kernel
import Simulation

extension Scenario {
  /// The faults of a run with `settings` as they read under other settings.
  ///
  /// Parts may have other numbers there, so the lines are read anew with the names that there are;
  /// throws when a line names a part that is missing there.
  public func faults(
    _ plan: FaultPlan, of settings: Settings, under changed: Settings
  ) throws(Diagnostic) -> FaultPlan {
    do {
      return try FaultPlan.parse(plan.text(roster(settings)), roster: roster(changed))
    } catch {
      throw Diagnostic(
        "With these settings a fault names a part that is not there: \(error.message)",
        found: error.found,
        expected: error.expected.map { "\($0); or faults of your own" } ?? "faults of your own")
    }
  }
}
