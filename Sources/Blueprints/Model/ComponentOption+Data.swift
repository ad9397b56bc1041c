import Kernel
import Patterns

extension ComponentOption {
  static let cacheAndStore: [ComponentOption] = [
    ComponentOption(
      "policy", .choice(EvictionPolicy.allCases.map(\.rawValue)), [.cache],
      "which entry goes when the cache is full",
      value: { .word(($0.cache?.policy ?? .lru).rawValue) },
      change: { $0.cache?.policy = EvictionPolicy(rawValue: $1.word) ?? .lru }),
    ComponentOption(
      "capacity", .integer(1...10_000_000), [.cache], "entries of one instance",
      value: { .integer($0.cache?.capacity ?? 1) }, change: { $0.cache?.capacity = $1.integer }),
    ComponentOption(
      "ttl", .span(.zero ... .hours(24 * 365)), [.cache], "how long an entry is good; 0 for ever",
      value: { .span($0.cache?.ttl ?? .zero) }, change: { $0.cache?.ttl = $1.spanUnlessZero }),
    ComponentOption(
      "coalesce", .flag, [.cache],
      "whether calls for the same missing key wait for one load (where the cache loads for itself)",
      value: { .flag($0.cache?.coalesces ?? false) }, change: { $0.cache?.coalesces = $1.flag }),
    ComponentOption(
      "warm", .flag, [.cache], "whether it starts with the most popular keys in it",
      value: { .flag($0.cache?.isWarm ?? false) }, change: { $0.cache?.isWarm = $1.flag }),
    ComponentOption(
      "shards", .integer(1...10_000), [.store], "parts of the data, each with its own instances",
      value: { .integer($0.shards) }, change: { $0.shards = $1.integer }),
    ComponentOption(
      "placement", .choice(ShardSpread.allCases.map(\.rawValue)), [.store],
      "how keys are spread over the shards",
      value: { .word(($0.store?.placement ?? .hash).rawValue) },
      change: { $0.store?.placement = ShardSpread(rawValue: $1.word) ?? .hash }),
    ComponentOption(
      "reads", .choice(StoreDesign.Reads.allCases.map(\.rawValue)), [.store],
      "which copies answer reads",
      value: { .word(($0.store?.reads ?? .any).rawValue) },
      change: { $0.store?.reads = StoreDesign.Reads(rawValue: $1.word) ?? .any }),
    ComponentOption(
      "acks", .integer(1...100), [.store],
      "copies that have a write before it is acknowledged, the primary included",
      value: { .integer($0.store?.acks ?? 1) }, change: { $0.store?.acks = $1.integer }),
    ComponentOption(
      "failover", .span(.zero ... .hours(24)), [.store],
      "how long after the primary's death a copy takes its place; 24h for never",
      value: { .span($0.store?.failover ?? .hours(24)) },
      change: { $0.store?.failover = $1.span == .hours(24) ? nil : $1.span }),
  ]

  static let scalingAndLimit: [ComponentOption] = [
    ComponentOption(
      "scale_to", .integer(0...10_000), [.server, .worker],
      "the most instances that scaling may run; 0 for no scaling",
      value: { .integer($0.scaling?.maximum ?? 0) },
      change: { component, setting in
        guard setting.integer > 0 else { return component.scaling = nil }
        var rule = component.scaling ?? Scaling()
        rule.minimum = component.replicas
        rule.maximum = max(setting.integer, component.replicas)
        component.scaling = rule
      }),
    ComponentOption(
      "scale_at", .number(0.05...1, .fraction), [.server, .worker],
      "the share of places in use that scaling aims at",
      value: { .number($0.scaling?.target ?? 0.6) }, change: { $0.scaling?.target = $1.number }),
    ComponentOption(
      "limit", .number(0...10_000_000, .perSecond), [.server],
      "the most calls a second that are let in; 0 for no limit",
      value: { .number($0.limit?.rate ?? 0) },
      change: { component, setting in
        guard setting.number > 0 else { return component.limit = nil }
        var limit = component.limit ?? LimitDesign()
        limit.rate = setting.number
        component.limit = limit
      }),
    ComponentOption(
      "burst", .integer(1...1_000_000), [.server], "calls that the limit lets in at once",
      value: { .integer($0.limit?.burst ?? 100) }, change: { $0.limit?.burst = $1.integer }),
  ]
}
