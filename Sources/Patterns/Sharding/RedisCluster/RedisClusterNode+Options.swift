import Kernel

/// The parameters of a Redis Cluster node, as in `redis.conf`.
public struct RedisClusterOptions: Sendable, Hashable {
  /// How long a node may be unreachable before it is suspected (`cluster-node-timeout`).
  public var nodeTimeout: TimeSpan
  /// How stale a replica's data may be, in node timeouts; 0 for any (`cluster-replica-validity-factor`).
  public var replicaValidityFactor: Int
  /// Whether the whole cluster refuses work while a slot has no owner (`cluster-require-full-coverage`).
  public var requiresFullCoverage: Bool
  /// Whether reads are answered while the cluster is down (`cluster-allow-reads-when-down`).
  public var allowsReadsWhenDown: Bool

  /// The options, each at the default that Redis ships unless given.
  public init(
    nodeTimeout: TimeSpan = .milliseconds(15_000), replicaValidityFactor: Int = 10,
    requiresFullCoverage: Bool = true, allowsReadsWhenDown: Bool = false
  ) {
    self.nodeTimeout = nodeTimeout
    self.replicaValidityFactor = replicaValidityFactor
    self.requiresFullCoverage = requiresFullCoverage
    self.allowsReadsWhenDown = allowsReadsWhenDown
  }

  /// The time between two runs of the cluster's own chores (`clusterCron`).
  static let chorePeriod = TimeSpan.milliseconds(100)
  /// How often replicas are pinged by their master (`repl-ping-replica-period`).
  static let replicaPingPeriod = TimeSpan.seconds(10)

  /// The parameters under their own names.
  public static var knobs: [Knob] {
    let source = "redis/redis src/config.c"
    return [
      Knob(
        "cluster-node-timeout", .span(.milliseconds(100) ... .minutes(10)),
        standard: .span(.milliseconds(15_000)), source: source,
        "How long a node may be unreachable before it is suspected."),
      Knob(
        "cluster-replica-validity-factor", .integer(0...1_000), standard: .integer(10),
        source: source, "How stale a replica's data may be, in node timeouts; 0 for any."),
      Knob(
        "cluster-require-full-coverage", .flag, standard: .flag(true), source: source,
        "Whether the whole cluster refuses work while a slot has no reachable owner."),
      Knob(
        "cluster-allow-reads-when-down", .flag, standard: .flag(false), source: source,
        "Whether reads are answered while the cluster is down."),
    ]
  }

  /// The options that `settings` of `knobs` stand for.
  public init(_ settings: Settings) {
    self.init(
      nodeTimeout: settings.span("cluster-node-timeout"),
      replicaValidityFactor: settings.integer("cluster-replica-validity-factor"),
      requiresFullCoverage: settings.flag("cluster-require-full-coverage"),
      allowsReadsWhenDown: settings.flag("cluster-allow-reads-when-down"))
  }
}
