import Kernel
import Patterns
import Simulation

/// Several streams over one connection, one of which nobody reads.
public struct StreamsScenario: Scenario {
  static let checks = [
    Invariant("window", "No more is sent on a stream than both windows allow, and none overflows."),
    Invariant(
      "balance", "Every byte of the connection's window is free, in flight, unread or announced."),
  ]

  /// A scenario.
  public init() {}

  /// The scenario's id.
  public var id: String { "flow-control" }
  /// What the scenario is.
  public var title: String { "Streams that share the window of a connection" }
  /// The version of the model.
  public var version: Int { 1 }
  /// The windows, then the load and the surroundings.
  public var knobs: [Knob] { StreamsSettings.knobs }
  /// What must never be broken.
  public var invariants: [Invariant] { Self.checks }

  /// The readers and the sender.
  public func roster(_ settings: Settings) -> Roster {
    Roster(StreamsSettings(settings, mutant: nil).names)
  }

  /// Refuses runs that would be too long.
  public func validate(_ settings: Settings) throws(Diagnostic) {
    let streams = Double(settings.integer("streams"))
    let rate = min(settings.number("bandwidth"), settings.number("read") * streams)
    let frames = rate * settings.span("duration").seconds / Double(StreamsSettings.frame)
    try RunSize.refuse(
      frames, of: "frames", above: 500_000, remedy: "less bandwidth or a shorter duration")
  }

  /// Runs the model.
  public func run(_ request: ScenarioRequest) -> Outcome {
    let settings = StreamsSettings(request.settings, mutant: request.mutant)
    let world = StreamsWorld(
      settings, roster: roster(request.settings), faults: request.faults, seed: request.seed,
      traceCapacity: request.traceCapacity)
    return world.run(for: settings.duration)
  }

  /// What a run measures.
  public var metrics: [Metric] {
    [
      Metric("rate", .bytes, "Bytes a second that all readers took."),
      Metric("rate_first", .bytes, "Bytes a second that the first reader took."),
      Metric("rate_others", .bytes, "Bytes a second that the slowest of the others took."),
      Metric("used", .fraction, "The share of the link's bandwidth that was used."),
      Metric("stalled", .fraction, "The share of the time in which no stream might send."),
      Metric("unread_peak", .bytes, "The most bytes that lay unread at the receiver."),
      Metric("updates", .count, "WINDOW_UPDATE frames."),
    ]
  }

  /// What the model keeps and leaves out.
  public var fidelity: Fidelity {
    Fidelity(
      models: [
        "The windows are the machine of the bench; each stream sends in its turn.",
        "An update is sent once half of a window was read, a common rule.",
      ],
      leavesOut: [
        "TCP below has no window and no congestion of its own; lost frames come 200 ms later, and "
          + "do not hold back the ones behind them.",
        "Streams have no end, no priorities and no headers. A crashed reader is one that does not "
          + "read.",
        "No library's own rule for updates is followed to the byte.",
      ],
      sources: ["RFC 9113, HTTP/2, sections 5.2, 6.5.2 and 6.9"])
  }

  /// The deliberate bug, with the settings under which it shows.
  public var mutants: [Mutant] {
    [
      Mutant(
        BackpressureShortcut.leaksWindow.rawValue, title: "forgets a part of what was read",
        summary: "The update names the threshold and not what was read beyond it. The sender's "
          + "window shrinks a little with each update, until nothing moves.",
        settings: ["duration": "10s"], caughtBy: .invariant("balance"))
    ]
  }
}
