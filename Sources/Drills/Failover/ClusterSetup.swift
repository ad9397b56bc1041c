import Kernel
import Patterns

/// The settings of a cluster with fencing, and of what cuts the power.
struct ClusterSetup: Sendable {
  let options: ClusterElectionOptions
  /// How long a switch takes to cut the power of a node.
  let fenceTime: TimeSpan
  /// How much longer it waits before it cuts that of n1.
  let fenceDelay: TimeSpan
  /// How long a node is gone for that was fenced.
  let rebootTime: TimeSpan
  let monitorInterval: TimeSpan
  /// Whether a restart of the service ends what it fails at.
  let isCuredByRestart: Bool

  init(_ settings: Settings, roster: FailoverRoster, shortcut: FailoverShortcut?) {
    let nodes = roster.nodes.count
    let policy = settings.word("no.quorum")
    let timeout = settings.span("failure.timeout")
    // Three nodes or more: 650 ms for each above two.
    let token = settings.span("token") + TimeSpan.milliseconds(650) * max(0, nodes - 2)
    options = ClusterElectionOptions(
      token: token, votes: nodes, isTwoNode: settings.flag("two.node"),
      noQuorumPolicy: ClusterElectionOptions.NoQuorumPolicy(rawValue: policy) ?? .stop,
      isFencing: settings.flag("stonith"), stickiness: settings.integer("stickiness"),
      preference: settings.word("failback") == "automatic" ? 50 : 0, preferred: roster.nodes[0],
      failures: FailCount.Options(
        threshold: settings.integer("migration.threshold"),
        timeout: timeout == .zero ? nil : timeout,
        isStartFatal: settings.flag("start.failure.fatal"), shortcut: shortcut),
      shortcut: shortcut)
    fenceTime = settings.span("fence.time")
    fenceDelay = settings.span("fence.delay")
    rebootTime = settings.span("reboot.time")
    monitorInterval = settings.span("monitor.interval")
    isCuredByRestart = settings.flag("cured.by.restart")
  }
}
