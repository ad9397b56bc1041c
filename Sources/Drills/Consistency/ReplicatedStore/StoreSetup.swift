import Kernel
import Patterns

/// The settings of a run, read once.
struct StoreSetup: Sendable {
  /// Where clients read.
  enum ReadFrom: String, Sendable {
    case primary
    case nearest
    case any
  }

  /// How a counter is incremented.
  enum Increment: String, Sendable {
    case readWrite = "read-write"
    case compareAndSet = "compare-and-set"
    case add
  }

  let kind: StoreKind
  let roster: StoreRoster
  let primaryBackup: PrimaryBackupOptions
  let monitor: FailoverMonitor.Options?
  let raft: RaftOptions
  let raftReads: RaftStoreNode.Reads
  let quorum: QuorumOptions
  let gossip: (sendsDeltas: Bool, interval: TimeSpan)
  let readFrom: ReadFrom
  let hasSession: Bool
  let timeout: TimeSpan
  let retries: Int
  let isCounter: Bool
  let increment: Increment
  let keys: Int
  let think: TimeSpan
  let writeShare: Double
  let zoneLatency: TimeSpan
  let diskLatency: TimeSpan
  /// When clients stop working.
  let quietFrom: Instant
  /// When every key is read once more.
  let lookFrom: Instant
  /// When the run ends.
  let end: Instant
  /// The deliberate bug, if there is one.
  let mutant: String?

  init(_ settings: Settings, mutant: String? = nil) {
    self.mutant = mutant
    kind = StoreKind(rawValue: settings.word("store")) ?? .single
    let hasMonitor = kind == .primaryBackup && settings.flag("failover")
    let count = kind == .single ? 1 : settings.integer("replicas")
    roster = StoreRoster(
      replicas: count, hasMonitor: hasMonitor, clients: settings.integer("clients"))
    let lease = settings.word("fencing") == "lease" ? settings.span("lease") : nil
    let replication: PrimaryBackupOptions.Replication =
      switch settings.word("replication") {
      case "synchronous": .synchronous
      case "semi-synchronous": .semiSynchronous(settings.integer("sync.backups"))
      default: .asynchronous
      }
    readFrom = ReadFrom(rawValue: settings.word("read.from")) ?? .primary
    primaryBackup = PrimaryBackupOptions(
      replicas: roster.replicas, monitor: roster.monitor, replication: replication,
      backupsRead: readFrom != .primary, lease: lease,
      shortcuts: mutant.flatMap { PrimaryBackupShortcut(rawValue: $0) }.map { [$0] } ?? [])
    monitor =
      hasMonitor
      ? FailoverMonitor.Options(
        replicas: roster.replicas, patience: settings.span("failover.after"), lease: lease)
      : nil
    raftReads = RaftStoreNode.Reads(rawValue: settings.word("raft.reads")) ?? .readIndex
    raft = RaftOptions(
      electionTimeout: settings.span("raft.election-timeout"),
      reads: raftReads == .lease ? .lease : .quorum,
      clockDrift: settings.span("raft.clock-drift"),
      shortcuts: mutant.flatMap { RaftShortcut(rawValue: $0) }.map { [$0] } ?? [])
    quorum = Self.quorum(settings, roster.replicas, mutant)
    gossip = (settings.word("gossip") == "delta", settings.span("gossip.interval"))
    hasSession = settings.flag("session")
    timeout = settings.span("timeout")
    retries = settings.integer("retries")
    isCounter = settings.word("workload") == "counter"
    increment = Increment(rawValue: settings.word("increment")) ?? .readWrite
    keys = isCounter ? 1 : settings.integer("keys")
    think = settings.span("think")
    writeShare = settings.number("write.share")
    zoneLatency = settings.span("zone.latency")
    diskLatency = settings.span("disk.latency")
    quietFrom = .zero + settings.span("duration")
    lookFrom = quietFrom + .seconds(10)
    end = lookFrom + .seconds(5)
  }

  private static func quorum(
    _ settings: Settings, _ nodes: [NodeID], _ mutant: String?
  ) -> QuorumOptions {
    let interval = settings.span("anti-entropy")
    var options = QuorumOptions(
      nodes: nodes, copies: settings.integer("quorum.n"),
      readQuorum: settings.integer("quorum.r"), writeQuorum: settings.integer("quorum.w"),
      isSloppy: settings.flag("quorum.sloppy"), keepsHints: settings.flag("hints"),
      hintWindow: settings.span("hint.window"),
      readRepair: QuorumOptions.ReadRepair(rawValue: settings.word("read.repair")) ?? .blocking,
      antiEntropy: interval == .zero ? nil : interval, timeout: settings.span("timeout") * 2)
    options.shortcuts = mutant.flatMap { QuorumShortcut(rawValue: $0) }.map { [$0] } ?? []
    return options
  }

  /// How replica `node` of a store of replicated data types gossips.
  func gossipOptions(_ node: NodeID) -> DataReplica<ConvergentData>.Options {
    DataReplica.Options(
      peers: roster.replicas.filter { $0 != node }, interval: gossip.interval,
      sendsDeltas: gossip.sendsDeltas)
  }
}
