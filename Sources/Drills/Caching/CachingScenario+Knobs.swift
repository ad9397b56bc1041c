import Kernel
import Patterns

extension CachingScenario {
  /// Every knob: the cache's, then the load and the surroundings.
  public var knobs: [Knob] { Self.cacheKnobs + Self.writeKnobs + Self.loadKnobs + Self.originKnobs }

  static let cacheKnobs = [
    Knob(
      "policy", .choice(EvictionPolicy.allCases.map(\.rawValue)), standard: .word("lru"),
      "Which key goes when a node is full."),
    Knob(
      "capacity", .integer(1...100_000), standard: .integer(1_000), "The most keys of one node."),
    Knob(
      "ttl", .span(.milliseconds(10)...(.hours(24))), standard: .span(.seconds(30)),
      "How long a value is fresh."),
    Knob(
      "ttl.jitter", .number(0...1, .fraction), standard: .number(0),
      "The share of the TTL by which chance lengthens or shortens it."),
    Knob(
      "coalesce", .flag, standard: .flag(false),
      "Whether misses of one key at one node share one load."),
    Knob(
      "lease", .flag, standard: .flag(false),
      "Whether a delete stops loads under way from filling the cache."),
    Knob(
      "stale.for", .span(.zero...(.hours(24))), standard: .span(.zero), source: "RFC 5861",
      "How long past its TTL a value is served while a load refreshes it."),
    Knob(
      "stale.error", .span(.zero...(.hours(24))), standard: .span(.zero), source: "RFC 5861",
      "How long past its TTL a value is served when the load fails."),
    Knob(
      "negative.ttl", .span(.zero...(.hours(24))), standard: .span(.zero),
      "How long 'not found' is kept; 0s keeps none."),
    Knob(
      "early", .number(0...10, .ratio), standard: .number(0), source: "XFetch beta",
      "How eagerly a value is refreshed before its end; 0 never, 1 as in the paper."),
  ]

  private static let writeKnobs = [
    Knob(
      "write", .choice(["delete", "update", "around", "behind"]), standard: .word("delete"),
      "What a write does: to the origin and delete the key, or update it, or leave it; or into the "
        + "cache only, and to the origin later."),
    Knob(
      "write.flush", .span(.milliseconds(10)...(.minutes(5))), standard: .span(.seconds(5)),
      "With write=behind, how long a write waits before it goes to the origin."),
    Knob(
      "placement", .choice(["modulo", "rendezvous"]), standard: .word("modulo"),
      "How a key finds its node among those that are up."),
    Knob(
      "timeout", .span(.milliseconds(10)...(.minutes(1))), standard: .span(.seconds(1)),
      "A request that takes longer counts as failed."),
  ]

  private static let loadKnobs = [
    Knob(
      "rate", .number(1...5_000, .perSecond), standard: .number(500), role: .load,
      "Requests a second, whatever becomes of them."),
    .duration(),
    Knob("nodes", .integer(1...20), standard: .integer(1), role: .load, "Cache nodes."),
    Knob(
      "keys", .integer(1...100_000), standard: .integer(5_000), role: .load,
      "Keys that are read again and again."),
    Knob(
      "skew", .number(0...2, .ratio), standard: .number(1), role: .load,
      "Zipf's exponent of their popularity; 0 makes all alike."),
    Knob(
      "writes", .number(0...1, .fraction), standard: .number(0), role: .load,
      "The share of requests that write."),
    Knob(
      "scan", .number(0...1, .fraction), standard: .number(0), role: .load,
      "The share of requests for keys that nobody asks for again."),
    Knob(
      "missing", .number(0...1, .fraction), standard: .number(0), role: .load,
      "The share of requests for ids that do not exist."),
    Knob(
      "missing.ids", .integer(1...1_000_000), standard: .integer(200), role: .load,
      "How many different ids that do not exist are asked for."),
    Knob(
      "warm", .flag, standard: .flag(false), role: .load,
      "Whether the most popular keys are put in at the start, all at once."),
  ]

  private static let originKnobs = [
    Knob(
      "origin.slots", .integer(1...1_000), standard: .integer(10), role: .load,
      "Loads and writes that the origin works on at once."),
    Knob(
      "origin.time", .span(.milliseconds(1)...(.seconds(10))), standard: .span(.milliseconds(20)),
      role: .load, "The mean time of a load or a write at the origin."),
    Knob(
      "origin.queue", .integer(0...100_000), standard: .integer(10_000), role: .load,
      "The most in line at the origin; more are refused."),
    Knob(
      "network", .span(.zero...(.seconds(1))), standard: .span(.milliseconds(1)), role: .load,
      "The time from a client to its cache node and back."),
  ]
}
