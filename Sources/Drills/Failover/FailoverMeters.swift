import Kernel

/// What is measured of a failover run.
struct FailoverMeters: Sendable {
  static let step = TimeSpan.milliseconds(100)

  struct Second: Sendable {
    var good = 0
    var failed = 0
    var leaders = 0
  }

  var began = 0
  private(set) var goodCount = 0
  private(set) var failedCount = 0
  private(set) var longestGap = TimeSpan.zero
  private var lastGood: Instant?
  private var doubled = TimeSpan.zero
  private var leaderless = TimeSpan.zero
  private var seconds: [Second] = []
  var detection: TimeSpan?
  var takeover: TimeSpan?
  var failovers = 0
  var needless = 0
  var behind = 0
  var staleWrites = 0
  var refusedTokens = 0
  var fenced = 0

  static let metrics: [Metric] = [
    Metric("availability", .fraction, "Writes that were answered well, of all."),
    Metric("failed_writes", .count, "Writes that failed or were not answered in time."),
    Metric("longest_outage", .seconds, "The longest time in which no write was answered well."),
    Metric(
      "detection_time", .seconds,
      "From the first fault to the first suspicion by a node that may take over."),
    Metric(
      "takeover_time", .seconds, "From the first fault until another, or the same, node opens."),
    Metric(
      "failovers", .count,
      "How often a node opened; the first time, and again in place, not counted."),
    Metric(
      "needless_failovers", .count, "Elections while the last leader's process was running."),
    Metric(
      "lost_writes", .count, "Writes that were answered well and that the service does not have."),
    Metric(
      "lag_at_failover", .count,
      "The most answered writes that a node did not have when it opened."),
    Metric(
      "stale_writes", .count,
      "Writes that the storage applied although it had seen a higher token."),
    Metric("refused_tokens", .count, "Writes that the storage refused for their token."),
    Metric("fenced", .count, "How often the power of a node was cut."),
    Metric("two_leaders", .seconds, "How long two nodes or more took writes at once."),
    Metric("no_leader", .seconds, "How long no node took writes."),
  ]

  private mutating func at(_ now: Instant, _ change: (inout Second) -> Void) {
    let place = Int(now.nanoseconds / 1_000_000_000)
    while seconds.count <= place { seconds.append(Second()) }
    change(&seconds[place])
  }

  mutating func good(at now: Instant) {
    goodCount += 1
    if let lastGood { longestGap = max(longestGap, now - lastGood) }
    lastGood = now
    at(now) { $0.good += 1 }
  }

  mutating func failed(at now: Instant) {
    failedCount += 1
    at(now) { $0.failed += 1 }
  }

  mutating func sample(leaders: Int, at now: Instant) {
    if leaders > 1 { doubled = doubled + Self.step }
    if leaders == 0 { leaderless = leaderless + Self.step }
    at(now) { $0.leaders = max($0.leaders, leaders) }
  }

  func measurements(until end: Instant, from start: Instant, lost: Int) -> [Measurement] {
    let ended = goodCount + failedCount
    let gap = max(longestGap, end - (lastGood ?? start))
    func count(_ value: Int) -> Double { Double(value) }
    return [
      Measurement("availability", ended == 0 ? nil : count(goodCount) / count(ended), .fraction),
      Measurement("failed_writes", count(failedCount), .count),
      Measurement("longest_outage", gap.seconds, .seconds),
      Measurement("detection_time", detection?.seconds, .seconds),
      Measurement("takeover_time", takeover?.seconds, .seconds),
      Measurement("failovers", count(failovers), .count),
      Measurement("needless_failovers", count(needless), .count),
      Measurement("lost_writes", count(lost), .count),
      Measurement("lag_at_failover", count(behind), .count),
      Measurement("stale_writes", count(staleWrites), .count),
      Measurement("refused_tokens", count(refusedTokens), .count),
      Measurement("fenced", count(fenced), .count),
      Measurement("two_leaders", doubled.seconds, .seconds),
      Measurement("no_leader", leaderless.seconds, .seconds),
    ]
  }

  var series: [TimeSeries] {
    let step = TimeSpan.seconds(1)
    return [
      TimeSeries("answered", .count, .line, step: step, values: seconds.map { Double($0.good) }),
      TimeSeries("failed", .count, .strip, step: step, values: seconds.map { Double($0.failed) }),
      TimeSeries(
        "leaders", .count, .strip, step: step, values: seconds.map { Double($0.leaders) }),
    ]
  }
}
