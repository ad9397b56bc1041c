import Kernel
import Patterns
import Simulation

/// The settings of a run, read once, and the knobs that they come from.
struct SidecarSettings: Sendable {
  /// How readiness is asked for.
  enum Probe: String, Sendable, CaseIterable {
    /// The application is asked, past its sidecar.
    case application
    /// The application is asked through its sidecar, by somebody without a certificate.
    case through
    /// The application past its sidecar, and the sidecar itself.
    case both
  }

  static let knobs = SidecarPreset.plain.tool.knobs + forms + load

  private static let forms = [
    Knob(
      "probe", .choice(Probe.allCases.map(\.rawValue)), standard: .word("application"),
      "Which way readiness is asked for: past the sidecar, through it, or of both containers."),
    Knob(
      "outgoing", .choice(["pass-through", "ambassador"]), standard: .word("pass-through"),
      "Whether the sidecar only passes the application's own connections on, or stands for the ledger:"
        + " it discovers, pools, retries and takes bad instances out."),
    Knob(
      "pool.size", .integer(1...100), standard: .integer(8),
      "Connections of an ambassador."),
    Knob(
      "call.timeout", .span(.milliseconds(10)...(.minutes(1))), standard: .span(.seconds(1)),
      "How long one try of a call to the ledger may take."),
    Knob(
      "log.buffer", .integer(1...100_000), standard: .integer(100),
      "Lines that the adapter keeps while the store of logs is not there."),
    Knob(
      "log.full", .choice(["block", "drop"]), standard: .word("block"),
      "What happens when that is full: the application waits, or lines are lost."),
    Knob(
      "metrics", .choice(["raw", "adapter"]), standard: .word("raw"),
      "What a scrape finds: the application's StatsD lines, or what the adapter makes of them."),
    Knob(
      "sidecar.cpu", .number(0...8, .count), standard: .number(0),
      source: "istio.io docs/ops/deployment/performance-and-scalability @01eb7425ad91: 0.5 vCPU "
        + "for 1,000 requests a second",
      "The processors that the sidecar may use; each pass costs 0.5 ms of one. 0 for no limit."),
  ]

  private static let load = [
    Knob("pods", .integer(2...12), standard: .integer(4), role: .load, "Pods of the service."),
    Knob(
      "ledgers", .integer(1...6), standard: .integer(3), role: .load,
      "Instances of the ledger, the service that every request calls."),
    Knob(
      "rate", .number(1...1_000, .perSecond), standard: .number(80), role: .load,
      "Requests a second."),
    Knob(
      "duration", .span(.seconds(10)...(.minutes(10))), standard: .span(.seconds(90)),
      role: .load, "How long the run lasts."),
    Knob(
      "rollout", .flag, standard: .flag(false), role: .load,
      "Whether the pods are replaced one after another, from 15 s on."),
    Knob(
      "long.share", .number(0...1, .fraction), standard: .number(0), role: .load,
      "The share of requests that take long."),
    Knob(
      "long.time", .span(.milliseconds(10)...(.minutes(1))), standard: .span(.seconds(8)),
      role: .load, "How long those take."),
    Knob(
      "sidecar.start", .span(.milliseconds(100)...(.minutes(1))), standard: .span(.seconds(3)),
      role: .load, "How long the sidecar takes until it asks for certificate and configuration."),
    Knob(
      "app.start", .span(.milliseconds(1)...(.minutes(1))), standard: .span(.seconds(1)),
      role: .load, "How long the application, or an init container, takes until its first call."),
    Knob(
      "workers", .integer(1...200), standard: .integer(20), role: .load,
      "Requests that an application works on at a time."),
    Knob(
      "ledger.limit", .integer(1...10_000), standard: .integer(100), role: .load,
      "Connections that the ledger bears, over all its instances."),
    Knob(
      "endpoints", .span(.zero...(.seconds(30))), standard: .span(.seconds(1)), role: .load,
      "How long after a pod is told to stop, or found unhealthy, requests still go there."),
  ]

  let pod: PodLifecycle.Options
  let mesh: MeshDesign
  let shortcut: SidecarShortcut?
  let probe: Probe
  let hasAmbassador: Bool
  let poolSize: Int
  let callTimeout: TimeSpan
  let logBuffer: Int
  let isDropping: Bool
  let hasMetricsAdapter: Bool
  let cpu: Double
  let pods: Int
  let ledgers: Int
  let rate: Double
  let duration: TimeSpan
  let isRollingOut: Bool
  let longShare: Double
  let longTime: TimeSpan
  let sidecarStart: TimeSpan
  let appStart: TimeSpan
  let workers: Int
  let ledgerLimit: Int
  let endpoints: TimeSpan

  init(_ settings: Settings, mutant: String? = nil) {
    shortcut = mutant.flatMap(SidecarShortcut.init(rawValue:))
    var pod = SidecarPreset.plain.options(settings)
    pod.shortcut = shortcut
    self.pod = pod
    var mesh = SidecarPreset.plain.meshDesign(settings)
    mesh.take(shortcutCalled: mutant)
    self.mesh = mesh
    probe = Probe(rawValue: settings.word("probe")) ?? .application
    hasAmbassador = settings.word("outgoing") == "ambassador"
    poolSize = settings.integer("pool.size")
    callTimeout = settings.span("call.timeout")
    logBuffer = settings.integer("log.buffer")
    isDropping = settings.word("log.full") == "drop"
    hasMetricsAdapter = settings.word("metrics") == "adapter"
    cpu = settings.number("sidecar.cpu")
    pods = settings.integer("pods")
    ledgers = settings.integer("ledgers")
    rate = settings.number("rate")
    duration = settings.span("duration")
    isRollingOut = settings.flag("rollout")
    longShare = settings.number("long.share")
    longTime = settings.span("long.time")
    sidecarStart = settings.span("sidecar.start")
    appStart = settings.span("app.start")
    workers = settings.integer("workers")
    ledgerLimit = settings.integer("ledger.limit")
    endpoints = settings.span("endpoints")
  }

  /// The pods, their sidecars, the ledger, the mesh's control plane, the store of logs, and the clients
  /// as one node.
  var names: [String] {
    (1...pods).map { "pod-\($0)" } + (1...pods).map { "sidecar-\($0)" }
      + (1...ledgers).map { "ledger-\($0)" } + ["control-plane", "log-store", "client"]
  }
}
