import Kernel
import Patterns
import Simulation

/// A cluster, its network, disks and faults, all drawn from one seed: each seed turns some kinds of
/// trouble on and leaves the others off, so that rare mixtures come up (swarm testing).
struct RaftSwarm {
  let seed: UInt64
  let size: Int
  let joining: Int
  let options: RaftOptions
  let network: LinkQuality
  let syncLatency: Distribution
  private(set) var plan = FaultPlan()
  /// How long faults go on.
  static let trouble = TimeSpan.milliseconds(1_600)

  init(
    seed: UInt64, shortcuts: Set<RaftShortcut> = [], reads: RaftReadMode = .quorum
  ) {
    var random = RandomStream(seed: seed, name: "swarm")
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
    let kinds = (0..<7).filter { _ in random.chance(0.5) }
    guard !kinds.isEmpty else { return }
    for _ in 0..<(2 + random.below(5)) {
      plan.faults.append(draw(kinds[random.below(kinds.count)], &random))
    }
  }

  private func draw(_ kind: Int, _ random: inout RandomStream) -> TimedFault {
    let at = Instant.zero + random.span(.milliseconds(100), to: Self.trouble)
    let span = random.span(.milliseconds(50), to: .milliseconds(800))
    let node = NodeID(random.below(size + joining))
    let others = (0..<(size + joining)).map(NodeID.init)
    switch kind {
    case 0: return TimedFault(at: at, .crash(node), for: span)
    case 1: return TimedFault(at: at, .pause(node), for: span)
    case 2:
      let side = others.filter { _ in random.chance(0.5) }
      let rest = others.filter { !side.contains($0) }
      if side.isEmpty || rest.isEmpty { return TimedFault(at: at, .crash(node), for: span) }
      return TimedFault(at: at, .partition([side, rest]), for: span)
    case 3:
      let rest = others.filter { $0 != node }
      return TimedFault(at: at, .block(from: [node], to: rest), for: span)
    case 4: return TimedFault(at: at, .drop(0.4, .everywhere), for: span)
    case 5: return TimedFault(at: at, .reorder(.milliseconds(80), .everywhere), for: span)
    default: return TimedFault(at: at, .drift(node, rate: 1 + random.unit() * 0.1), for: span)
    }
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
