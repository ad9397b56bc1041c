import Kernel
import Patterns
import Simulation

/// What the trace of a run needs to remember, so that each event knows its cause.
struct ShardingStory: Sendable {
  /// The event that began the last change of the map.
  var change: Trace.ID?
  /// By shard: the event that crashed or slowed it.
  var crashes: [Int: Trace.ID] = [:]
  var slowed: [Int: Trace.ID] = [:]
  /// The event that changed the load.
  var load: Trace.ID?
  /// The event that found a hot key.
  var hot: Trace.ID?
  /// By shard: the failures that were told since its crash.
  var failing: [Int: Trace.ID] = [:]
  /// By kind of event: how many of them were told.
  var told: [String: Int] = [:]
  /// The first redirection of the move.
  var redirect: Trace.ID?
  var slowest: TimeSpan = .zero
}

extension ShardingWorld {
  /// The most events of one kind that are told one by one.
  private static let limit = 12

  private mutating func mayTell(_ kind: String) -> Bool {
    story.told[kind, default: 0] += 1
    return story.told[kind, default: 0] <= Self.limit
  }

  private func name(_ shard: NodeID) -> String { environment.roster.name(shard) }

  private func count(_ number: Int) -> String { Unit.count.text(Double(number)) }

  mutating func tellMoveBegins(_ what: String, moving: Int, at now: Instant) {
    let share = Unit.fraction.text(Double(moving) / Double(max(1, store.keys.count)))
    story.change = environment.trace.record(
      at: now, "store", "move-began",
      "\(what); \(count(moving)) of \(count(store.keys.count)) keys (\(share)) queue for copying",
      weight: .fault)
  }

  mutating func tellMoveEnds(at now: Instant) {
    let span = tally.moveBegan.map { now - $0 } ?? .zero
    environment.trace.record(
      at: now, "store", "move-ended", "the last key has changed hands, after \(span)",
      weight: .change, cause: story.change)
  }

  mutating func tellMapReplaced(
    _ what: String, cause: Trace.ID?, weight: Trace.Weight, at now: Instant
  ) {
    let share = Unit.fraction.text(Double(tally.moved) / Double(max(1, tally.movable)))
    story.change = environment.trace.record(
      at: now, "store", "map-changed",
      "\(what); \(count(tally.moved)) keys (\(share)) have a new owner that knows nothing of them",
      weight: weight, cause: cause)
  }

  mutating func tellFrozen(_ parcel: Int, at now: Instant) {
    guard mayTell("frozen") else { return }
    environment.trace.record(
      at: now, "store", "frozen",
      "writes to parcel \(parcel) wait until \(writesUnderWay[parcel]) under way are over",
      cause: story.change)
  }

  mutating func tellCommitted(_ parcel: Int, count keys: Int, at now: Instant) {
    guard mayTell("committed") else { return }
    environment.trace.record(
      at: now, "store", "committed",
      "parcel \(parcel) with \(count(keys)) keys has changed hands, map epoch \(store.map.epoch)",
      cause: story.change)
  }

  mutating func tellLeftBehind(_ parcel: Int, _ violation: InvariantViolation, at now: Instant) {
    guard mayTell("left-behind") else { return }
    environment.trace.record(
      at: now, "store", "left-behind",
      "parcel \(parcel) changed hands without all that was written: \(violation.witness)",
      weight: .harm, cause: story.change)
  }

  mutating func tellCopyFailed(_ batch: CopyBatch, at now: Instant) {
    guard mayTell("copy-failed") else { return }
    let dead = environment.processes.isDown(batch.source) ? batch.source : batch.target
    environment.trace.record(
      at: now, name(batch.source), "copy-failed",
      "\(batch.keys.count) keys for \(name(batch.target)) could not be copied; tried again later",
      cause: story.crashes[dead.index] ?? story.change)
  }

  // MARK: Lines

  /// A line has grown to several times the lanes: says what the lanes are busy with.
  mutating func tellJam(_ station: Int, at now: Instant) {
    guard stations[station].jam == nil, mayTell("jam") else { return }
    let lanes = stations[station].lanes.count
    let copying = stations[station].copying
    let detail: String
    let cause: Trace.ID?
    if copying * 2 >= lanes {
      detail =
        "copies take \(copying) of its \(lanes) slots; \(stations[station].queue.count) requests "
        + "and copies stand in line behind them"
      cause = story.change
    } else {
      detail =
        "all \(lanes) slots are busy with requests; \(stations[station].queue.count) more stand "
        + "in line"
      cause = story.slowed[station] ?? story.hot ?? story.change ?? story.load
    }
    stations[station].jam = environment.trace.record(
      at: now, name(NodeID(station)), "jam", detail, cause: cause)
  }

  mutating func tellOriginJam(at now: Instant) {
    let station = originStation
    guard stations[station].jam == nil,
      stations[station].queue.count >= 4 * stations[station].lanes.count, mayTell("origin-jam")
    else { return }
    stations[station].jam = environment.trace.record(
      at: now, "origin", "jam",
      "misses take all \(stations[station].lanes.count) slots; "
        + "\(stations[station].queue.count) more stand in line",
      cause: story.change)
  }

  /// A line is gone: the end of a jam, if there was one.
  mutating func tellDrained(_ station: Int, at now: Instant) {
    guard let jam = stations[station].jam else { return }
    stations[station].jam = nil
    guard stations[station].hasToldSlow else { return }
    stations[station].hasToldSlow = false
    let part = station == originStation ? "origin" : name(NodeID(station))
    let began = environment.trace[jam]?.at ?? now
    environment.trace.record(
      at: now, part, "drained", "nobody stands in line any more, after \(now - began)",
      weight: .recovery, cause: jam)
  }

  /// A request was slow: the first of each jam is told, and each that is twice as slow as any yet.
  mutating func tellSlow(_ operation: Operation, _ latency: TimeSpan, at now: Instant) {
    let shard = operation.slowestShard
    let station = isOriginJammed(operation) ? originStation : shard
    let isFirst = station >= 0 && !stations[station].hasToldSlow
    guard isFirst || latency > story.slowest * 2, mayTell("slow") else { return }
    if station >= 0 { stations[station].hasToldSlow = true }
    story.slowest = max(story.slowest, latency)
    let part = shard >= 0 ? name(NodeID(shard)) : "client"
    let jam = station >= 0 ? stations[station].jam : nil
    var detail = "\(store.keys.names[operation.key]) took \(latency)"
    detail += ": \(operation.longestService) of work, \(operation.longestWait) in line"
    if operation.redirects > 0 { detail += ", \(operation.redirects) redirections" }
    environment.trace.record(
      at: now, part, "slow", detail, weight: .harm,
      cause: jam ?? story.change ?? story.hot ?? story.load)
  }

  private func isOriginJammed(_ operation: Operation) -> Bool {
    config.isCache && stations[originStation].jam != nil && operation.kind == .read
  }

  // MARK: Requests

  mutating func tellFailure(at shard: NodeID, _ now: Instant) {
    guard story.failing[shard.index] == nil else { return }
    let keys = store.rows.counts[shard.index]
    story.failing[shard.index] = environment.trace.record(
      at: now, name(shard), "refused",
      "requests for its \(count(keys)) keys fail: nobody listens", weight: .harm,
      cause: story.crashes[shard.index])
  }

  mutating func tellRouterAway(_ router: NodeID, at now: Instant) {
    guard story.failing[router.index] == nil else { return }
    let doing = environment.processes.isPaused(router) ? "stands still" : "is down"
    story.failing[router.index] = environment.trace.record(
      at: now, name(router), "unreachable", "requests of its clients fail: it \(doing)",
      weight: .harm, cause: environment.active.last { $0.fault.node == router }?.event)
  }

  mutating func tellRedirect(
    _ call: Call, to target: ShardRouter.Target, isAsk: Bool, at now: Instant
  ) {
    let isLoop = call.redirects >= 4
    guard story.redirect == nil || (isLoop && mayTell("loop")) else { return }
    let key = store.keys.names[call.key]
    let answer = isAsk ? "ASK" : "MOVED"
    let event = environment.trace.record(
      at: now, name(call.shard), isLoop ? "redirect-loop" : "redirected",
      "answers \(answer) \(name(target.node)) for \(key)"
        + (isLoop ? ", its redirection number \(call.redirects + 1)" : ""),
      weight: isLoop ? .harm : .change, cause: story.change)
    if story.redirect == nil { story.redirect = event }
  }

  mutating func tellTooManyRedirects(_ call: Call, at now: Instant) {
    guard mayTell("redirects") else { return }
    environment.trace.record(
      at: now, "client", "gave-up",
      "\(store.keys.names[call.key]) was sent to and fro \(call.redirects) times", weight: .harm,
      cause: story.redirect ?? story.change)
  }

  mutating func tellWrongRead(_ call: Call, at now: Instant) {
    tally.wrongReads += 1
    guard mayTell("wrong-read") else { return }
    let owner = name(store.owner(of: call.key))
    environment.trace.record(
      at: now, name(call.shard), "wrong-shard",
      "answers a read of \(store.keys.names[call.key]), which \(owner) owns: nobody checked",
      weight: .harm, cause: story.change)
  }

  mutating func tellLostWrite(_ key: Int, _ shard: NodeID, _ owner: NodeID, at now: Instant) {
    let witness =
      "\(store.keys.names[key]) was written on \(name(shard)) after \(name(owner)) had taken over"
    tally.violate("no lost write", witness, at: now)
    guard mayTell("lost-write") else { return }
    environment.trace.record(
      at: now, name(shard), "lost-write", witness, weight: .harm, cause: story.change)
  }

  mutating func tellCrossRefused(_ first: Int, _ second: Int, at now: Instant) {
    guard mayTell("cross") else { return }
    environment.trace.record(
      at: now, "client", "cross-shard",
      "\(store.keys.names[first]) and \(store.keys.names[second]) are on "
        + "\(name(store.owner(of: first))) and \(name(store.owner(of: second))): refused",
      weight: .harm)
  }

  mutating func tellPartial(_ operation: Operation, at now: Instant) {
    guard mayTell("partial") else { return }
    let dead = story.crashes.keys.sorted().first { environment.processes.isDown(NodeID($0)) }
    environment.trace.record(
      at: now, "client", "half-written",
      "one of the two rows of \(store.keys.names[operation.key]) was written, the other was not",
      weight: .harm, cause: dead.flatMap { story.crashes[$0] })
  }

  mutating func tellHot(_ key: Int, router: Int, at now: Instant) {
    let share = Unit.fraction.text(hot.counters[router].share(of: key))
    story.hot = environment.trace.record(
      at: now, name(config.router(router)), "hot-key",
      "\(store.keys.names[key]) gets \(share) of its requests; remedy: \(config.remedy.rawValue)")
  }
}
