import Kernel

extension ZooKeeperOptions {
  private static let source =
    "apache/zookeeper, zookeeper-docs administrator's guide, and conf/zoo_sample.cfg"

  /// The knobs of the server.
  public static let knobs: [Knob] = [
    Knob(
      "tickTime", .span(.milliseconds(1) ... .minutes(1)), standard: .span(.milliseconds(2_000)),
      source: source, "The unit of time; sessions end on ticks only."),
    Knob(
      "minSessionTimeout.ticks", .integer(1...1_000), standard: .integer(2), source: source,
      "The shortest timeout that a session gets, in ticks."),
    Knob(
      "maxSessionTimeout.ticks", .integer(1...10_000), standard: .integer(20), source: source,
      "The longest timeout that a session gets, in ticks."),
  ]

  /// The options as `settings` of `knobs` have them.
  public init(_ settings: Settings) {
    tickTime = settings.span("tickTime")
    minSessionTicks = settings.integer("minSessionTimeout.ticks")
    maxSessionTicks = settings.integer("maxSessionTimeout.ticks")
  }
}

extension ToolPreset {
  /// ZooKeeper as it comes.
  public static let zookeeper = ToolPreset(
    id: "zookeeper", title: "ZooKeeper 3.8 (behaviour recorded on 3.8.0)",
    knobs: ZooKeeperOptions.knobs,
    leavesOut: [
      "One server stands alone: there is no ensemble, so no elections, no stale reads from "
        + "followers and no sync.",
      "Access lists, quotas, container and TTL nodes, multi and persistent watches are left out.",
      "The server sets and fires one watch of a kind for a session and a node; that a client "
        + "library tells each of its watch functions is the library's doing.",
      "Time is continuous where the server counts milliseconds.",
    ])
}
