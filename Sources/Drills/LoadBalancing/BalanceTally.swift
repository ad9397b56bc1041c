import Kernel

/// What is counted in a run, in all and by steps of half a second.
struct BalanceTally: Sendable {
  static let step = TimeSpan.milliseconds(500)

  struct Step: Sendable {
    var requests = 0
    var failed = 0
    var longest = 0
    var out = 0.0
    var slowest: Int64 = 0
    /// Tries by host, and those that failed.
    var sent: [Int]
    var failedTries: [Int]
  }

  private let duration: TimeSpan
  private(set) var steps: [Step]
  private var place = 0
  private var requests = 0
  private var good: [Int64] = []
  private var failed = 0
  private var tries = 0
  private(set) var sent: [Int]
  private var longestLine = 0
  private var panicPicks = 0
  private var sentToDead = 0
  var turnedAway = 0
  var turns = 0
  var ejections = 0
  var checks = 0
  var lostSessions = 0
  var lookups = 0
  var misses = 0
  var wasted = 0
  var crossed = 0

  init(_ settings: BalanceSettings) {
    duration = settings.duration
    let none = Array(repeating: 0, count: settings.allHosts)
    let count = Int((duration.nanoseconds - 1) / Self.step.nanoseconds) + 1
    steps = Array(repeating: Step(sent: none, failedTries: none), count: count)
    sent = none
  }

  /// The step under way.
  var current: Step { steps[place] }

  mutating func arrived(at now: Instant) {
    place = min(steps.count - 1, Int(now.nanoseconds / Self.step.nanoseconds))
    requests += 1
    steps[place].requests += 1
  }

  mutating func sent(to host: Int, isPanic: Bool, isDead: Bool, at now: Instant) {
    tries += 1
    sent[host] += 1
    steps[place].sent[host] += 1
    if isPanic { panicPicks += 1 }
    if isDead { sentToDead += 1 }
  }

  mutating func failedTry(at host: Int) { steps[place].failedTries[host] += 1 }

  mutating func line(_ length: Int) {
    longestLine = max(longestLine, length)
    steps[place].longest = max(steps[place].longest, length)
  }

  mutating func ended(isGood: Bool, after span: TimeSpan, at now: Instant) {
    if isGood {
      good.append(span.nanoseconds)
      steps[place].slowest = max(steps[place].slowest, span.nanoseconds)
    } else {
      failed += 1
      steps[place].failed += 1
    }
  }

  /// Takes note of the share of hosts that are out, as the balancers see it.
  mutating func close(out: Double) { steps[place].out = out }

  private static func ratio(_ part: Int, _ whole: Int) -> Double? {
    whole == 0 ? nil : Double(part) / Double(whole)
  }

  func measurements(doubled: Int) -> [Measurement] {
    let times = good.sorted()
    func rank(_ share: Double) -> Double? {
      times.nearestRank(share).map { Double($0) / 1e9 }
    }
    let mean = Double(sent.reduce(0, +)) / Double(sent.count)
    let skew = mean == 0 ? nil : Double(sent.max() ?? 0) / mean
    return [
      Measurement("p50", rank(0.5), .seconds),
      Measurement("p99", rank(0.99), .seconds),
      Measurement("failed", Self.ratio(failed, failed + good.count), .fraction),
      Measurement("failed_requests", Double(failed), .count),
      Measurement("tries", Self.ratio(tries, requests), .ratio),
      Measurement("skew", skew, .ratio),
      Measurement("longest_line", Double(longestLine), .count),
      Measurement("turned_away", Double(turnedAway), .count),
      Measurement("sent_to_dead", Double(sentToDead), .count),
      Measurement("turns", Double(turns), .count),
      Measurement("ejections", Double(ejections), .count),
      Measurement("panic_picks", Double(panicPicks), .count),
      Measurement("checks", Double(checks) / duration.seconds, .perSecond),
      Measurement("doubled_writes", Double(doubled), .count),
      Measurement("lost_sessions", Double(lostSessions), .count),
      Measurement("misses", Self.ratio(misses, lookups), .fraction),
      Measurement("crossed", Self.ratio(crossed, tries), .fraction),
      Measurement("wasted", Double(wasted), .count),
    ]
  }

  var series: [TimeSeries] {
    let scale = 1 / Self.step.seconds
    func series(
      _ name: String, _ unit: Unit, _ style: TimeSeries.Style, _ value: (Step) -> Double?
    ) -> TimeSeries {
      TimeSeries(name, unit, style, step: Self.step, values: steps.map(value))
    }
    return [
      series("requests", .perSecond, .strip) { Double($0.requests) * scale },
      series("failed", .perSecond, .line) { Double($0.failed) * scale },
      series("slowest", .seconds, .line) { $0.slowest == 0 ? nil : Double($0.slowest) / 1e9 },
      series("longest line", .count, .line) { Double($0.longest) },
      series("busiest host", .fraction, .line) { step in
        let all = step.sent.reduce(0, +)
        return all == 0 ? nil : Double(step.sent.max() ?? 0) / Double(all)
      },
      series("hosts out", .fraction, .strip) { $0.out },
    ]
  }
}
