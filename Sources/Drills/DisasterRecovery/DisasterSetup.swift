import Kernel
import Patterns
import Simulation

/// What happens to the data.
enum Disaster: String, Sendable, CaseIterable {
  case none
  case zoneLost = "zone-lost"
  case regionLost = "region-lost"
  case tableDropped = "table-dropped"
  case corruption
  case ransomware

  /// Whether a site is gone, with its disks as they were.
  var isOfASite: Bool { self == .zoneLost || self == .regionLost }
}

/// Where backups and the archived log lie.
enum BackupPlace: String, Sendable, CaseIterable {
  case sameZone = "same-zone"
  case sameRegion = "same-region"
  case otherRegion = "other-region"

  /// Whether they are still there after a disaster.
  func isLeft(after disaster: Disaster) -> Bool {
    switch disaster {
    case .zoneLost: self != .sameZone
    case .regionLost: self == .otherRegion
    case .none, .tableDropped, .corruption, .ransomware: true
    }
  }
}

/// What is done with the old site when it is back.
enum Failback: String, Sendable, CaseIterable {
  case none
  case redirect
  case rewind
  case full
}

/// How a second region is kept ready.
enum RecoveryStrategy: String, Sendable, CaseIterable {
  case backup = "backup-and-restore"
  case pilot = "pilot-light"
  case warm = "warm-standby"
  case multi = "multi-site"

  /// Whether the second region holds a replica.
  var hasReplica: Bool { self != .backup }
}

/// The settings of a run, read once.
struct DisasterSetup: Sendable {
  let strategy: RecoveryStrategy
  let answer: String
  let archiveTimeout: TimeSpan?
  let place: BackupPlace
  let zone: CopyMode
  let failback: Failback
  let kind: BackupKind
  let every: TimeSpan
  let fullEvery: TimeSpan
  let retention: RetentionPolicy
  let lock: TimeSpan?
  let testEvery: TimeSpan?
  let applyDelay: TimeSpan
  let decide: TimeSpan
  let ttl: TimeSpan
  let walDisk: Double
  let rate: Double
  let commitBytes: Int
  let dataBytes: Double
  let changeShare: Double
  let restoreRate: Double
  let replayRate: Double
  let lag: TimeSpan
  let zoneLag: TimeSpan
  let zoneDetect: TimeSpan
  let returnsAfter: TimeSpan?
  let detect: TimeSpan
  let provision: TimeSpan
  let check: TimeSpan
  let disaster: Disaster
  let disasterAt: Instant
  let rotChance: Double
  let brokenFrom: Instant?
  let quietFrom: Instant?
  let end: Instant
  let mutant: String?

  static let roster = Roster(["primary", "standby", "archive", "zone-b"])
  static let primary = NodeID(0)
  static let standby = NodeID(1)
  static let archive = NodeID(2)
  static let zoneCopy = NodeID(3)

  init(_ settings: Settings, mutant: String? = nil) {
    func optional(_ name: String) -> TimeSpan? {
      settings.span(name) == .zero ? nil : settings.span(name)
    }
    self.mutant = mutant
    strategy = RecoveryStrategy(rawValue: settings.word("strategy")) ?? .backup
    answer = settings.word("answer")
    archiveTimeout = optional("archive.timeout")
    place = BackupPlace(rawValue: settings.word("backup.place")) ?? .sameRegion
    zone = CopyMode(rawValue: settings.word("zone.standby")) ?? .none
    failback = Failback(rawValue: settings.word("failback")) ?? .none
    kind = BackupKind(rawValue: settings.word("backup.kind")) ?? .incremental
    every = settings.span("backup.every")
    fullEvery = settings.span("backup.full.every")
    retention = RetentionPolicy(
      last: settings.integer("keep.last"), daily: settings.integer("keep.daily"),
      weekly: settings.integer("keep.weekly"))
    lock = optional("backup.lock")
    testEvery = optional("restore.test.every")
    applyDelay = settings.span("apply.delay")
    decide = settings.span("decide")
    ttl = settings.span("dns.ttl")
    walDisk = settings.number("wal.disk")
    rate = settings.number("rate")
    commitBytes = Int(settings.number("commit.bytes"))
    dataBytes = settings.number("data.size")
    changeShare = settings.number("change.share")
    restoreRate = settings.number("restore.rate")
    replayRate = settings.number("replay.rate")
    lag = settings.span("replica.lag")
    zoneLag = settings.span("zone.lag")
    zoneDetect = settings.span("zone.detect")
    returnsAfter = optional("site.returns")
    detect = settings.span("detect")
    provision = settings.span("provision")
    check = settings.span("check.time")
    disaster = Disaster(rawValue: settings.word("disaster")) ?? .none
    disasterAt = .zero + settings.span("disaster.at")
    rotChance = settings.number("rot")
    brokenFrom = optional("backups.broken.from").map { .zero + $0 }
    quietFrom = optional("quiet.from").map { .zero + $0 }
    end = disasterAt + (disaster == .corruption ? detect : .zero) + .hours(72)
  }

  var shortcut: RecoveryShortcut? { mutant.flatMap(RecoveryShortcut.init(rawValue:)) }

  /// What the second region and the backups cost a month; the production servers are 1.
  ///
  /// The shares are ours: a replica alone takes a quarter of the machines, in another zone as in
  /// another region, a scaled-down stack half.
  func cost(stored: Double) -> Double {
    let machines =
      switch strategy {
      case .backup: 0.0
      case .pilot: 0.25
      case .warm: 0.5
      case .multi: 1.0
      }
    let zones = zone == .none ? 0.0 : 0.25
    let copies = place == .otherRegion ? 2.0 : 1.0
    return 1 + zones + machines + stored * copies / 1e12 * 0.02
  }
}
