import Kernel
import Patterns
import Simulation

/// Requests that go through four services, the spans that each makes of its part, and what of them
/// is there when somebody looks.
///
///     client ──▶ edge ──▶ cart ──▶ payment ──▶ bank       each: span ──▶ queue ──▶ collector
public struct TracingScenario: Scenario {
  static let services = ["edge", "cart", "payment", "bank"]

  /// The scenario.
  public init() {}

  /// The scenario's id.
  public var id: String { "tracing" }
  /// What the scenario is.
  public var title: String { "Spans of four services, sampled and collected" }
  /// The version of the model.
  public var version: Int { 1 }

  /// The services and the collector.
  public func roster(_ settings: Settings) -> Roster { Roster(Self.services + ["collector"]) }

  /// Refuses runs that would take too long.
  public func validate(_ settings: Settings) throws(Diagnostic) {
    let work = settings.number("rate") * settings.span("duration").seconds
    guard work <= 100_000 else {
      throw Diagnostic(
        "This run would have \(Unit.count.text(work)) requests; 100,000 are allowed.",
        expected: "a lower rate or a shorter duration")
    }
  }

  /// Every knob: the sampling's and the collecting's, then the load.
  public var knobs: [Knob] {
    [
      Knob(
        "sampling", .choice(["head", "tail"]), standard: .word("head"),
        "Whether the first service decides when a trace begins, or the collector when it is over."),
      Knob(
        "share", .number(0...1, .fraction), standard: .number(0.01),
        "The share of traces that is kept: of all with sampling=head, of the others with tail."),
      Knob(
        "tail.wait", .span(.milliseconds(100)...(.minutes(2))), standard: .span(.seconds(10)),
        "With sampling=tail, how long the collector waits for the spans of a trace."),
      Knob(
        "tail.traces", .integer(1...1_000_000), standard: .integer(50_000),
        "With sampling=tail, the most traces that it waits for at once."),
      Knob(
        "cart.passes.header", .flag, standard: .flag(true),
        "Whether cart hands the header traceparent on to payment."),
      Knob(
        "queue", .integer(1...100_000), standard: .integer(2_048), source: Self.processor,
        "Spans that a service keeps while it waits to send them."),
      Knob(
        "batch", .integer(1...10_000), standard: .integer(512), source: Self.processor,
        "Spans sent at once."),
      Knob(
        "delay", .span(.milliseconds(10)...(.minutes(1))), standard: .span(.seconds(5)),
        source: Self.processor, "The time between two batches of a service that are not full."),
      Knob(
        "duration", .span(.seconds(10)...(.hours(1))), standard: .span(.minutes(5)), role: .load,
        "How long the run lasts."),
      Knob(
        "rate", .number(0.1...1_000, .perSecond), standard: .number(50), role: .load,
        "Requests a second."),
      Knob(
        "errors", .number(0...1, .fraction), standard: .number(0.001), role: .load,
        "The share of the requests that fail at the bank."),
      Knob(
        "work", .span(.milliseconds(1)...(.seconds(10))), standard: .span(.milliseconds(20)),
        role: .load, "The mean time that each service works on a request."),
    ]
  }

  private static let processor =
    "github.com/open-telemetry/opentelemetry-specification configuration/sdk-environment-variables.md "
    + "@1377f53b2"

  /// What a run measures.
  public var metrics: [Metric] {
    [
      Metric("requests", .count, "Requests that came."),
      Metric("failed_requests", .count, "Requests that failed."),
      Metric("kept", .fraction, "The share of the requests of which anything is stored."),
      Metric(
        "failed_kept", .fraction,
        "The share of the failed requests whose trace is stored whole, from edge to bank."),
      Metric("broken_traces", .count, "Traces stored that do not hold all four services."),
      Metric("spans_made", .count, "Spans that services recorded."),
      Metric("spans_stored", .count, "Spans stored."),
      Metric("dropped_spans", .count, "Spans that were lost because a queue was full."),
      Metric("longest_queue", .count, "The most spans that waited in one service."),
      Metric("traces_waiting", .count, "The most traces that the collector waited for at once."),
    ]
  }

  /// What must never be broken.
  public var invariants: [Invariant] {
    [
      Invariant(
        "same decision",
        "All services that have the header record a trace, or none of them does."),
      Invariant(
        "conserved", "Every span recorded is stored, thrown away on purpose, dropped or waiting."),
      Invariant("parent", "No span begins before the span that caused it."),
    ]
  }

  /// What the model keeps and leaves out.
  public var fidelity: Fidelity {
    Fidelity(
      models: [
        "Each call carries a traceparent as text, which the next service reads by the rules of the "
          + "W3C.",
        "A share is decided by the trace id alone, so that everybody decides the same.",
        "Spans wait in a bounded queue of each service; what does not fit is dropped and counted.",
      ],
      leavesOut: [
        "Services have no limit of their own: a request's times are drawn when it comes.",
        "All clocks agree.",
        "A batch reaches the collector at once, or not at all while it is down.",
        "The collector stores without a limit.",
      ],
      sources: [
        "github.com/w3c/trace-context spec/20-http_request_header_format.md @acab820",
        "github.com/jaegertracing/documentation docs/v2/_dev/architecture/sampling.md @d9251ffa",
        Self.processor,
      ])
  }

  /// The deliberate bugs, each with the settings under which it shows.
  public var mutants: [Mutant] {
    [
      Mutant(
        "samples-anew", title: "each service throws its own dice",
        summary: "The flag in the header is ignored: every service decides by chance whether it "
          + "records. Traces have holes, and none says so.",
        settings: ["share": "30 %", "duration": "60s"],
        caughtBy: .invariant("same decision"))
    ]
  }

  /// Runs the model.
  public func run(_ request: ScenarioRequest) -> Outcome {
    let world = TracingWorld(request, roster: roster(request.settings))
    var universe = Universe(world, capacity: 256)
    universe.world.begin(in: &universe.queue)
    let end = Instant.zero + request.settings.span("duration")
    universe.run(until: end)
    return universe.world.outcome(at: end)
  }
}
