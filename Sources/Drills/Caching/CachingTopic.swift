import Kernel
import Patterns

extension Topic {
  /// Caching: eviction, expiry, loading, and what they do to an origin under load.
  public static let caching = Topic(
    id: "caching", scenarios: [CachingScenario()],
    presets: [NginxCacheBench.tool, CachingBench.caffeine],
    makeBench: { id in
      if id == NginxCacheBench.tool.id { return NginxCacheBench() }
      return CachingBench(preset: id)
    })
}
