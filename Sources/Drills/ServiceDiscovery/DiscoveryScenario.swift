import Kernel
import Patterns
import Simulation

/// One service, its instances and callers, behind one of four registries.
struct DiscoveryScenario: Scenario {
  let id = "service-discovery"
  let title = "Service discovery: Eureka, Consul, etcd, Kubernetes"
  let version = 1
  let knobs = DiscoveryKnobs.all
  let metrics = DiscoveryMeters.metrics
  let fidelity = DiscoveryFidelity.scenario

  let invariants = [
    Invariant("eviction limit", "A Eureka run evicts at most 15 % of the registry."),
    Invariant(
      "self-preservation",
      "Eureka evicts nothing while renewals are at or below the threshold."),
    Invariant("incarnations grow", "A gossip belief never goes back to a lower incarnation."),
    Invariant(
      "dead stays dead", "A dead gossip member is alive again only by a higher incarnation."),
    Invariant("Election Safety", "At most one leader in a term of Raft."),
    Invariant("Log Matching", "Logs that agree on an entry agree on all before it."),
    Invariant("Leader Completeness", "A committed entry is in the log of every later leader."),
    Invariant("State Machine Safety", "No two servers apply different entries at an index."),
    Invariant("one slice an endpoint", "No Kubernetes pod stands in two endpoint slices."),
    Invariant("rules from slices", "kube-proxy's rules are those of the slices it heard of."),
  ]

  func roster(_ settings: Settings) -> Roster { DiscoverySetup(settings).roster.roster }

  func validate(_ settings: Settings) throws(Diagnostic) {
    let setup = DiscoverySetup(settings)
    if let deploy = setup.deploy, deploy.at > setup.end {
      throw Diagnostic(
        "The deploy begins after the run has ended.", found: "deploy.at=\(deploy.at)",
        expected: "a time below the duration, \(setup.duration)")
    }
    let election = settings.span("etcd.election-timeout")
    if settings.span("etcd.heartbeat-interval") * 5 > election {
      throw Diagnostic(
        "etcd wants an election timeout of at least five heartbeats.",
        found: "etcd.election-timeout=\(election)",
        expected: "at least \(settings.span("etcd.heartbeat-interval") * 5)")
    }
  }

  func run(_ request: ScenarioRequest) -> Outcome {
    let setup = DiscoverySetup(request.settings, mutant: request.mutant)
    var universe = DiscoveryUniverse(
      setup, faults: request.faults, seed: request.seed, traceCapacity: request.traceCapacity)
    universe.run(until: setup.end)
    let end = universe.now
    return Outcome(
      measurements: universe.meters.measurements(until: end),
      series: universe.meters.series(),
      verdicts: verdicts(setup.registry, universe.violation),
      trace: universe.cluster.environment.trace, duration: end - .zero)
  }

  /// What became of the invariants that the registry has.
  private func verdicts(
    _ kind: RegistryKind, _ broken: (at: Instant, violation: InvariantViolation)?
  ) -> [InvariantVerdict] {
    [InvariantVerdict](names(of: kind), broken)
  }

  private func names(of kind: RegistryKind) -> [String] {
    let raft = Array(invariants.map(\.name)[4...7])
    switch kind {
    case .eureka: return Array(invariants.map(\.name)[0...1])
    case .consul: return Array(invariants.map(\.name)[2...3]) + raft
    case .etcd: return raft
    case .kubernetes: return raft + invariants.map(\.name)[8...9]
    }
  }
}
