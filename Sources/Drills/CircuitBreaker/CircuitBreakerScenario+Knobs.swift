import Kernel
import Patterns

extension CircuitBreakerScenario {
  /// Every knob: the caller's, the tool's, then the load and the surroundings.
  public var knobs: [Knob] {
    callerKnobs + tool.knobs + RetryPreset.plain.tool.knobs + loadKnobs + dependencyKnobs
  }

  private var callerKnobs: [Knob] {
    [
      Knob(
        "breaker", .flag, standard: .flag(true),
        "Whether callers have circuit breakers, or for Envoy outlier detection, at all."),
      Knob(
        "breaker.scope", .choice(["service", "instance"]), standard: .word("service"),
        "Whether a caller has one breaker for the service or one for each instance."),
      Knob(
        "timeout", .span(.zero...(.minutes(10))), standard: .span(.seconds(1)),
        "The longest wait for one call; 0s waits for ever."),
      Knob(
        "timeout.cancels", .flag, standard: .flag(false),
        "Whether a caller that gives up tells the dependency to stop the work."),
      Knob(
        "deadline", .span(.zero...(.minutes(10))), standard: .span(.zero),
        "The longest time for a request with all its calls; 0s for no limit."),
      Knob(
        "deadline.sent", .flag, standard: .flag(false),
        "Whether calls carry their deadline, so that the dependency drops work that is too late."),
      Knob(
        "deadline.least", .span(.zero...(.minutes(1))), standard: .span(.zero),
        "The dependency drops a call that has less than this left when its turn comes."),
      Knob(
        "balance", .choice(["round-robin", "random", "least"]), standard: .word("round-robin"),
        "How a caller picks an instance: in turn, by chance, or with the fewest of its own calls."),
      Knob(
        "balance.skips", .flag, standard: .flag(false),
        "Whether the balancer leaves out instances whose breaker stands open, without asking it."),
    ]
  }

  private var loadKnobs: [Knob] {
    [
      Knob(
        "rate", .number(1...2_000, .perSecond), standard: .number(200), role: .load,
        "Requests a second from clients, whatever becomes of them."),
      Knob(
        "arrivals", .choice(["poisson", "steady"]), standard: .word("poisson"), role: .load,
        "Whether requests come independently of each other or evenly spaced."),
      .duration(),
      Knob(
        "callers", .integer(1...200), standard: .integer(10), role: .load,
        "Instances of the calling service, each with its own breakers and budget."),
    ]
  }

  private var dependencyKnobs: [Knob] {
    [
      Knob(
        "instances", .integer(1...20), standard: .integer(1), role: .load,
        "Instances of the dependency."),
      Knob(
        "slots", .integer(1...1_000), standard: .integer(8), role: .load,
        "Calls that an instance works on at a time."),
      Knob(
        "service", .span(.milliseconds(1)...(.minutes(1))), standard: .span(.milliseconds(20)),
        role: .load, "The mean time of the work for one call."),
      Knob(
        "service.shape", .choice(["gamma", "exponential", "constant"]), standard: .word("gamma"),
        role: .load, "How the time of the work varies: little (four stages), much, or not at all."),
      Knob(
        "queue", .integer(0...100_000), standard: .integer(2_000), role: .load,
        "Calls that wait at an instance before it refuses more."),
      Knob(
        "queue.fatal", .integer(0...100_000), standard: .integer(0), role: .load,
        "Calls in line at which an instance runs out of memory, dies and restarts after 5 s; "
          + "0 for never."),
      .network(),
      Knob(
        "errors", .number(0...1, .fraction), standard: .number(0), role: .load,
        "The share of calls answered with an error when nothing is wrong."),
      Knob(
        "errors.time", .span(.zero...(.minutes(1))), standard: .span(.milliseconds(5)),
        role: .load, "The time of the work that ends in an error."),
      Knob(
        "cold", .number(1...100, .ratio), standard: .number(1), role: .load,
        "How many times as long work takes right after an instance started."),
      Knob(
        "cold.calls", .integer(1...100_000), standard: .integer(1_000), role: .load,
        "The calls that an instance must work off until it is warm."),
    ]
  }
}
