import Kernel

/// The settings of a client that registers in etcd and discovers others there.
public struct EtcdClientOptions: Sendable, Hashable {
  /// Whether it registers itself.
  public var registers = true
  /// Whether it keeps a copy of the registry.
  public var discovers = true
  /// The seconds of the lease that its registration hangs on; the application's choice.
  public var leaseTTL: Int64 = 10
  /// How long it waits for an answer before it tries another server (etcdctl, command-timeout).
  public var commandTimeout = TimeSpan.seconds(5)
  /// How long it waits between attempts (client/v3/lease.go, retryConnWait).
  public var retryWait = TimeSpan.milliseconds(500)
  /// How often it makes sure of its connection (etcdctl, keepalive-time).
  public var dialKeepAliveTime = TimeSpan.seconds(2)
  /// How long it waits for that (etcdctl, keepalive-timeout).
  public var dialKeepAliveTimeout = TimeSpan.seconds(6)
  /// Whether the list is read from any one server, possibly stale.
  public var readsSerializable = false
  /// Whether its watch must end when the server is cut off from the others (`WithRequireLeader`).
  public var requiresLeader = true

  /// A client that registers and discovers.
  public init() {}
}

extension EtcdClientOptions {
  /// The knobs of the client, with `client.` in front of names that etcdctl or clientv3 use.
  public static let knobs: [Knob] = [
    Knob(
      "lease.ttl", .integer(1...86_400), standard: .integer(10),
      "Seconds after which an instance that is not heard from is removed."),
    Knob(
      "client.command-timeout", .span(.milliseconds(100) ... .minutes(1)),
      standard: .span(.seconds(5)), source: "etcd-io/etcd, etcdctl/ctlv3/ctl.go",
      "How long a client waits for an answer before it tries another server."),
    Knob(
      "client.keepalive-time", .span(.milliseconds(100) ... .minutes(5)),
      standard: .span(.seconds(2)), source: "etcd-io/etcd, etcdctl/ctlv3/ctl.go",
      "How often a client makes sure of its connection."),
    Knob(
      "client.keepalive-timeout", .span(.milliseconds(100) ... .minutes(5)),
      standard: .span(.seconds(6)), source: "etcd-io/etcd, etcdctl/ctlv3/ctl.go",
      "How long it waits for that before it moves to another server."),
    Knob(
      "client.serializable", .flag, standard: .flag(false),
      "Read the list from any one server, possibly stale."),
    Knob(
      "client.require-leader", .flag, standard: .flag(true),
      "End a watch whose server has lost the leader, instead of letting it fall silent."),
  ]

  /// The options as `settings` of `knobs` have them.
  public init(_ settings: Settings) {
    leaseTTL = Int64(settings.integer("lease.ttl"))
    commandTimeout = settings.span("client.command-timeout")
    dialKeepAliveTime = settings.span("client.keepalive-time")
    dialKeepAliveTimeout = settings.span("client.keepalive-timeout")
    readsSerializable = settings.flag("client.serializable")
    requiresLeader = settings.flag("client.require-leader")
  }
}
