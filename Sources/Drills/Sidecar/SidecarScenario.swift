import Kernel
import Patterns
import Simulation

/// Some pods of an application and a sidecar, with a database and a store of logs outside.
public struct SidecarScenario: Scenario {
  init() {}

  /// The scenario's id.
  public var id: String { "sidecar" }
  /// What the scenario is.
  public var title: String { "Pods of an application and its sidecar" }
  /// The version of the model.
  public var version: Int { 1 }
  /// Design, load and surroundings.
  public var knobs: [Knob] { SidecarSettings.knobs }
  /// What must never be broken.
  public var invariants: [Invariant] { SidecarChecks.all }

  /// What a run measures.
  public let metrics = [
    Metric("success", .fraction, "The share of ended requests that clients had a good answer to."),
    Metric("failed", .count, "Requests that ended with an error."),
    Metric("refused", .count, "Requests that nobody took."),
    Metric("cut_off", .count, "Requests under way whose sidecar was gone when it was needed."),
    Metric("no_connection", .count, "Requests that got no connection to the database."),
    Metric("blocked", .count, "Requests given up because their line found no room."),
    Metric("p99", .seconds, "99 % of the requests answered well had their answer in this time."),
    Metric("deaths", .count, "How often an application died because its sidecar was not up."),
    Metric("ready_least", .count, "The fewest pods ready at a time."),
    Metric("connections_peak", .count, "The most connections to the database at a time."),
    Metric("pool_waits", .count, "Requests that waited for a connection of an ambassador."),
    Metric("lines_shipped", .count, "Lines of the log that reached the store."),
    Metric("lines_lost", .count, "Lines of the log that are lost."),
  ]

  /// What the model keeps and leaves out.
  public var fidelity: Fidelity {
    Fidelity(
      models: [
        "The life of a pod, the ambassador's pool and the adapter's buffer are machines of the bench.",
        "An application whose first call finds no sidecar dies and is started again after 10 s, 20 s "
          + "and so on.",
        "Requests go on to a pod for a while after it was told to stop.",
      ],
      leavesOut: [
        "The network takes no time, and a sidecar no processor: its price is in the text only.",
        "A request needs the sidecar when it comes and when it calls the database.",
        "A sidecar that dies keeps its buffer and its connections until it is back.",
        "Lines still in the buffer when a pod goes are lost.",
      ],
      sources: [
        "kubernetes.io/docs/concepts/workloads/pods/sidecar-containers",
        "github.com/istio/istio issue 34855; istio.io ProxyConfig",
        "github.com/linkerd/linkerd2 charts/linkerd-control-plane/values.yaml @01d1e4646ce4",
      ])
  }

  /// Pods, sidecars, database, store of logs, and the clients as one node.
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

  /// The deliberate bugs, each with the settings under which it shows.
  public var mutants: [Mutant] {
    [
      Mutant(
        SidecarShortcut.startsAnyway.rawValue, title: "does not wait for its sidecar",
        summary: "The order of starting is configured and not kept: the first call of the "
          + "application finds nobody.",
        settings: ["start": "sidecar-first", "rollout": "on"], caughtBy: .invariant("order")),
      Mutant(
        SidecarShortcut.leaksConnections.rawValue, title: "keeps the connection of a failed call",
        summary: "A call that fails does not give its connection back. After some errors the pool "
          + "is empty, long after the database is well.",
        settings: ["pool": "ambassador", "duration": "60s"],
        faults: ["at 10s errors database 60% for 5s"],
        caughtBy: .objective("no_connection < 50")),
      Mutant(
        SidecarShortcut.losesSilently.rawValue, title: "throws lines away without counting",
        summary: "The buffer is full, the line is gone, and every counter says that all is well.",
        settings: ["log.full": "drop", "duration": "60s"],
        faults: ["at 10s crash log-store for 20s"], caughtBy: .invariant("lines")),
    ]
  }
}
