import Kernel

/// The parameters of real tools, with the source of each default.
enum FailoverTools {
  private static let patroni =
    "github.com/patroni/patroni docs/dynamic_configuration.rst @de6b22c8"
  private static let haproxySource = "github.com/haproxy/haproxy doc/configuration.txt @50872daa6"
  private static let probeSource = "github.com/kubernetes/api core/v1/types.go (Probe) @10b39a39b"
  private static let election =
    "github.com/kubernetes/kubernetes staging/src/k8s.io/component-base/config/v1alpha1/defaults.go"
  private static let akkaSource = "Akka reference.conf, akka.cluster.failure-detector"
  private static let manual = "keepalived.conf(5) of 2.2.7; RFC 5798, section 6.1"
  private static let systemdSource =
    "systemd.service(5), systemd.unit(5), systemd-system.conf(5) of 252"
  private static let kep =
    "github.com/kubernetes/enhancements keps/sig-node/4603-tune-crashloopbackoff"

  static func tool(_ preset: FailoverPreset) -> ToolPreset? {
    switch preset {
    case .plain: nil
    case .kubernetes: kubernetes
    case .patroni: patroniTool
    case .keepalived: keepalived
    case .redisSentinel: redisSentinel
    case .pacemaker: pacemaker
    case .haproxy: haproxy
    case .kubernetesProbe: probe
    case .crashLoop: crashLoop
    case .systemd: systemd
    case .akka: akka
    case .cassandra: cassandra
    }
  }

  static func span(
    _ name: String, _ standard: TimeSpan, _ source: String, _ summary: String
  ) -> Knob {
    Knob(
      name, .span(.zero...(.hours(2))), standard: .span(standard), source: source, summary)
  }

  static func count(
    _ name: String, _ standard: Int, _ source: String, _ summary: String
  ) -> Knob {
    Knob(name, .integer(1...1_000), standard: .integer(standard), source: source, summary)
  }

  static let kubernetes = ToolPreset(
    id: FailoverPreset.kubernetes.rawValue, title: "Kubernetes leader election by Lease",
    knobs: [
      span("leaseDuration", .seconds(15), election, "How long others leave the lease alone."),
      span("renewDeadline", .seconds(10), election, "How long a leader goes on unrenewed."),
      span("retryPeriod", .seconds(2), election, "How often everybody tries."),
    ],
    leavesOut: [
      "The jitter of the retry period (up to 1.2 times).",
      "The API server: the lease lies in three Raft servers directly.",
    ])

  static let patroniTool = ToolPreset(
    id: FailoverPreset.patroni.rawValue, title: "Patroni 3 with an etcd of three",
    knobs: [
      Knob(
        "ttl", .span(.seconds(20)...(.minutes(10))), standard: .span(.seconds(30)),
        source: patroni, "How long the leader key outlives its last update."),
      Knob(
        "loop_wait", .span(.seconds(1)...(.minutes(1))), standard: .span(.seconds(10)),
        source: patroni, "How long the loop of each node sleeps."),
      Knob(
        "retry_timeout", .span(.seconds(3)...(.minutes(1))), standard: .span(.seconds(10)),
        source: patroni, "How long the store may be silent before a leader demotes itself."),
      Knob(
        "failsafe_mode", .flag, standard: .flag(false), source: patroni,
        "Whether a leader goes on without the store while all members answer it."),
      Knob(
        "synchronous_mode", .flag, standard: .flag(false), source: patroni,
        "Whether a commit waits for one standby."),
    ],
    leavesOut: [
      "The key's time to live is kept by etcd; here candidates count it by their own clocks.",
      "maximum_lag_on_failover is in bytes; the plain bench has it in writes, as maximum.lag.",
      "A leader waits for the store until loop_wait + retry_timeout after its last update.",
    ])

  static let keepalived = ToolPreset(
    id: FailoverPreset.keepalived.rawValue, title: "keepalived, a VRRP pair",
    knobs: [
      Knob(
        "advert_int", .span(.milliseconds(100)...(.seconds(40))), standard: .span(.seconds(1)),
        source: manual, "The time between two adverts."),
      Knob(
        "nopreempt", .flag, standard: .flag(false), source: manual,
        "Whether a router that comes back leaves the address where it is."),
      Knob(
        "preempt_delay", .span(.zero...(.seconds(1_000))), standard: .span(.zero),
        source: manual, "How much longer than otherwise a router waits before it preempts."),
    ],
    leavesOut: [
      "Priorities are 200 for n1 and 150 for n2.", "track_script, authentication, unicast.",
    ])

  static let haproxy = ToolPreset(
    id: FailoverPreset.haproxy.rawValue, title: "HAProxy health checks",
    knobs: [
      span("inter", .seconds(2), haproxySource, "The time between two checks."),
      count("rise", 2, haproxySource, "Good checks in a row that bring a server back."),
      count("fall", 3, haproxySource, "Bad checks in a row that take a server out."),
    ], leavesOut: ["fastinter and downinter: checks keep one interval.", "Agent checks."])

  static let probe = ToolPreset(
    id: FailoverPreset.kubernetesProbe.rawValue, title: "Kubernetes probes",
    knobs: [
      span("periodSeconds", .seconds(10), probeSource, "The time between two probes."),
      count("failureThreshold", 3, probeSource, "Failures in a row after which it acts."),
      count("successThreshold", 1, probeSource, "Successes in a row that bring it back."),
    ],
    leavesOut: [
      "What follows: a failed liveness probe restarts, a failed readiness probe takes out.",
      "timeoutSeconds and initialDelaySeconds: a check is good or bad as you say.",
    ])

  static let crashLoop = ToolPreset(
    id: FailoverPreset.crashLoop.rawValue, title: "Kubernetes CrashLoopBackOff",
    knobs: [
      span("base", .seconds(10), kep, "The wait after the second death."),
      span("maxContainerRestartPeriod", .minutes(5), kep, "The longest wait."),
    ], leavesOut: ["The first restart is at once; ten good minutes make it forget."])

  static let systemd = ToolPreset(
    id: FailoverPreset.systemd.rawValue, title: "systemd Restart=always",
    knobs: [
      span("RestartSec", .milliseconds(100), systemdSource, "The wait before each restart."),
      count("StartLimitBurst", 5, systemdSource, "The most starts within the interval."),
      Knob(
        "StartLimitIntervalSec", .span(.seconds(1)...(.hours(1))), standard: .span(.seconds(10)),
        source: systemdSource, "The interval that starts are counted in."),
    ], leavesOut: ["RestartSteps and RestartMaxDelaySec, which let the wait grow."])

  static let akka = ToolPreset(
    id: FailoverPreset.akka.rawValue, title: "Akka cluster failure detector",
    knobs: [
      Knob(
        "threshold", .number(0.5...100, .ratio), standard: .number(8), source: akkaSource,
        "Above which phi a node counts as unreachable."),
      Knob(
        "acceptable-heartbeat-pause", .span(.zero...(.minutes(5))), standard: .span(.seconds(3)),
        source: akkaSource, "A silence that is forgiven."),
      Knob(
        "min-std-deviation", .span(.milliseconds(1)...(.minutes(1))),
        standard: .span(.milliseconds(100)), source: akkaSource,
        "The smallest deviation that gaps are credited with."),
    ], leavesOut: ["max-sample-size is 1,000 here too; the heartbeat interval is what you type."])

  static let cassandra = ToolPreset(
    id: FailoverPreset.cassandra.rawValue, title: "Cassandra failure detector",
    knobs: [
      Knob(
        "phi_convict_threshold", .number(0.5...100, .ratio), standard: .number(8),
        source: "cassandra.yaml, phi_convict_threshold",
        "Above which phi a node is convicted.")
    ], leavesOut: ["Gossip: the gaps are what you type."])
}
