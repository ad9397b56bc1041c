import Kernel
import Patterns

/// The settings of a run of pods under probes, read once, and their knobs in Kubernetes' names.
struct PodsSettings: Sendable {
  static let knobs = liveness + readiness + startup + design + load

  private static let probeSource = "github.com/kubernetes/api core/v1/types.go (Probe) @10b39a39b"
  private static let kep =
    "github.com/kubernetes/enhancements keps/sig-node/4603-tune-crashloopbackoff"

  private static func probe(_ name: String, _ isThere: Bool, _ summary: String) -> [Knob] {
    func span(_ field: String, _ standard: TimeSpan, _ text: String) -> Knob {
      Knob(
        "\(name).\(field)", .span(.zero...(.minutes(10))), standard: .span(standard),
        source: probeSource, text)
    }
    func count(_ field: String, _ standard: Int, _ text: String) -> Knob {
      Knob(
        "\(name).\(field)", .integer(1...1_000), standard: .integer(standard),
        source: probeSource, text)
    }
    return [
      Knob(name, .flag, standard: .flag(isThere), summary),
      span("initialDelaySeconds", .zero, "How long after the start it begins."),
      span("periodSeconds", .seconds(10), "The time between two probes."),
      span("timeoutSeconds", .seconds(1), "How long an answer may take."),
      count("failureThreshold", 3, "Failures in a row after which the kubelet acts."),
    ]
  }

  private static let liveness = probe(
    "livenessProbe", true, "Whether a container that fails it is killed and started anew.")
  private static let readiness =
    probe("readinessProbe", true, "Whether a pod that fails it gets no traffic.") + [
      Knob(
        "readinessProbe.successThreshold", .integer(1...100), standard: .integer(1),
        source: probeSource, "Successes in a row that bring it back.")
    ]
  private static let startup = probe(
    "startupProbe", false, "Whether the other probes wait until this one has succeeded.")

  private static let design = [
    Knob(
      "probe.thread", .choice(["shared", "own"]), standard: .word("shared"),
      "Whether a probe waits in line with the requests, or is answered by a thread of its own."),
    Knob(
      "probe.path", .choice(["healthz", "home"]), standard: .word("healthz"),
      "What probes ask for: a page of their own, or the home page, which costs what it costs."),
    Knob(
      "livenessProbe.checks", .choice(["self", "database"]), standard: .word("self"),
      "Whether the liveness probe asks the process alone, or its database too."),
    Knob(
      "maxContainerRestartPeriod", .span(.seconds(1)...(.minutes(5))), standard: .span(.minutes(5)),
      source: kep, "The longest wait of CrashLoopBackOff."),
  ]

  private static let load = [
    Knob("replicas", .integer(2...12), standard: .integer(4), role: .load, "Pods of the service."),
    Knob(
      "rate", .number(1...1_000, .perSecond), standard: .number(120), role: .load,
      "Requests a second."),
    Knob(
      "service", .span(.milliseconds(1)...(.seconds(10))), standard: .span(.milliseconds(100)),
      role: .load, "The mean time of the work for one request."),
    Knob(
      "home.share", .number(0...1, .fraction), standard: .number(0.05), role: .load,
      "The share of requests for the home page, which 'slow home-page' makes slow."),
    Knob(
      "workers", .integer(1...200), standard: .integer(4), role: .load,
      "Requests that a pod works on at a time."),
    Knob(
      "queue", .integer(0...10_000), standard: .integer(400), role: .load,
      "Requests that wait in a pod before it refuses more."),
    Knob(
      "timeout", .span(.milliseconds(100)...(.minutes(1))), standard: .span(.seconds(5)),
      role: .load, "How long a client waits."),
    Knob(
      "startup.time", .span(.milliseconds(100)...(.minutes(10))), standard: .span(.seconds(15)),
      role: .load, "How long a container takes from its start to its first answer."),
    Knob(
      "duration", .span(.seconds(10)...(.minutes(30))), standard: .span(.minutes(4)), role: .load,
      "How long the run lasts."),
  ]

  let probes: ContainerProbes.Options
  let hasOwnThread: Bool
  let asksHome: Bool
  let homeShare: Double
  let asksDatabase: Bool
  let restarts: RestartPolicy
  let replicas: Int
  let rate: Double
  let service: TimeSpan
  let workers: Int
  let queue: Int
  let timeout: TimeSpan
  let startupTime: TimeSpan
  let duration: TimeSpan

  init(_ settings: Settings, mutant: String? = nil) {
    func probe(_ name: String) -> ProbeOptions? {
      guard settings.flag(name) else { return nil }
      return ProbeOptions(
        initialDelay: settings.span("\(name).initialDelaySeconds"),
        period: max(.seconds(1), settings.span("\(name).periodSeconds")),
        timeout: max(.milliseconds(1), settings.span("\(name).timeoutSeconds")),
        successThreshold: name == "readinessProbe"
          ? settings.integer("readinessProbe.successThreshold") : 1,
        failureThreshold: settings.integer("\(name).failureThreshold"))
    }
    probes = ContainerProbes.Options(
      startup: probe("startupProbe"), liveness: probe("livenessProbe"),
      readiness: probe("readinessProbe"),
      shortcut: mutant.flatMap(FailoverShortcut.init(rawValue:)))
    hasOwnThread = settings.word("probe.thread") == "own"
    asksHome = settings.word("probe.path") == "home"
    homeShare = settings.number("home.share")
    asksDatabase = settings.word("livenessProbe.checks") == "database"
    restarts = RestartPolicy(cap: settings.span("maxContainerRestartPeriod"))
    replicas = settings.integer("replicas")
    rate = settings.number("rate")
    service = settings.span("service")
    workers = settings.integer("workers")
    queue = settings.integer("queue")
    timeout = settings.span("timeout")
    startupTime = settings.span("startup.time")
    duration = settings.span("duration")
  }

  /// The pods, their database, the code of the home page, and the clients as one node.
  var names: [String] {
    (1...replicas).map { "pod-\($0)" } + ["database", "home-page", "client"]
  }
}
