import Kernel
import Patterns

/// The tools that the failover bench can stand for, under their own parameter names.
enum FailoverPreset: String, CaseIterable {
  case plain
  case kubernetes
  case patroni
  case keepalived
  case redisSentinel = "redis-sentinel"
  case pacemaker
  case haproxy
  case kubernetesProbe = "kubernetes-probe"
  case crashLoop = "crashloopbackoff"
  case systemd
  case akka
  case cassandra

  /// The knobs of the mechanisms that have no part in the scenario.
  static let own: [Knob] = [
    Knob("rise", .integer(1...100), standard: .integer(2), "Good checks in a row that bring back."),
    Knob("fall", .integer(1...100), standard: .integer(3), "Bad checks in a row that take out."),
    Knob(
      "check.interval", .span(.milliseconds(100)...(.minutes(10))), standard: .span(.seconds(2)),
      "The time between two checks."),
    Knob(
      "phi.model", .choice(PhiAccrualDetector.Model.allCases.map(\.rawValue)),
      standard: .word("normal"), "What gaps between heartbeats are taken to be."),
    Knob(
      "phi.minimum.deviation", .span(.milliseconds(1)...(.minutes(1))),
      standard: .span(.milliseconds(100)), "The smallest deviation that gaps are credited with."),
    Knob(
      "phi.pause", .span(.zero...(.minutes(5))), standard: .span(.zero),
      "A silence that is forgiven."),
    Knob(
      "restart.base", .span(.zero...(.hours(1))), standard: .span(.seconds(10)),
      "The first wait before a restart."),
    Knob(
      "restart.cap", .span(.zero...(.hours(2))), standard: .span(.minutes(5)),
      "The longest wait before a restart."),
    Knob("restart.grows", .flag, standard: .flag(true), "Whether the wait doubles."),
    Knob(
      "restart.waits.first", .flag, standard: .flag(false), "Whether the first restart waits."),
    Knob(
      "restart.reset", .span(.zero...(.hours(24))), standard: .span(.minutes(10)),
      "A life of that length makes the policy forget."),
    Knob(
      "restart.burst", .integer(0...1_000), standard: .integer(0),
      "The most starts within the interval; 0 is any number."),
    Knob(
      "restart.interval", .span(.seconds(1)...(.hours(1))), standard: .span(.seconds(10)),
      "The window that starts are counted in."),
  ]

  static let plainKnobs = FailoverKnobs.all.filter { $0.name != "duration" } + own

  /// The tool; nil for the plain bench.
  var tool: ToolPreset? { FailoverTools.tool(self) }

  /// The knobs that a bench of this preset shows.
  var knobs: [Knob] { tool?.knobs ?? Self.plainKnobs }

  /// The settings of the plain bench that `settings` of this preset stand for.
  func plainSettings(_ settings: Settings) -> Settings {
    var all = Settings(Self.plainKnobs)
    for (name, text) in changes(settings) { try? all.set(name, text) }
    return all
  }

  private func changes(_ settings: Settings) -> [(String, String)] {
    func text(_ name: String) -> String { settings[name].description }
    func span(_ span: TimeSpan) -> String { Setting.span(span).description }
    switch self {
    case .plain: return settings.changes.map { ($0.name, $0.text) }
    case .kubernetes:
      return [
        ("lease", text("leaseDuration")), ("renew.deadline", text("renewDeadline")),
        ("retry.period", text("retryPeriod")), ("data", "shared"),
      ]
    case .patroni:
      let deadline = settings.span("loop_wait") + settings.span("retry_timeout")
      return [
        ("lease", text("ttl")), ("retry.period", text("loop_wait")),
        ("renew.deadline", span(min(deadline, settings.span("ttl") - .milliseconds(1)))),
        ("failsafe", text("failsafe_mode")),
        ("acks", settings.flag("synchronous_mode") ? "1" : "0"),
      ]
    case .keepalived:
      return [
        ("election", "router"), ("advert.interval", text("advert_int")),
        ("failback", settings.flag("nopreempt") ? "manual" : "automatic"),
        ("failback.after", text("preempt_delay")),
      ]
    case .redisSentinel:
      return [
        ("election", "sentinel"), ("nodes", "3"), ("opening.time", "0s"),
        ("quorum", text("quorum")), ("down.after", text("down-after-milliseconds")),
        ("failover.timeout", text("failover-timeout")),
        ("parallel.syncs", text("parallel-syncs")),
        ("min.replicas", text("min-replicas-to-write")),
        ("min.replicas.lag", text("min-replicas-max-lag")),
        ("n2.priority", text("replica-priority")),
      ]
    case .pacemaker:
      return [
        ("election", "cluster"), ("nodes", settings.flag("two_node") ? "2" : "3"),
        ("data", "shared"), ("token", text("token")), ("two.node", text("two_node")),
        ("no.quorum", text("no-quorum-policy")), ("stonith", text("stonith-enabled")),
        ("fence.delay", text("pcmk_delay_base")), ("stickiness", text("resource-stickiness")),
        ("monitor.interval", text("interval")),
        ("migration.threshold", text("migration-threshold")),
        ("failure.timeout", text("failure-timeout")),
        ("start.failure.fatal", text("start-failure-is-fatal")),
      ]
    case .haproxy:
      return [
        ("rise", text("rise")), ("fall", text("fall")), ("check.interval", text("inter")),
      ]
    case .kubernetesProbe:
      return [
        ("rise", text("successThreshold")), ("fall", text("failureThreshold")),
        ("check.interval", text("periodSeconds")),
      ]
    case .crashLoop:
      return [("restart.base", text("base")), ("restart.cap", text("maxContainerRestartPeriod"))]
    case .systemd:
      return [
        ("restart.base", text("RestartSec")), ("restart.grows", "off"),
        ("restart.waits.first", "on"), ("restart.burst", text("StartLimitBurst")),
        ("restart.interval", text("StartLimitIntervalSec")),
      ]
    case .akka:
      return [
        ("phi.threshold", text("threshold")), ("phi.pause", text("acceptable-heartbeat-pause")),
        ("phi.minimum.deviation", text("min-std-deviation")),
      ]
    case .cassandra:
      return [("phi.threshold", text("phi_convict_threshold")), ("phi.model", "exponential")]
    }
  }
}
