import Kernel
import Patterns

/// Everything that can be turned in a universe of service discovery.
enum DiscoveryKnobs {
  /// The part of the design that all registries share.
  static let design: [Knob] = [
    Knob(
      "registry", .choice(RegistryKind.allCases.map(\.rawValue)), standard: .word("eureka"),
      "Which registry runs on the three registry machines."),
    Knob(
      "caller.discovery", .choice(["client", "server"]), standard: .word("client"),
      "Who keeps the view and picks: each caller, or two proxies that callers go through."),
    Knob(
      "caller.policy", .choice(["random", "round-robin"]), standard: .word("random"),
      "How an instance is picked from the view."),
    Knob(
      "caller.timeout", .span(.milliseconds(50) ... .seconds(30)), standard: .span(.seconds(1)),
      "How long one attempt waits for its reply."),
    Knob(
      "caller.retries", .integer(0...5), standard: .integer(0),
      "Further attempts, each on an instance not tried before, after one that failed."),
    Knob(
      "caller.eject_after", .integer(0...20), standard: .integer(0),
      "Failures in a row after which a picker leaves an instance out; 0 never does."),
    Knob(
      "caller.ejection_time", .span(.seconds(1) ... .minutes(10)), standard: .span(.seconds(30)),
      source: "Envoy, outlier_detection.proto base_ejection_time",
      "How long an instance is left out the first time."),
    Knob(
      "caller.max_staleness", .span(.zero ... .hours(24)), standard: .span(.zero),
      "How long a picker trusts its view after a fetch or query failed; 0 means for ever. "
        + "Watches of etcd and Kubernetes do not tell it."),
    Knob(
      "instance.deregister", .flag, standard: .flag(true),
      "Whether an instance that is shut down in good order leaves the registry first."),
    Knob(
      "instance.drain", .span(.zero ... .minutes(5)), standard: .span(.zero),
      "How long it goes on serving after that (in Kubernetes the sleep of a preStop hook)."),
  ]

  /// The load and what the world does by itself.
  static let load: [Knob] = [
    Knob(
      "instances", .integer(1...40), standard: .integer(10), role: .load,
      "Instances of the service, each on a machine of its own."),
    Knob("callers", .integer(1...20), standard: .integer(4), role: .load, "Calling machines."),
    Knob(
      "rate", .number(1...500, .perSecond), standard: .number(20), role: .load,
      "Calls a second by all callers together, from the end of the first minute on."),
    Knob(
      "duration", .span(.seconds(10) ... .hours(1)), standard: .span(.minutes(10)), role: .load,
      "Length of the run; its first minute (half of it, if it is short) is not measured."),
    Knob(
      "deploy.at", .span(.zero ... .hours(1)), standard: .span(.zero), role: .load,
      "When a rolling deploy begins; 0 means never."),
    Knob(
      "deploy.startup", .span(.seconds(1) ... .minutes(5)), standard: .span(.seconds(10)),
      role: .load, "How long an instance is down while it is replaced."),
    Knob(
      "deploy.pause", .span(.zero ... .minutes(5)), standard: .span(.seconds(20)), role: .load,
      "Time between the start of one replacement and the next."),
  ]

  /// The knobs of the tools, each under the tool's own parameter names.
  static let tools: [Knob] =
    EurekaServerOptions.knobs + EurekaClientOptions.knobs + consul + etcd + KubeKnobs.knobs

  /// All of them, in the order they are shown.
  static let all: [Knob] = design + tools + load

  /// The knobs that matter to one registry.
  static func knobs(of kind: RegistryKind) -> [Knob] {
    switch kind {
    case .eureka: EurekaServerOptions.knobs + EurekaClientOptions.knobs
    case .consul: consul
    case .etcd: etcd
    case .kubernetes: KubeKnobs.knobs
    }
  }

  private static let consul: [Knob] =
    ConsulAgentOptions.knobs + ConsulServerOptions.knobs + [
      Knob(
        "consul.read", .choice(ConsulReadMode.allCases.map(\.rawValue)),
        standard: .word("default"), source: "Consul documentation, consistency modes",
        "How fresh the answers to callers must be.")
    ]

  /// The knobs of etcd that bear on discovery.
  private static let etcd: [Knob] = {
    let names = [
      "heartbeat-interval", "election-timeout", "lease.ttl", "client.command-timeout",
      "client.keepalive-time", "client.keepalive-timeout", "client.serializable",
      "client.require-leader",
    ]
    return (EtcdServerOptions.knobs + EtcdClientOptions.knobs).filter { names.contains($0.name) }
      .map { $0.named("etcd." + $0.name) }
  }()
}

extension Knob {
  /// The same knob under another name.
  func named(_ name: String) -> Knob {
    Knob(name, kind, standard: standard, role: role, source: source, summary)
  }
}
