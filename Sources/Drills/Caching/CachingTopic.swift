import Kernel
import Patterns

extension Topic {
  /// Caching: eviction, expiry, loading, and what they do to an origin under load.
  public static let caching = Topic(
    id: "caching", scenarios: [CachingScenario()],
    presets: [
      RedisCacheBench.tool, MemcachedBench.tool, NginxCacheBench.tool, CachingBench.caffeine,
    ],
    makeBench: { id in
      if id == NginxCacheBench.tool.id { return NginxCacheBench() }
      if id == RedisCacheBench.tool.id { return RedisCacheBench() }
      if id == MemcachedBench.tool.id { return MemcachedBench() }
      return CachingBench(preset: id)
    })
}
