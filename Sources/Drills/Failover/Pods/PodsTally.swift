import Kernel
import Patterns

/// What is counted in a run of pods; group 1 holds the requests that came after the last fault.
struct PodsTally: Sendable {
  var group: GroupTally
  /// Of each job, whether it is a request that came after the last fault.
  var isAfter: [Bool] = []
  var underWay = 0
  var restarts = 0
  var killedAlive = 0
  var takenOut = 0
  var longestBackoff = TimeSpan.zero
  private var readyCounts: [Int] = []

  init(_ duration: TimeSpan) { group = GroupTally(groups: 2, duration: duration) }

  /// Whether there were faults, and all are over.
  var hasQuietened: Bool { group.faultsEndedAt != nil }

  mutating func faults(areInForce: Bool, at now: Instant) {
    group.faults(areInForce: areInForce, at: now)
  }

  mutating func close(ready: Int, at now: Instant) {
    readyCounts.append(ready)
    group.close(at: now)
  }

  var measurements: [Measurement] {
    [
      Measurement("success", group.success(), .fraction),
      Measurement("success_after", group.success(1), .fraction),
      Measurement("failed", Double(group.failedCount), .count),
      Measurement("p99", group.quantile(0.99), .seconds),
      Measurement("restarts", Double(restarts), .count),
      Measurement("killed_alive", Double(killedAlive), .count),
      Measurement("taken_out", Double(takenOut), .count),
      Measurement("ready_least", readyCounts.min().map(Double.init), .count),
      Measurement("ready_end", readyCounts.last.map(Double.init), .count),
      Measurement("longest_backoff", longestBackoff.seconds, .seconds),
      Measurement("time_to_recover", group.timeToRecover, .seconds),
    ]
  }

  var series: [TimeSeries] {
    group.series + [
      TimeSeries(
        "pods ready", .count, .line, step: GroupTally.step, values: readyCounts.map(Double.init))
    ]
  }
}
