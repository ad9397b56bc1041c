import Kernel
import Patterns
import Simulation

/// One service with a pool of threads, and three dependencies of which one hangs.
public struct BulkheadScenario: Scenario {
  /// A scenario.
  public init() {}

  /// The scenario's id, that of its topic.
  public var id: String { "bulkhead" }
  /// What the scenario is.
  public var title: String { "A service with three dependencies, one of which hangs" }
  /// The version of the model.
  public var version: Int { 1 }
  /// The design, then the load and the surroundings.
  public var knobs: [Knob] { BulkheadKnobs.all }
  /// What must never be broken.
  public var invariants: [Invariant] { BulkheadChecks.all }

  /// The service, its dependencies, the clients.
  public func roster(_ settings: Settings) -> Roster { Roster(BulkheadSettings.names) }

  /// Refuses runs that would be too long, and pools that contradict themselves.
  public func validate(_ settings: Settings) throws(Diagnostic) {
    let rate = BulkheadSettings.routes.reduce(0) { $0 + settings.number("rate.\($1)") }
    let work = rate * settings.span("duration").seconds
    try RunSize.refuse(
      work, of: "requests", above: 200_000, remedy: "lower rates or a shorter duration")
    if settings.word("isolation") == "pool",
      settings.integer("pool.core") > settings.integer("max")
    {
      throw Diagnostic(
        "pool.core is above max: a pool cannot begin with more threads than it may have.",
        expected: "a pool.core that is at most max")
    }
  }

  /// Runs the model.
  public func run(_ request: ScenarioRequest) -> Outcome {
    let settings = BulkheadSettings(request.settings, mutant: request.mutant)
    let world = BulkheadWorld(
      settings, roster: roster(request.settings), faults: request.faults, seed: request.seed,
      traceCapacity: request.traceCapacity)
    return world.run(for: settings.duration)
  }

  /// What a run measures.
  public var metrics: [Metric] { Self.requestMetrics + Self.placeMetrics }

  private static let requestMetrics: [Metric] = [
    Metric("success", .fraction, "The share of ended requests that were answered well."),
    Metric("success_pay", .fraction, "That share among requests that need payments."),
    Metric("success_browse", .fraction, "That share among requests that need the catalog."),
    Metric("success_review", .fraction, "That share among requests that need reviews."),
    .goodput, .goodputAfter, .timeToRecover,
    Metric("p99", .seconds, "99 % of the good answers came within this time."),
    Metric("p99_pay", .seconds, "The same for requests that need payments."),
    Metric("p99_browse", .seconds, "The same for requests that need the catalog."),
  ]

  private static let placeMetrics = [
    Metric("refused_pay", .count, "Requests that the bulkhead of payments refused."),
    Metric("refused_browse", .count, "Requests that the bulkhead of the catalog refused."),
    Metric("refused_review", .count, "Requests that the bulkhead of reviews refused."),
    Metric("turned_away", .count, "Requests that the service refused with a full backlog."),
    Metric("abandoned", .count, "Requests whose thread stopped waiting for a pool."),
    Metric("degraded", .count, "Pages shown without their reviews."),
    Metric("threads_peak", .count, "The most threads of the service in use."),
    Metric("backlog_peak", .count, "The most requests that waited for a thread."),
    Metric("reviews_peak", .count, "The most calls under way to reviews."),
    Metric("pool_peak", .count, "The most threads that a pool had."),
  ]

  /// What the model keeps and leaves out.
  public var fidelity: Fidelity {
    Fidelity(
      models: [
        "Semaphore and pool are the machines of the bench, with the order of Java's executor.",
        "A thread that waits, for a dependency, for a permit or for a pool, is a thread gone.",
        "A pool's thread goes on waiting after its caller has given up, until the socket does.",
      ],
      leavesOut: [
        "The service has no work of its own and no circuit breakers.",
        "Switching between threads costs nothing, so pools look cheaper than they are.",
        "When the service itself crashes, it refuses requests; those under way go on.",
        "A request whose client has left is dropped from the backlog when its turn comes, and a "
          + "call whose caller has left from a dependency's line.",
      ],
      sources: [
        "github.com/resilience4j/resilience4j bulkhead/BulkheadConfig.java @af9e7c97 and "
          + "ThreadPoolBulkheadConfig.java @05a4c30a",
        "github.com/Netflix/Hystrix HystrixThreadPoolProperties.java @00d8ecb9",
        "github.com/App-vNext/Polly src/Polly.RateLimiting/RateLimiterConstants.cs @173d6d1d",
      ])
  }

  /// The deliberate bugs, each with the settings under which it shows.
  public var mutants: [Mutant] {
    [
      Mutant(
        BulkheadShortcut.keepsPermitOnTimeout.rawValue,
        title: "does not give a permit back after a timeout",
        summary: "The release stands after the call and not in a finally block. Each call that "
          + "times out takes a permit with it, until the bulkhead refuses everything.",
        settings: [
          "duration": "25s", "isolation": "semaphore", "timeout.socket": "500ms",
        ], faults: ["at 5s pause reviews for 5s"], caughtBy: .invariant("permits")),
      Mutant(
        BulkheadShortcut.sharesOne.rawValue,
        title: "has one bulkhead for all dependencies",
        summary: "Three clients were built with the same name, and the registry handed out one "
          + "bulkhead. The one that hangs fills it for all.",
        settings: ["duration": "25s", "isolation": "semaphore"],
        faults: ["at 5s pause reviews for 10s"], caughtBy: .objective("success_pay > 95 %")),
      Mutant(
        BulkheadShortcut.queuesForever.rawValue, title: "has a pool whose queue has no end",
        summary: "The queue takes any number of calls. The pool never refuses, and requests wait "
          + "on their threads for calls that stand far back in a line.",
        settings: [
          "duration": "25s", "isolation": "pool", "pool.queue": "5",
        ], faults: ["at 5s pause reviews for 10s"], caughtBy: .invariant("pool queue")),
    ]
  }
}
