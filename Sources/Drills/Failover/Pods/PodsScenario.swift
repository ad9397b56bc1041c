import Kernel
import Patterns
import Simulation

/// Pods behind a Service, with the kubelet's probes, restarts and back-off.
struct PodsScenario: Scenario {
  let id = "pods"
  let title = "Pods under liveness, readiness and startup probes"
  let version = 1
  let knobs = PodsSettings.knobs

  let metrics = [
    Metric("success", .fraction, "The share of ended requests that were answered well in time."),
    Metric(
      "success_after", .fraction,
      "The same share, of requests that came after the last fault had ended."),
    Metric("failed", .count, "Requests that were not."),
    Metric("p99", .seconds, "99 % of the requests answered well had their answer in this time."),
    Metric("restarts", .count, "How often a container was started again."),
    Metric("killed_alive", .count, "Containers killed by a probe although they were working."),
    Metric("taken_out", .count, "How often readiness took a pod out of the endpoints."),
    Metric("ready_least", .count, "The fewest pods ready at a time."),
    Metric("ready_end", .count, "Pods ready at the end."),
    Metric("longest_backoff", .seconds, "The longest wait of CrashLoopBackOff."),
    Metric(
      "time_to_recover", .seconds,
      "From the end of the last fault until 95 % of requests are answered well for 3 s; none when "
        + "that never happens."),
  ]

  let invariants = [
    Invariant("conservation", "Every request ends once or is still under way at the end."),
    Invariant(
      "startup first", "Nothing but the startup probe is asked before that has succeeded."),
    Invariant("state follows the streak", "A probe's state changes after enough equal answers."),
  ]

  let fidelity = Fidelity(
    models: [
      "Probes, thresholds and the back-off of restarts are the machines of the bench.",
      "A probe on the shared threads waits in line behind the requests; its time runs meanwhile.",
      "A request goes to a ready pod by chance, as through a Service; with none ready it fails.",
      "A pod that stands still hangs until it is killed: a restart cures it.",
    ],
    leavesOut: [
      "The grace period: a killed container is gone at once, and so is what it worked on.",
      "The time that endpoints take to spread through the cluster.",
      "Work goes on for a client that has given up; the container does not know.",
      "Nodes, scheduling and horizontal scaling.",
    ],
    sources: [
      "github.com/kubernetes/website content/en/docs/tasks/configure-pod-container/"
        + "configure-liveness-readiness-startup-probes.md @00404e61",
      "github.com/kubernetes/api core/v1/types.go @10b39a39b",
      "github.com/kubernetes/enhancements keps/sig-node/4603-tune-crashloopbackoff",
    ])

  func roster(_ settings: Settings) -> Roster { Roster(PodsSettings(settings).names) }

  func run(_ request: ScenarioRequest) -> Outcome {
    let settings = PodsSettings(request.settings, mutant: request.mutant)
    let world = PodsWorld(
      settings, roster: roster(request.settings), invariants: invariants, faults: request.faults,
      seed: request.seed, traceCapacity: request.traceCapacity)
    var universe = Universe(world, capacity: 1_024)
    universe.world.begin(in: &universe.queue)
    universe.run(until: .zero + settings.duration)
    return universe.world.outcome(at: .zero + settings.duration)
  }

  let mutants = [
    Mutant(
      FailoverShortcut.probesBeforeStarted.rawValue,
      title: "asks for liveness before the start is over",
      summary: "The startup probe is configured and nobody waits for it: a container that takes "
        + "long to start is killed for being slow.",
      settings: [
        "startupProbe": "on", "startupProbe.failureThreshold": "30", "startup.time": "60s",
      ],
      faults: ["at 20s crash pod-1 for 1s"], caughtBy: .invariant("startup first")),
    Mutant(
      FailoverShortcut.countsAllFailures.rawValue,
      title: "a success does not set the count of failures back",
      summary: "The database goes away now and then, never for three probes in a row. Sooner or "
        + "later there are three, and containers that work are killed.",
      settings: ["livenessProbe.checks": "database", "probe.thread": "own"],
      faults: [30, 70, 110, 150].map { "at \($0)s crash database for 15s" },
      caughtBy: .objective("killed_alive < 1")),
  ]
}
