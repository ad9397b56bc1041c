import Kernel
import Patterns
import Simulation

/// The settings of a run, read once, and the knobs that they come from.
struct SidecarSettings: Sendable {
  static let knobs = SidecarPreset.plain.tool.knobs + forms + load

  private static let forms = [
    Knob(
      "probe", .choice(["application", "sidecar"]), standard: .word("application"),
      "Whether the pod is asked for its health past the sidecar, or through it."),
    Knob(
      "pool", .choice(["application", "ambassador"]), standard: .word("application"),
      "Who keeps connections to the database: every worker of the application, or the sidecar."),
    Knob(
      "pool.size", .integer(1...100), standard: .integer(8),
      "Connections of an ambassador."),
    Knob(
      "log.buffer", .integer(1...100_000), standard: .integer(100),
      "Lines that the adapter keeps while the store of logs is not there."),
    Knob(
      "log.full", .choice(["block", "drop"]), standard: .word("block"),
      "What happens when that is full: the application waits, or lines are lost."),
  ]

  private static let load = [
    Knob("pods", .integer(2...12), standard: .integer(4), role: .load, "Pods of the service."),
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
      "sidecar.start", .span(.milliseconds(1)...(.minutes(1))), standard: .span(.seconds(3)),
      role: .load, "How long the sidecar takes to be up."),
    Knob(
      "app.start", .span(.milliseconds(1)...(.minutes(1))), standard: .span(.seconds(1)),
      role: .load, "How long the application takes until its first call."),
    Knob(
      "workers", .integer(1...200), standard: .integer(20), role: .load,
      "Requests that an application works on at a time."),
    Knob(
      "database.limit", .integer(1...10_000), standard: .integer(100), role: .load,
      "Connections that the database bears."),
    Knob(
      "endpoints", .span(.zero...(.seconds(30))), standard: .span(.seconds(1)), role: .load,
      "How long after a pod is told to stop, or found unhealthy, requests still go there."),
  ]

  let pod: PodLifecycle.Options
  let shortcut: SidecarShortcut?
  let probesSidecar: Bool
  let hasAmbassador: Bool
  let poolSize: Int
  let logBuffer: Int
  let isDropping: Bool
  let pods: Int
  let rate: Double
  let duration: TimeSpan
  let isRollingOut: Bool
  let longShare: Double
  let longTime: TimeSpan
  let sidecarStart: TimeSpan
  let appStart: TimeSpan
  let workers: Int
  let databaseLimit: Int
  let endpoints: TimeSpan

  init(_ settings: Settings, mutant: String? = nil) {
    shortcut = mutant.flatMap(SidecarShortcut.init(rawValue:))
    var pod = SidecarPreset.plain.options(settings)
    pod.shortcut = shortcut
    self.pod = pod
    probesSidecar = settings.word("probe") == "sidecar"
    hasAmbassador = settings.word("pool") == "ambassador"
    poolSize = settings.integer("pool.size")
    logBuffer = settings.integer("log.buffer")
    isDropping = settings.word("log.full") == "drop"
    pods = settings.integer("pods")
    rate = settings.number("rate")
    duration = settings.span("duration")
    isRollingOut = settings.flag("rollout")
    longShare = settings.number("long.share")
    longTime = settings.span("long.time")
    sidecarStart = settings.span("sidecar.start")
    appStart = settings.span("app.start")
    workers = settings.integer("workers")
    databaseLimit = settings.integer("database.limit")
    endpoints = settings.span("endpoints")
  }

  /// The pods, their sidecars, the database, the store of logs, and the clients as one node.
  var names: [String] {
    (1...pods).map { "pod-\($0)" } + (1...pods).map { "sidecar-\($0)" }
      + ["database", "log-store", "client"]
  }
}
