import Kernel
import Patterns

extension Topic {
  /// Caching: eviction, expiry, loading, and what they do to an origin under load.
  public static let caching = Topic(
    id: "caching", scenarios: [CachingScenario()], presets: [CachingBench.caffeine],
    makeBench: { CachingBench(preset: $0) })
}
