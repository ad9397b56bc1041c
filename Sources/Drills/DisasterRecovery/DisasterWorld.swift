import Kernel
import Patterns
import Simulation

/// A database that is backed up, archived and copied, until something happens to it.
struct DisasterWorld: World, Sendable {
  enum Event: Sendable {
    case commit
    case look
    case uploaded
    case backupBegins
    case backupEnds
    case test
    case applied(Int32)
    case copied(Int32)
    case checkpoint
    case disaster
    case noticed
    case faultIsDue
    case back
    case returned
    case resynced
    case failedBack
  }

  let setup: DisasterSetup
  var environment: Environment
  var schedule: FaultSchedule
  var log = WALArchive()
  var archiver: WALArchiver
  var catalog: BackupCatalog
  var rows: [Int] = []
  /// Records that the standby has received; and how many of them it has applied.
  var received = 0
  var gate: CommitGate
  /// The rows from before something made them wrong.
  var soundRows: [Int] = []
  var failback = FailbackState()
  var nextRow = 0
  var backup: (content: BaseBackup, kind: BackupKind, bytes: Double)?
  var lastFull = Instant.zero
  var isBroken = false
  var isStopped = false
  var isWaiting = false
  var meters = DisasterMeters()
  var violation: (at: Instant, violation: InvariantViolation)?
  var plan: RecoveryPlan?
  var lastEvent: Trace.ID?
  var arrivals: RandomStream
  var lags: RandomStream
  var zoneLags: RandomStream
  var rots: RandomStream
  var errors: RandomStream

  static let interval = TimeSpan.seconds(10)
  /// PostgreSQL's checkpoint_timeout.
  static let checkpoints = TimeSpan.minutes(5)

  init(_ setup: DisasterSetup, faults: FaultPlan, seed: UInt64, traceCapacity: Int) {
    self.setup = setup
    let link = LinkQuality(latency: .constant(.milliseconds(40)))
    environment = Environment(
      DisasterSetup.roster, network: Network(link, seed: seed), traceCapacity: traceCapacity)
    schedule = FaultSchedule(faults)
    archiver = WALArchiver(timeout: setup.archiveTimeout, shortcut: setup.shortcut)
    catalog = BackupCatalog(shortcut: setup.shortcut)
    gate = CommitGate(setup.zone, shortcut: setup.shortcut)
    arrivals = RandomStream(seed: seed, name: "disaster/arrivals")
    lags = RandomStream(seed: seed, name: "disaster/lags")
    zoneLags = RandomStream(seed: seed, name: "disaster/zone-lags")
    rots = RandomStream(seed: seed, name: "disaster/rot")
    errors = RandomStream(seed: seed, name: "disaster/errors")
  }

  /// Schedules what begins a run.
  mutating func begin(in queue: inout EventQueue<Event>) {
    queue.schedule(.commit, after: .seconds(1))
    queue.schedule(.look, after: Self.interval)
    queue.schedule(.backupBegins, after: .seconds(1))
    queue.schedule(.checkpoint, after: Self.checkpoints)
    if let every = setup.testEvery { queue.schedule(.test, after: every) }
    if setup.disaster != .none { queue.schedule(.disaster, at: setup.disasterAt) }
    if let first = schedule.next { queue.schedule(.faultIsDue, at: first) }
  }

  mutating func handle(_ event: Event, at now: Instant, in queue: inout EventQueue<Event>) {
    guard plan == nil || event.isAfterwards || failback.isExpected && event.isServing else {
      return
    }
    switch event {
    case .commit: commit(at: now, in: &queue)
    case .look: look(at: now, in: &queue)
    case .uploaded: uploaded(at: now, in: &queue)
    case .backupBegins: beginBackup(at: now, in: &queue)
    case .backupEnds: endBackup(at: now)
    case .test: test(at: now, in: &queue)
    case .applied(let count): received = max(received, Int(count))
    case .copied(let count):
      gate.received(Int(count), at: now)
      check(gate.checkInvariants(), at: now)
    case .checkpoint:
      queue.schedule(.checkpoint, after: Self.checkpoints)
      log.checkpoint()
    case .disaster:
      if setup.disaster == .corruption {
        spoil(at: now, in: &queue)
      } else {
        strike(at: now, in: &queue)
      }
    case .noticed: strike(at: now, in: &queue)
    case .faultIsDue:
      for applied in schedule.carryOut(in: &environment, at: now) { lastEvent = applied.event }
      if let next = schedule.next { queue.schedule(.faultIsDue, at: next) }
      catchUp(at: now, in: &queue)
    case .back:
      lastEvent = environment.trace.record(
        at: now, "service", "back", "takes orders again", weight: .recovery, cause: lastEvent)
      serveElsewhere(at: now, in: &queue)
    case .returned: oldSiteReturns(at: now, in: &queue)
    case .resynced: resynced(at: now, in: &queue)
    case .failedBack: failedBack(at: now)
    }
  }

  // MARK: Working

  private mutating func commit(at now: Instant, in queue: inout EventQueue<Event>) {
    let isQuiet = setup.quietFrom.map { now >= $0 } ?? false
    let rate = setup.rate * environment.loadFactor * (isQuiet ? 0.01 : 1)
    queue.schedule(.commit, after: TimeSpan(seconds: arrivals.exponential() / rate))
    guard plan == nil else {
      commitElsewhere(at: now)
      return
    }
    guard environment.processes.runs(DisasterSetup.primary) else {
      meters.refused += 1
      return
    }
    // Nobody would get an answer: the copy that the commit has to wait for cannot be reached.
    if setup.zone == .synchronous, !reachesZoneCopy {
      meters.refused += 1
      if !isWaiting {
        isWaiting = true
        lastEvent = environment.trace.record(
          at: now, "primary", "commits-wait",
          "commits wait for a copy in another zone that cannot be reached", weight: .harm,
          cause: lastEvent)
      }
      return
    }
    isWaiting = false
    let waiting = Double(archiver.backlog * log.segmentSize)
    if waiting >= setup.walDisk {
      meters.refused += 1
      if !isStopped {
        isStopped = true
        lastEvent = environment.trace.record(
          at: now, "primary", "disk-full",
          "stops: \(Unit.bytes.text(waiting)) of log wait for the archive and the disk is full",
          weight: .harm, cause: lastEvent)
      }
      return
    }
    isStopped = false
    nextRow += 1
    write(.insert(nextRow), at: now, in: &queue)
  }

  mutating func write(
    _ change: LoggedChange, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    log.write(change, transaction: nextRow, bytes: setup.commitBytes, at: now)
    archiver.wrote(log, at: now)
    switch change {
    case .insert(let row): rows.append(row)
    case .drop, .damage: rows = []
    case .restorePoint: break
    }
    meters.commits += 1
    gate.wrote(at: now)
    check(gate.checkInvariants(), at: now)
    catchUp(at: now, in: &queue)
  }

  private var reachesZoneCopy: Bool {
    environment.processes.runs(DisasterSetup.zoneCopy)
      && !environment.network.isCut(from: DisasterSetup.primary, to: DisasterSetup.zoneCopy)
  }

  /// Ships what the copies have not been sent, if they can be reached.
  private mutating func catchUp(at now: Instant, in queue: inout EventQueue<Event>) {
    if setup.zone != .none, reachesZoneCopy {
      let lag = setup.zoneLag * zoneLags.exponential()
      queue.schedule(.copied(Int32(gate.written)), after: lag)
    }
    guard setup.strategy.hasReplica, environment.processes.runs(DisasterSetup.standby),
      !environment.network.isCut(from: DisasterSetup.primary, to: DisasterSetup.standby)
    else { return }
    let lag = setup.lag * lags.exponential()
    let count = log.timelines[0].records.count
    queue.schedule(.applied(Int32(count)), after: lag)
  }

  private mutating func look(at now: Instant, in queue: inout EventQueue<Event>) {
    queue.schedule(.look, after: Self.interval)
    archiver.tick(&log, at: now)
    meters.largestBacklog = max(
      meters.largestBacklog, Double(archiver.backlog * log.segmentSize))
    upload(in: &queue)
  }

  private mutating func upload(in queue: inout EventQueue<Event>) {
    guard archiver.next() != nil else { return }
    let seconds = Double(log.segmentSize) / setup.restoreRate
    queue.schedule(.uploaded, after: TimeSpan(seconds: seconds))
  }

  private mutating func uploaded(at now: Instant, in queue: inout EventQueue<Event>) {
    let isReachable =
      environment.processes.runs(DisasterSetup.archive)
      && !environment.network.isCut(from: DisasterSetup.primary, to: DisasterSetup.archive)
    let isGood = isReachable && !errors.chance(environment.errorRate(DisasterSetup.archive))
    if let segment = archiver.ended(isGood: isGood) {
      log.store(segment)
      upload(in: &queue)
      return
    }
    meters.failedUploads += 1
    if meters.failedUploads == 1 {
      lastEvent = environment.trace.record(
        at: now, "archive", "upload-failed",
        "a segment of the log cannot be stored; it is tried again", cause: lastEvent)
    }
  }

  // MARK: Backups

  private mutating func beginBackup(at now: Instant, in queue: inout EventQueue<Event>) {
    queue.schedule(.backupBegins, after: setup.every)
    startBackup(isFull: now - lastFull >= setup.fullEvery, at: now, in: &queue)
  }

  mutating func startBackup(
    isFull: Bool, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    guard environment.processes.runs(DisasterSetup.primary), backup == nil else { return }
    if let from = setup.brokenFrom, now >= from, !meters.isMended { isBroken = true }
    let isFirst = catalog.sets.isEmpty
    let kind: BackupKind = isFirst || isFull ? .full : setup.kind
    let base = catalog.base(for: kind)
    let days = base.map { (now - $0.at).seconds / 86_400 } ?? 0
    let bytes =
      kind == .full || base == nil
      ? setup.dataBytes : setup.dataBytes * min(1, setup.changeShare * days)
    let content = BaseBackup(timeline: log.current, start: log.end, stop: log.end, rows: rows)
    log.checkpoint(bytes: WALRecord.checkpointBytes)
    archiver.wrote(log, at: now)
    backup = (content, kind, bytes)
    queue.schedule(.backupEnds, after: TimeSpan(seconds: bytes / setup.restoreRate))
  }

  private mutating func endBackup(at now: Instant) {
    guard let done = backup else { return }
    backup = nil
    guard !isBroken else { return }
    let content = BaseBackup(
      timeline: done.content.timeline, start: done.content.start, stop: log.end,
      rows: done.content.rows)
    archiver.close(&log)
    let lock = setup.lock.map { now + $0 }
    let isRotten = rots.chance(setup.rotChance)
    let set = catalog.add(
      done.kind, content, bytes: done.bytes, at: now, lockedUntil: lock, isRotten: isRotten)
    if set.kind == .full { lastFull = now }
    catalog.expire(setup.retention, at: now)
    checkCatalog(at: now)
  }

  mutating func checkCatalog(at now: Instant) { check(catalog.checkInvariants(), at: now) }

  mutating func check(_ broken: InvariantViolation?, at now: Instant) {
    if violation == nil, let broken { violation = (now, broken) }
  }

  /// Restores the newest backup somewhere to see if it can be, and does something about it if not.
  private mutating func test(at now: Instant, in queue: inout EventQueue<Event>) {
    if let every = setup.testEvery { queue.schedule(.test, after: every) }
    meters.tests += 1
    let newest = catalog.sets.last
    let isOld = newest.map { now - $0.at > setup.every * 2 } ?? true
    guard isOld || !(newest.map { catalog.isRestorable($0) } ?? false) else { return }
    meters.failedTests += 1
    lastEvent = environment.trace.record(
      at: now, "backups", "test-failed",
      isOld
        ? "the restore test finds no backup of the last \(setup.every * 2)"
        : "the restore test cannot read the newest backup", cause: lastEvent)
    isBroken = false
    meters.isMended = true
    startBackup(isFull: true, at: now, in: &queue)
  }
}
