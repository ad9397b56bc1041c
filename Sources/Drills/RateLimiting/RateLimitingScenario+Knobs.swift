import Kernel
import Patterns

extension RateLimitingScenario {
  /// Every knob: the limit's, the sharing's, the clients', then the load and the surroundings.
  public var knobs: [Knob] {
    Self.limitKnobs + Self.sharingKnobs + Self.clientKnobs + Self.loadKnobs + Self.backendKnobs
  }

  static let kinds = RateLimiter.Kind.allCases.filter { $0 != .concurrency }

  private static let limitKnobs = [
    Knob(
      "algorithm", .choice(kinds.map(\.rawValue)), standard: .word("token-bucket"),
      "How a limiter decides, with share=own and share=central; the other ways count windows."),
    Knob("limit", .integer(1...10_000), standard: .integer(10), "Requests of a key in a window."),
    Knob(
      "window", .span(.milliseconds(100)...(.minutes(10))), standard: .span(.seconds(1)),
      "The period that the limit is for."),
    Knob(
      "limit.burst", .integer(0...10_000), standard: .integer(10),
      "What may come at once: tokens of a bucket, extra requests of gcra and limit-req, places."),
    Knob(
      "delay", .integer(0...10_000), standard: .integer(0),
      "For limit-req: requests of excess that are not delayed."),
    Knob(
      "counts.denied", .flag, standard: .flag(false),
      "Whether windows and logs count refused requests too."),
    Knob(
      "key", .choice(LimitSettings.Keying.allCases.map(\.rawValue)), standard: .word("user"),
      "What a limit is for: the user that a request names, the address it comes from, or one limit "
        + "for each, both of which must admit it."),
    Knob(
      "address.factor", .integer(1...100), standard: .integer(5),
      "With key=both, how many times the limit and the burst of a user an address has."),
    Knob(
      "cost", .choice(["one", "weight"]), standard: .word("one"),
      "Whether each request takes one permit, or as many as it weighs."),
    Knob(
      "keys.held", .integer(1...100_000), standard: .integer(10_000),
      "Keys that a gateway or the store holds; the one not used for longest makes room."),
    Knob(
      "in.progress", .integer(0...10_000), standard: .integer(0),
      "The most requests of all keys that a gateway has at the backend; more are shed. 0: no limit."
    ),
  ]

  private static let sharingKnobs = [
    Knob(
      "share", .choice(LimitSettings.Sharing.allCases.map(\.rawValue)), standard: .word("own"),
      "Who counts: each gateway the whole limit, each an even part, the store, each with counts "
        + "exchanged, or each from leases of the store."),
    Knob(
      "sync.every", .span(.milliseconds(10)...(.minutes(1))), standard: .span(.seconds(1)),
      "With share=synced, the time between two exchanges."),
    Knob(
      "lease.batch", .integer(1...1_000), standard: .integer(5),
      "With share=leased, permits that a gateway takes at once."),
    Knob(
      "patience", .span(.milliseconds(1)...(.seconds(10))), standard: .span(.milliseconds(50)),
      "How long a gateway waits for the store."),
    Knob(
      "fallback", .choice(LimiterNode.Fallback.allCases.map(\.rawValue)),
      standard: .word("local"),
      "What a gateway does when the store is silent: let through, refuse, or keep an even part."),
  ]

  private static let clientKnobs = [
    Knob(
      "retry", .integer(1...20), standard: .integer(1),
      "The most tries of a tenant's request, the first included."),
    Knob(
      "retry.after", .flag, standard: .flag(true),
      "Whether tenants wait as long as Retry-After says, in whole seconds."),
    Knob(
      "retry.wait", .span(.milliseconds(10)...(.minutes(1))), standard: .span(.milliseconds(500)),
      "How long they wait where no Retry-After counts."),
    Knob(
      "retry.spread", .span(.zero...(.minutes(5))), standard: .span(.zero),
      "Chance adds up to this to each wait: jitter."),
  ]

  private static let loadKnobs = [
    .duration(),
    Knob("gateways", .integer(1...20), standard: .integer(3), role: .load, "Gateways."),
    Knob(
      "balance", .choice(["even", "by-key"]), standard: .word("even"), role: .load,
      "Whether requests go round all gateways, or all of a tenant to one."),
    Knob("tenants", .integer(1...1_000), standard: .integer(20), role: .load, "Honest tenants."),
    Knob(
      "rate", .number(0.01...1_000, .perSecond), standard: .number(5), role: .load,
      "Requests a second of each tenant."),
    Knob(
      "page", .integer(1...100), standard: .integer(1), role: .load,
      "Requests that a tenant sends at once, as a browser does for a page."),
    Knob(
      "nat", .integer(0...1_000), standard: .integer(0), role: .load,
      "How many of the tenants share one address."),
    Knob(
      "greedy", .number(0...5_000, .perSecond), standard: .number(0), role: .load,
      "Requests a second of one more client, who cares for no limit."),
    Knob(
      "greedy.shape", .choice(LimitSettings.Shape.allCases.map(\.rawValue)),
      standard: .word("steady"), role: .load,
      "When they come: at random, around the edges of windows, or in batches."),
    Knob(
      "greedy.every", .span(.milliseconds(100)...(.minutes(5))), standard: .span(.seconds(10)),
      role: .load, "With greedy.shape=batch, the time between two batches."),
    Knob(
      "greedy.ids", .integer(1...10_000), standard: .integer(1), role: .load,
      "How many users that client claims to be, a random one with each request."),
    Knob(
      "greedy.weight", .integer(1...100), standard: .integer(1), role: .load,
      "How many times as long as others that client's requests keep the backend busy."),
    Knob(
      "timeout", .span(.milliseconds(10)...(.minutes(1))), standard: .span(.seconds(2)),
      role: .load, "How long a client waits for the answer to a try."),
  ]

  private static let backendKnobs = [
    Knob(
      "network", .span(.microseconds(10)...(.seconds(1))), standard: .span(.microseconds(500)),
      role: .load, "The median time of a message between a gateway and the store."),
    Knob(
      "store.time", .span(.microseconds(1)...(.milliseconds(100))),
      standard: .span(.microseconds(50)), role: .load,
      "What the store needs for one answer; it gives one at a time."),
    Knob(
      "backend.slots", .integer(1...1_000), standard: .integer(10), role: .load,
      "Requests that the backend works on at once."),
    Knob(
      "backend.time", .span(.milliseconds(1)...(.seconds(10))), standard: .span(.milliseconds(20)),
      role: .load, "The mean time of a request at the backend."),
    Knob(
      "backend.queue", .integer(0...100_000), standard: .integer(10_000), role: .load,
      "The most in line at the backend; more are turned away."),
  ]
}
