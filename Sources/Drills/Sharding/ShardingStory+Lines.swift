import Kernel
import Patterns
import Simulation

/// What the trace tells of lines in front of shards and of slow requests.
extension ShardingWorld {
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
      cause =
        story.slowed[station] ?? tellWhatIsAsked(station, at: now) ?? story.change ?? story.load
    }
    stations[station].jam = environment.trace.record(
      at: now, name(NodeID(station)), "jam", detail, cause: cause)
  }

  /// What a shard is asked for, where that explains its line: one key, or the end of a growing one.
  private mutating func tellWhatIsAsked(_ station: Int, at now: Instant) -> Trace.ID? {
    if let known = story.heat[station] { return known }
    guard stations[station].asked >= 30 else { return nil }
    let inserts = Double(stations[station].inserts) / Double(stations[station].asked)
    let top = stations[station].popular.top
    let part = name(NodeID(station))
    if inserts > 0.3 {
      let share = Unit.fraction.text(inserts)
      story.heat[station] = environment.trace.record(
        at: now, part, "hot-tail",
        "\(share) of what it is asked are inserts: every new key sorts behind the last one")
    } else if let top, top.share > 0.25 {
      let share = Unit.fraction.text(top.share)
      story.heat[station] = environment.trace.record(
        at: now, part, "hot-key", "\(share) of what it is asked is \(store.keys.names[top.key])")
    }
    return story.heat[station]
  }

  mutating func tellOriginJam(at now: Instant) {
    let station = originStation
    guard stations[station].jam == nil, mayTell("origin-jam") else { return }
    stations[station].jam = environment.trace.record(
      at: now, "origin", "origin-jam",
      "misses take all its \(stations[station].lanes.count) slots; "
        + "\(stations[station].queue.count) more stand in line",
      cause: story.change)
  }

  /// A line is gone: the end of a jam, if there was one.
  mutating func tellDrained(_ station: Int, at now: Instant) {
    guard let jam = stations[station].jam else { return }
    stations[station].jam = nil
    guard stations[station].hasToldSlow else { return }
    stations[station].hasToldSlow = false
    let part = partName(station)
    let began = environment.trace[jam]?.at ?? now
    environment.trace.record(
      at: now, part, "drained", "nobody stands in line any more, after \(now - began)",
      weight: .recovery, cause: jam)
  }

  /// A request was slow: the first of each jam is told, and each that is twice as slow as any yet.
  mutating func tellSlow(_ operation: Operation, _ latency: TimeSpan, at now: Instant) {
    let station = operation.slowestShard
    let isFirst = station >= 0 && !stations[station].hasToldSlow
    guard isFirst || latency > story.slowest * 2, mayTell("slow") else { return }
    if station >= 0 { stations[station].hasToldSlow = true }
    story.slowest = max(story.slowest, latency)
    let part = partName(station)
    let jam = station >= 0 ? stations[station].jam : nil
    var detail = "\(store.keys.names[operation.key]) took \(latency)"
    detail += ": \(operation.longestService) of work, \(operation.longestWait) in line"
    if operation.redirects > 0 { detail += ", \(operation.redirects) redirections" }
    environment.trace.record(
      at: now, part, "slow", detail, weight: .harm,
      cause: jam ?? story.heat[station] ?? story.change ?? story.hot ?? story.load)
  }

  /// A request that asked many shards waited for the last of them, which was slow by chance.
  mutating func tellSlowQuery(_ operation: Operation, _ latency: TimeSpan, at now: Instant) {
    guard mayTell("slow-query") else { return }
    if story.scatter == nil {
      story.scatter = environment.trace.record(
        at: now, "client", "scatter",
        "a request that names no shard asks \(operation.asked) of them and waits for the last")
    }
    environment.trace.record(
      at: now, "client", "slow-query",
      "took \(latency): the last of \(operation.asked) answers came from "
        + "\(partName(operation.slowestShard)), after \(operation.longestService) of work",
      weight: .harm, cause: story.scatter)
  }

  func partName(_ station: Int) -> String {
    station < 0 ? "client" : station == originStation ? "origin" : name(NodeID(station))
  }
}
