import Kernel
import Patterns

extension ShardingScenario {
  /// The knobs of the design under test.
  static var designKnobs: [Knob] {
    PlacementOptions.knobs(standard: .modulo) + ReshardingOptions.knobs + routingKnobs + hotKeyKnobs
      + schemaKnobs
  }

  private static var routingKnobs: [Knob] {
    [
      Knob(
        "shard.check", .flag, standard: .flag(true),
        "Whether a shard checks that it owns a key before it answers (else it answers anything)."),
      Knob(
        "map.refresh", .span(.milliseconds(100) ... .minutes(10)), standard: .span(.seconds(10)),
        "How often a router fetches the map of owners, besides learning from redirections."),
      Knob(
        "ask.handling", .choice(["once", "as-moved"]), standard: .word("once"),
        "Whether a router follows ASK once, or takes it for MOVED and changes its map."),
      Knob(
        "detect.after", .span(.milliseconds(100) ... .minutes(5)), standard: .span(.seconds(2)),
        "How long a cache shard must be down before the others take over its keys."),
    ]
  }

  private static var hotKeyKnobs: [Knob] {
    [
      Knob(
        "hot.remedy", .choice(HotRemedy.allCases.map(\.rawValue)), standard: .word("none"),
        "What routers do about a key that gets too much of the load."),
      Knob(
        "hot.copies", .integer(2...16), standard: .integer(4),
        "Rows that a hot key is salted or replicated into."),
      Knob(
        "hot.ttl", .span(.milliseconds(10) ... .minutes(1)), standard: .span(.seconds(1)),
        "How long a router may answer for a hot key from its own memory (local-cache)."),
      Knob(
        "hot.threshold", .number(0.001...1, .fraction), standard: .number(0.05),
        "The share of a router's requests from which a key counts as hot."),
    ]
  }

  private static var schemaKnobs: [Knob] {
    [
      Knob(
        "index", .choice(["local", "global"]), standard: .word("local"),
        "Whether queries by another attribute ask every shard, or an index placed by attribute."),
      Knob(
        "key.tags", .flag, standard: .flag(false),
        "Whether keys that are written together carry a common tag that alone decides the shard."),
      Knob(
        "cross.handling", .choice(["refuse", "split"]), standard: .word("refuse"),
        "What becomes of a write to two keys on two shards: refused, or two separate writes."),
      Knob(
        "key.buckets", .integer(1...256), standard: .integer(1),
        "Buckets that a hash puts in front of the sort order of keys (range only)."),
    ]
  }

  /// The knobs of load and surroundings.
  static var loadKnobs: [Knob] {
    [
      load("shards", .integer(2...32), .integer(4), "Shards at the start."),
      load("keys", .integer(100...50_000), .integer(10_000), "Keys at the start."),
      load(
        "rate", .number(1...20_000, .perSecond), .number(1_000), "Requests that clients send."),
      load(
        "duration", .span(.seconds(5) ... .minutes(10)), .span(.seconds(60)),
        "How long clients send."),
      load("writes", .number(0...1, .fraction), .number(0.2), "Share of requests that write."),
      load(
        "zipf", .number(0...2, .ratio), .number(0.6),
        "Exponent of the popularity of keys; 0 makes all alike."),
      load(
        "celebrity", .number(0...1, .fraction), .number(0),
        "Share of requests that are for one key, on top of Zipf's law."),
      load(
        "growing", .number(0...1, .fraction), .number(0),
        "Share of requests that insert a new key, in rising order."),
      load(
        "queries", .number(0...1, .fraction), .number(0),
        "Share of requests that look for a row by another attribute than its key."),
      load(
        "scans", .number(0...1, .fraction), .number(0),
        "Share of requests that read 50 keys in a row of the sort order."),
      load(
        "pairs", .number(0...1, .fraction), .number(0),
        "Share of requests that write two keys of one user together."),
      load(
        "store", .choice(["durable", "cache"]), .word("durable"),
        "Whether shards hold the rows themselves, or cache what an origin holds."),
      load(
        "grow.at", .span(.zero ... .minutes(10)), .span(.seconds(20)),
        "When shards are added or taken away."),
      load(
        "grow.by", .integer(-8...16), .integer(0),
        "How many shards are added then; below 0 they are taken away."),
      load("disk.slots", .integer(1...64), .integer(4), "Requests that a shard works on at once."),
      load(
        "service.p50", .span(.microseconds(10) ... .seconds(1)), .span(.milliseconds(3)),
        "Half of the requests take a shard no longer than this."),
      load(
        "service.p99", .span(.microseconds(10) ... .seconds(5)), .span(.milliseconds(20)),
        "99 % of the requests take a shard no longer than this."),
      load(
        "copy.time", .span(.microseconds(1) ... .milliseconds(100)), .span(.milliseconds(4)),
        "How long a slot is busy with copying one key, at the source and again at the target."),
      load(
        "origin.time", .span(.milliseconds(1) ... .seconds(5)), .span(.milliseconds(40)),
        "How long the origin takes over a key that a cache shard misses."),
      load(
        "origin.slots", .integer(1...1_000), .integer(20), "Keys that the origin works on at once."),
      load(
        "timeout", .span(.milliseconds(10) ... .minutes(1)), .span(.seconds(1)),
        "How long a client waits before it gives up."),
      load(
        "slow.mark", .span(.milliseconds(1) ... .seconds(10)), .span(.milliseconds(50)),
        "Requests slower than this are told in the story of the run."),
    ]
  }

  private static func load(
    _ name: String, _ kind: Knob.Kind, _ standard: Setting, _ summary: String
  ) -> Knob { Knob(name, kind, standard: standard, role: .load, summary) }
}

/// What routers do about a hot key.
enum HotRemedy: String, CaseIterable {
  /// Nothing.
  case none
  /// Spread its writes over several rows, and read them all.
  case salt
  /// Answer reads from the router's memory for a while.
  case localCache = "local-cache"
  /// Copy its row to other shards, and read any of them.
  case replicas
}
