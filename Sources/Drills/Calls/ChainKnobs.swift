import Kernel
import Patterns

/// The knobs of the chain: design first, then the load and the surroundings.
enum ChainKnobs {
  /// The retry knobs that mean something without a breaker and without servers that ask to wait.
  static let retry = RetryPreset.plain.tool.knobs.filter {
    $0.name != "retry.rejected" && $0.name != "retry.after"
  }

  /// The knobs that `subject` shows, at its defaults.
  static func knobs(_ subject: ChainSubject) -> [Knob] {
    all.filter { knob in
      knob.role == .load
        || subject.shown.contains { knob.name == $0 || knob.name.hasPrefix($0 + ".") }
    }.map { knob in
      guard let change = subject.standards.first(where: { $0.name == knob.name }),
        let setting = try? knob.setting(from: change.text)
      else { return knob }
      return Knob(
        knob.name, knob.kind, standard: setting, role: knob.role, source: knob.source, knob.summary)
    }
  }

  /// Every knob at the chain's own default.
  static let all = layers + retry + waiting + hedging + keys + load + surroundings

  private static let layers = [
    Knob(
      "retry.at", .choice(["none", "client", "edge", "middle", "all"]), standard: .word("none"),
      "Which layer repeats failed calls: the client, edge, middle (which calls the store), or all."
    ),
    Knob(
      "retry.unsafe", .flag, standard: .flag(true),
      "Whether a call that may have had its effect is repeated too."),
  ]

  private static let waiting = [
    Knob(
      "timeout.client", .span(.zero...(.minutes(10))), standard: .span(.seconds(3)),
      "The longest wait of the client for one call to edge; 0s waits for ever."),
    Knob(
      "timeout.edge", .span(.zero...(.minutes(10))), standard: .span(.seconds(1)),
      "The longest wait of edge for one call to middle; 0s waits for ever."),
    Knob(
      "timeout.middle", .span(.zero...(.minutes(10))), standard: .span(.milliseconds(300)),
      "The longest wait of middle for one call to the store; 0s waits for ever."),
    Knob(
      "timeout.cancels", .flag, standard: .flag(false),
      "Whether a caller that gives up tells the callee to stop, all the way down."),
    Knob(
      "deadline", .span(.zero...(.minutes(10))), standard: .span(.zero),
      "The longest time for a client's request with all its calls; 0s for no limit."),
    Knob(
      "deadline.sent", .flag, standard: .flag(false),
      "Whether calls carry their deadline, so that late work is dropped and not begun."),
    Knob(
      "deadline.least", .span(.zero...(.minutes(1))), standard: .span(.zero),
      "A server drops a call that has less than this left when its turn comes."),
  ]

  private static let hedging = [
    Knob(
      "hedge", .choice(["off", "fixed", "percentile"]), standard: .word("off"),
      "When middle sends a second copy of a call to another replica of the store."),
    Knob(
      "hedge.delay", .span(.zero...(.minutes(1))), standard: .span(.milliseconds(50)),
      "The wait before a copy (fixed)."),
    Knob(
      "hedge.percentile", .number(0.5...0.999, .fraction), standard: .number(0.95),
      source: "Dean and Barroso, The Tail at Scale: the 95th percentile",
      "The share of calls that are answered before a copy is sent (percentile)."),
    Knob(
      "hedge.copies", .integer(1...5), standard: .integer(1),
      source: "Polly HedgingStrategyOptions.MaxHedgedAttempts: 1",
      "The most copies besides the first."),
    Knob(
      "hedge.budget", .number(0...1, .fraction), standard: .number(0),
      "Copies as a share of calls, with ten to spare; 0 for no bound."),
    Knob(
      "hedge.cancel", .choice(["none", "answer", "start"]), standard: .word("answer"),
      "When the other copy is told to stop: never, on the first answer, or when one begins (tied)."
    ),
  ]

  private static let keys = [
    Knob(
      "key", .choice(["none", "attempt", "request"]), standard: .word("none"),
      "What the client makes a new idempotency key for: nothing, every call, or every request."),
    Knob(
      "key.lock", .choice(["insert-first", "after-work"]), standard: .word("insert-first"),
      "Whether the store inserts a key before the work, or looks it up and stores it afterwards."),
    Knob(
      "key.lifetime", .span(.milliseconds(100)...(.hours(24))), standard: .span(.hours(24)),
      source: "docs.stripe.com: keys may be pruned once they are at least 24 hours old",
      "How long the store keeps the answer to a key."),
    Knob(
      "key.lock.time", .span(.milliseconds(10)...(.hours(1))), standard: .span(.seconds(30)),
      "How long a key stays locked when its work never ends."),
    Knob(
      "key.compares", .flag, standard: .flag(true),
      source: "docs.stripe.com: parameters are compared with those of the first request",
      "Whether the body that comes with a known key is compared with the first one."),
    Knob(
      "key.errors", .flag, standard: .flag(false),
      source: "docs.stripe.com: API v1 keeps the answer also when it is a 500",
      "Whether an error is kept as the answer to its key."),
  ]

  private static let load = [
    Knob(
      "rate", .number(1...2_000, .perSecond), standard: .number(100), role: .load,
      "Requests a second from clients, whatever becomes of them."),
    Knob(
      "arrivals", .choice(["poisson", "steady"]), standard: .word("poisson"), role: .load,
      "Whether requests come independently of each other or evenly spaced."),
    .duration(),
    Knob(
      "writes", .flag, standard: .flag(false), role: .load,
      "Whether a request is a charge, which the store must carry out once, or only reads."),
    Knob(
      "double", .number(0...1, .fraction), standard: .number(0), role: .load,
      "The share of requests that a client sends twice at the same moment, as with a double click."
    ),
    Knob(
      "key.reused", .number(0...1, .fraction), standard: .number(0), role: .load,
      "The share of requests whose client uses the key of the request before for another charge."),
  ]

  private static let surroundings = [
    Knob(
      "instances", .integer(1...20), standard: .integer(1), role: .load, "Replicas of the store."),
    Knob(
      "slots", .integer(1...1_000), standard: .integer(10), role: .load,
      "Calls that a replica of the store works on at a time."),
    Knob(
      "threads", .integer(1...10_000), standard: .integer(1_000), role: .load,
      "Calls that edge, and that middle, hold open at a time; each waits for the layer below."),
    Knob(
      "service", .span(.milliseconds(1)...(.minutes(1))), standard: .span(.milliseconds(20)),
      role: .load, "The time of the store's work: its mean, or for tail its median."),
    Knob(
      "service.shape", .choice(["gamma", "exponential", "constant", "tail"]),
      standard: .word("gamma"), role: .load,
      "How it varies: little, much, not at all, or with a p99 of ten times the median (tail)."),
    Knob(
      "queue", .integer(0...100_000), standard: .integer(5_000), role: .load,
      "Calls that wait at a server before it refuses more."),
    .network(),
    Knob(
      "errors", .number(0...1, .fraction), standard: .number(0), role: .load,
      "The share of the store's calls that fail without an effect when nothing is wrong."),
    Knob(
      "errors.time", .span(.zero...(.minutes(1))), standard: .span(.milliseconds(5)), role: .load,
      "The time of the store's work that ends in an error."),
  ]
}
