import Kernel
import Patterns
import Simulation

/// Some pods of an application and a sidecar: a proxy of the mesh, an ambassador to the ledger, an
/// adapter for logs and metrics.
public struct SidecarScenario: Scenario {
  init() {}

  /// The scenario's id.
  public var id: String { "sidecar" }
  /// What the scenario is.
  public var title: String { "Pods of an application and its sidecar" }
  /// The version of the model.
  public var version: Int { 2 }
  /// Design, load and surroundings.
  public var knobs: [Knob] { SidecarSettings.knobs }
  /// What must never be broken.
  public var invariants: [Invariant] { Self.rules }

  static let rules = [
    Invariant("conservation", "Every request ends once or is still under way at the end."),
    Invariant("order", "Containers start and stop in the order that is configured."),
    Invariant(
      "grace", "Nothing of a pod runs longer than its grace period after it was told to stop."),
    Invariant("connections", "Nobody has more connections than the ledger, or the pool, allows."),
    Invariant("ejected share", "No more instances are out than the share allows."),
    Invariant("budget", "Retries in progress never exceed what the budget allows."),
    Invariant("acknowledged", "No proxy has more of the configuration than it was sent."),
    Invariant("lines", "Every line written was shipped, is kept, or was counted as lost."),
    Invariant("exposition", "What the adapter exposes is what the application counted."),
  ]

  /// What a run measures.
  public let metrics = [
    Metric("success", .fraction, "The share of ended requests that clients had a good answer to."),
    Metric("failed", .count, "Requests that ended with an error."),
    Metric("refused", .count, "Requests that nobody took."),
    Metric("cut_off", .count, "Requests under way whose sidecar was gone when it was needed."),
    Metric("no_connection", .count, "Requests that got no connection to the ledger."),
    Metric("blocked", .count, "Requests given up because their line found no room."),
    Metric("p50", .seconds, "Half of the requests answered well had their answer in this time."),
    Metric("p99", .seconds, "99 % of the requests answered well had their answer in this time."),
    Metric("deaths", .count, "How often an application died because its sidecar was not up."),
    Metric("init_failures", .count, "How often an init container did."),
    Metric(
      "killed", .count, "Pods in which something had to be killed at the end of the grace period."),
    Metric("ready_least", .count, "The fewest pods ready at a time."),
    Metric(
      "rollout_time", .seconds, "From the first pod told to stop until the last new one is ready."),
    Metric("rolled_out", .count, "1 when the rollout came to its end, 0 when it is stuck."),
    Metric("probes_failed", .count, "Readiness probes of listed pods that failed."),
    Metric("connections_peak", .count, "The most connections to the ledger at a time."),
    Metric("pool_waits", .count, "Requests that waited for a connection of an ambassador."),
    Metric("tries", .ratio, "Calls sent to the ledger for each request."),
    Metric("retries", .count, "Calls to the ledger that were made again by an ambassador."),
    Metric("retries_refused", .count, "Retries that the budget refused."),
    Metric("ejections", .count, "How often a sidecar took an instance of the ledger out."),
    Metric("handshakes_refused", .count, "Connections that failed in the handshake."),
    Metric("lines_shipped", .count, "Lines of the log that reached the store."),
    Metric("lines_lost", .count, "Lines of the log that are lost."),
    Metric("scrapes_unreadable", .count, "Scrapes that found nothing a monitoring system reads."),
  ]

  /// What the model keeps and leaves out.
  public var fidelity: Fidelity {
    Fidelity(
      models: [
        "The sidecar is the proxy of the service mesh: the same machines choose, shake hands, retry, take "
          + "instances out, and get certificate and configuration from the same control plane.",
        "The life of a pod, the ambassador's pool and the adapters are machines of the bench.",
        "Whatever makes a call while no sidecar carries it dies and is started again: at once, after "
          + "10 s, 20 s and so on.",
        "Requests go on to a pod for a while after it was told to stop.",
        "A pass through a sidecar costs 0.5 ms of a processor; with a limit they wait in line.",
      ],
      leavesOut: [
        "The network takes no time, and a sidecar no memory: nothing is killed for want of it.",
        "The gateway does not retry, and takes no pod out by itself.",
        "A call of an ambassador keeps its connection while it waits for its retry.",
        "A sidecar that dies keeps its buffer, and which instances it had taken out.",
        "Lines still in the buffer when a pod goes are lost.",
        "Liveness probes are left out: nothing is restarted but what has died.",
      ],
      sources: [
        "kubernetes/website docs/concepts/workloads/pods/sidecar-containers.md @020519ec6c14, "
          + "pod-lifecycle.md @00aacfad13ad",
        "istio/api mesh/v1alpha1/proxy.proto @00d4ed3c5930; istio/istio "
          + "pilot/cmd/pilot-agent/options/options.go @0098d99f8e43",
        "linkerd/linkerd2 charts/linkerd-control-plane/values.yaml @01d1e4646ce4; "
          + "linkerd.io/2.11/tasks/graceful-shutdown",
        "Burns and Oppenheimer, Design patterns for container-based distributed systems, HotCloud 2016",
      ])
  }

  /// Pods, sidecars, the ledger's instances, control plane, store of logs, and the clients as one node.
  public func roster(_ settings: Settings) -> Roster { Roster(SidecarSettings(settings).names) }

  /// Runs the model.
  public func run(_ request: ScenarioRequest) -> Outcome {
    let settings = SidecarSettings(request.settings, mutant: request.mutant)
    let world = SidecarWorld(
      settings, roster: roster(request.settings), faults: request.faults, seed: request.seed,
      traceCapacity: request.traceCapacity)
    var universe = Universe(world, capacity: 1_024)
    universe.world.begin(in: &universe.queue)
    universe.run(until: .zero + settings.duration)
    return universe.world.outcome(at: .zero + settings.duration)
  }
}
