import Kernel
import Patterns
import Simulation

/// Clients with open load, callers with breaker, timeout and retries, and a dependency that can be
/// slowed, broken and stopped.
///
///     clients ──requests──▶ callers ──calls──▶ instances: line, slots, work
///                breaker · timeout · retries · budget      │
///                          ◀──────────answers──────────────┘
///
/// Requests come at their rate whatever becomes of them. A call waits in line at its instance until
/// a slot is free. A caller that gives up ends its own waiting, not the work: unless a deadline or a
/// cancellation reaches the instance, the call keeps its place in line and its slot. This is what
/// makes a storm of retries last after its trigger has gone.
public struct CircuitBreakerScenario: Scenario {
  let tool: CallTool

  init(_ tool: CallTool) { self.tool = tool }

  /// The scenario's id; a tool's scenario carries the tool's name.
  public var id: String { tool.scenarioID }

  /// What the scenario is.
  public var title: String {
    tool == .plain
      ? "Callers with circuit breakers before a fragile dependency"
      : "Callers with \(tool.title) before a fragile dependency"
  }

  /// The version of the model.
  public var version: Int { 1 }

  /// Callers in fault lines are one node, `checkout`; the dependency is `payments` or its instances.
  public func roster(_ settings: Settings) -> Roster {
    Roster(CallSettings(settings, tool: tool).instanceNames + ["checkout"])
  }

  /// Refuses combinations that cannot run.
  public func validate(_ settings: Settings) throws(Diagnostic) {
    let work = settings.number("rate") * settings.span("duration").seconds
    try RunSize.refuse(
      work, of: "requests", above: 400_000, remedy: "a lower rate or a shorter duration")
    let calls = work * Double(settings.integer("retry.attempts"))
    try RunSize.refuse(
      calls, of: "calls", above: 2_000_000,
      remedy: "a lower rate, a shorter duration or fewer retry.attempts")
    try refuseHugeWindows(settings)
    if settings.span("timeout") == .zero, settings.span("deadline") == .zero,
      settings.flag("deadline.sent")
    {
      throw Diagnostic(
        "deadline.sent=on has no deadline to send.",
        expected: "a timeout or a deadline above 0s")
    }
  }

  /// Refuses windows that, over all breakers, would take more memory than a run should.
  private func refuseHugeWindows(_ settings: Settings) throws(Diagnostic) {
    guard let options = tool.breaker(settings) else { return }
    let slots = CircuitBreaker(options).window.slotCount
    let perCaller =
      settings.word("breaker.scope") == "instance" ? settings.integer("instances") : 1
    let total = slots * perCaller * settings.integer("callers")
    guard total <= 5_000_000 else {
      throw Diagnostic(
        "The windows of all breakers would have \(Unit.count.text(Double(total))) slots; "
          + "5,000,000 are allowed.", expected: "a smaller window, or fewer breakers")
    }
  }

  /// Runs the model.
  public func run(_ request: ScenarioRequest) -> Outcome {
    let settings = CallSettings(request.settings, tool: tool, mutant: request.mutant)
    let world = CallWorld(
      settings, roster: roster(request.settings), faults: request.faults, seed: request.seed,
      traceCapacity: request.traceCapacity)
    return world.run(for: settings.duration)
  }
}
