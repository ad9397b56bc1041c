import Kernel
import Patterns
import Simulation

/// A cluster, its network, disks and faults, all drawn from one seed.
struct RaftSwarm {
  let seed: UInt64
  let size: Int
  let joining: Int
  let options: RaftOptions
  let network: LinkQuality
  let syncLatency: Distribution
  let plan: FaultPlan
  /// How long faults go on.
  static let trouble = TimeSpan.milliseconds(1_600)

  init(
    seed: UInt64, shortcuts: Set<RaftShortcut> = [], reads: RaftReadMode = .quorum
  ) {
    var random = RandomStream(seed: seed, name: "raft-swarm")
    self.seed = seed
    size = 2 + random.below(4)
    joining = random.chance(0.4) ? 1 : 0
    let isStrict = joining > 0 || reads == .lease || random.chance(0.6)
    options = RaftOptions(
      heartbeatInterval: .milliseconds(50), electionTimeout: .milliseconds(250),
      preVote: isStrict || random.chance(0.5), checkQuorum: isStrict || random.chance(0.5),
      maxEntriesPerAppend: 1 + random.below(8), maxInflightAppends: 1 + random.below(8),
      trailingEntries: random.below(6), reads: reads, clockDrift: .milliseconds(60),
      shortcuts: shortcuts)
    network = LinkQuality(
      latency: random.chance(0.5)
        ? .uniform(.milliseconds(1), .milliseconds(5)) : .exponential(mean: .milliseconds(10)),
      loss: random.chance(0.3) ? 0.1 : 0, duplication: random.chance(0.3) ? 0.1 : 0,
      keepsOrder: random.chance(0.3))
    syncLatency = random.chance(0.5) ? .constant(.zero) : .exponential(mean: .milliseconds(5))
    // Leases lean on clocks; everything else must bear clocks that run at half or twice the rate.
    let verbs = (SwarmPlan.survivable + [.fill]).filter { reads == .quorum || $0 != .drift }
    let nodes = (0..<(size + joining)).map(NodeID.init)
    plan = SwarmPlan(
      nodes, span: Self.trouble, verbs: verbs, meanGap: .milliseconds(300),
      stability: .milliseconds(100) ... .milliseconds(800), keepsQuorum: false, heals: false
    ).draw(seed: seed)
  }

  /// Runs it; returns what went wrong, or nil, and how much was committed and read.
  func run() -> (failure: String?, committed: Int, reads: Int) {
    var drive = RaftDrive(
      seed: seed, plan: plan, size: size, joining: joining, options: options, network: network,
      syncLatency: syncLatency)
    drive.work(until: .zero + Self.trouble + .milliseconds(300), pace: .milliseconds(30))
    if options.shortcuts.isEmpty { drive.live(patience: .seconds(10)) }
    return (drive.failure, drive.committedCount, drive.readsAnswered)
  }
}
