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
  /// By shard: the event that says what it is asked for too much.
  var heat: [Int: Trace.ID] = [:]
  /// The events that tell of queries to every shard, and of pairs that lie apart.
  var scatter: Trace.ID?
  var apart: Trace.ID?
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
  static let tellingLimit = 4_000

  mutating func mayTell(_ kind: String) -> Bool {
    story.told[kind, default: 0] += 1
    return story.told[kind, default: 0] <= Self.tellingLimit
  }

  func name(_ shard: NodeID) -> String { environment.roster.name(shard) }

  func count(_ number: Int) -> String { Unit.count.text(Double(number)) }

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
}
