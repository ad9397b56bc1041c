import Kernel
import Simulation
import Verification

/// Finds a smaller fault plan that still breaks the same invariant.
public enum FaultShrinking {
  /// The smallest plan found within `budget` runs; the run's own when nothing smaller breaks it.
  public static func smallest(
    _ run: DrillRun, breaking invariant: String, budget: Int = 300,
    isCancelled: () -> Bool = { false }
  ) -> FaultPlan {
    let faults = run.request.faults.faults
    let shrunk = Shrinking.shrink(faults, budget: budget, simpler: \.simpler) { faults in
      guard !isCancelled() else { return false }
      var request = run.request
      request.faults = FaultPlan(faults)
      return run.scenario.run(request).violations.contains { $0.name == invariant }
    }
    return FaultPlan(shrunk.items)
  }
}
