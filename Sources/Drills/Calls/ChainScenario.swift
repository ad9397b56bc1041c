import Kernel
import Patterns
import Simulation

/// A chain of three services, as the subject of a topic: retries, timeouts, hedging or keys.
public struct ChainScenario: Scenario {
  let subject: ChainSubject

  init(_ subject: ChainSubject) { self.subject = subject }

  /// The scenario's id, that of its topic.
  public var id: String { subject.rawValue }
  /// What the scenario is.
  public var title: String { subject.title }
  /// The version of the model.
  public var version: Int { 1 }
  /// The knobs of the subject, then the load and the surroundings.
  public var knobs: [Knob] { ChainKnobs.knobs(subject) }
  /// What must never be broken.
  public var invariants: [Invariant] { ChainChecks.all }

  /// The servers, and the clients as one node.
  public func roster(_ settings: Settings) -> Roster {
    Roster(ChainSettings(settings).serverNames + ["client"])
  }

  /// Refuses runs that would be too long.
  public func validate(_ settings: Settings) throws(Diagnostic) {
    let chain = ChainSettings(settings)
    let tries = chain.policies.reduce(1) { $0 * $1.maxAttempts }
    let work = chain.rate * chain.duration.seconds
    guard work <= 200_000, work * Double(tries) <= 4_000_000 else {
      throw Diagnostic(
        "This run could have \(Unit.count.text(work * Double(tries))) calls; "
          + "4,000,000 of 200,000 requests are allowed.",
        expected: "a lower rate, a shorter duration or fewer retry.attempts")
    }
    if settings.flag("deadline.sent"), chain.timeouts[0].perTry == nil,
      chain.timeouts[0].total == nil
    {
      throw Diagnostic(
        "deadline.sent=on has no deadline to send.",
        expected: "a timeout.client or a deadline above 0s")
    }
  }

  /// Runs the model.
  public func run(_ request: ScenarioRequest) -> Outcome {
    let settings = ChainSettings(request.settings, mutant: request.mutant)
    let world = ChainWorld(
      settings, roster: roster(request.settings), faults: request.faults, seed: request.seed,
      traceCapacity: request.traceCapacity)
    return world.run(for: settings.duration)
  }
}
