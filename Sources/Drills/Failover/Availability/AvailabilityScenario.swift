import Kernel
import Patterns
import Simulation

/// A redundant service over years: what the availability is on paper, and what it is.
struct AvailabilityScenario: Scenario {
  let id = "availability"
  let title = "A redundant service over years, on paper and measured"
  let version = 1
  let knobs = AvailabilitySettings.knobs
  let metrics = AvailabilityMeters.metrics

  let invariants = [
    Invariant("time adds up", "Every moment of the run is served, or has one reason why not."),
    Invariant(
      "what serves is watched",
      "A replica that has the work and is down is found within as many checks as are required."),
    Invariant("one repair a failure", "A repair is ordered once until the replica is back."),
    Invariant("one place each", "No replica has the work of two."),
    Invariant("no idle spare", "While a place is free no replica that counts as up stands by."),
    Invariant("placed apart", "Replicas are spread over the zones as evenly as they can be."),
  ]

  let fidelity = Fidelity(
    models: [
      "Replicas, zones, what all have in common, and dependencies break after exponential times and "
        + "are repaired in exponential times, each from a random stream of its own.",
      "Of a replica's failures a share strikes its zone and a share all replicas: each replica fails "
        + "as often as without, only not alone (the beta-factor model).",
      "Failures are found by the health checker of the bench, checked at even times; a repair begins "
        + "when the failure is found, and a spare that nobody checks is found dead when needed.",
      "Checks that would say the same as the last one are not run one by one.",
      "The formulas stand beside the run and take no part in it.",
    ],
    leavesOut: [
      "Failures that come in bursts or with age, and repairs by few hands: both make it worse.",
      "Planned work, requests and their share: a service is up or down.",
      "Two replicas that both take themselves for the only one; the other drills are about those.",
      "A check is always right and takes no time; only crashes and pauses of faults count here.",
    ],
    sources: [
      "queue.acm.org/detail.cfm?id=3096459, The Calculus of Service Availability, 2017",
      "docs.aws.amazon.com/whitepapers/latest/availability-and-beyond-improving-resilience, 2021",
      "Ford and others, Availability in Globally Distributed Storage Systems, OSDI 2010",
    ])

  func roster(_ settings: Settings) -> Roster { Roster(AvailabilitySettings(settings).names) }

  func validate(_ settings: Settings) throws(Diagnostic) {
    func refuse(_ name: String, above most: Int, _ why: String) throws(Diagnostic) {
      guard settings.integer(name) > most else { return }
      throw Diagnostic(
        why, found: "\(name)=\(settings.integer(name))", expected: "\(name)=\(most) or less")
    }
    let replicas = settings.integer("replicas")
    let dependencies = settings.integer("dependencies")
    try refuse("needed", above: replicas, "More replicas are needed than there are.")
    try refuse("zones", above: replicas, "A zone would stand empty.")
    try refuse(
      "soft", above: max(0, dependencies - settings.integer("essential")),
      "For some dependencies nothing can stand in.")
    guard settings.number("zone.share") + settings.number("release.share") <= 1 else {
      throw Diagnostic("The shares of failures come to more than all of them.")
    }
    let hours = AvailabilitySettings.year.seconds / 3_600 * Double(settings.integer("years"))
    let failures = hours * Double(replicas) / (settings.span("mtbf").seconds / 3_600)
    let outside =
      hours * Double(dependencies) / (settings.span("dependency.mttr").seconds / 3_600)
      * (1 - settings.number("dependency.availability"))
    try RunSize.refuse(
      failures + outside, of: "failures", above: 200_000,
      remedy: "fewer years, or parts that fail less often")
  }

  func run(_ request: ScenarioRequest) -> Outcome {
    let settings = AvailabilitySettings(request.settings, mutant: request.mutant)
    let world = AvailabilityWorld(
      settings, roster: roster(request.settings), invariants: invariants, faults: request.faults,
      seed: request.seed, traceCapacity: request.traceCapacity)
    return world.run(for: settings.duration)
  }

  let mutants = [
    Mutant(
      FailoverShortcut.watchesTheFirst.rawValue,
      title: "after a switch the checks go on asking the old holder",
      summary: "The first failover works as in the test. The second failure, of the replica that "
        + "took over, is seen by nobody: its checks were never set up.",
      settings: ["replicas": "2", "mtbf": "240h"], caughtBy: .invariant("what serves is watched")),
    Mutant(
      FailoverShortcut.repairsAnew.rawValue,
      title: "each failed check orders the repair anew",
      summary: "The automation replaces the machine whenever it is found dead, and so also while "
        + "the new one is being set up. Whatever takes longer than a check interval never ends.",
      settings: ["check.interval": "30m", "years": "1", "mtbf": "240h"],
      caughtBy: .invariant("one repair a failure")),
    Mutant(
      FailoverShortcut.placesTogether.rawValue,
      title: "all replicas are put into the first zone",
      summary: "The rule that spreads them is there, and does not bite: on paper they stand apart, "
        + "and the first zone that goes takes all of them along.",
      settings: ["replicas": "3", "zones": "3", "mtbf": "240h", "zone.share": "10%"],
      caughtBy: .invariant("placed apart")),
  ]
}
