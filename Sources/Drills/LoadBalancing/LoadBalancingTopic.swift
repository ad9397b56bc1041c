import Kernel
import Patterns

extension Topic {
  /// Load balancing: who gets the next request, and how a balancer learns whom to leave out.
  public static let loadBalancing = Topic(
    id: "load-balancing", scenarios: [LoadBalancingScenario()],
    presets: BalancerPreset.allCases.filter { $0 != .plain }.map(\.tool),
    makeBench: { id in
      LoadBalancingBench(preset: id.flatMap { BalancerPreset(rawValue: $0) } ?? .plain)
    })
}
