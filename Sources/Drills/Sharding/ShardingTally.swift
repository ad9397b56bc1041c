import Kernel

/// What a run of the sharding scenario counts.
struct ShardingTally: Sendable {
  /// A request that is over, as its client saw it.
  private struct Sample: Sendable {
    let microseconds: Int32
    let second: Int32
    let isMoving: Bool
    let isQuery: Bool
  }

  /// Requests before this instant warm things up and are not measured.
  let warmUp: Instant
  let end: Instant
  private let timeout: TimeSpan
  private var samples: [Sample] = []
  private(set) var sent = 0
  private(set) var good = 0
  private(set) var failed = 0
  private var callCount = 0
  private var operationCount = 0
  private var sentBySecond: [Double]
  private var goodBySecond: [Double]
  private var redirectsBySecond: [Double]
  private var missesBySecond: [Double]
  var hits = 0
  private(set) var misses = 0
  private(set) var fromMemory = 0
  private(set) var redirects = 0
  private(set) var redirectsWhileMoving = 0
  private(set) var finishedWhileMoving = 0
  var wrongReads = 0
  var staleReads = 0
  var lostWrites = 0
  var crossRefused = 0
  var partialUpdates = 0
  var moved = 0
  var movable = 0
  var moveBegan: Instant?
  var moveEnded: Instant?
  private(set) var violations: [(name: String, at: Instant, witness: String)] = []

  init(_ config: ShardingConfig) {
    warmUp = .zero + config.duration * 0.05
    end = .zero + config.duration
    timeout = config.timeout
    let seconds = Int(config.duration.seconds.rounded(.up)) + 1
    let zeros = [Double](repeating: 0, count: seconds)
    sentBySecond = zeros
    goodBySecond = zeros
    redirectsBySecond = zeros
    missesBySecond = zeros
  }

  func isMeasured(_ now: Instant) -> Bool { now >= warmUp && now <= end }

  private func second(_ now: Instant) -> Int? {
    let second = Int(now.nanoseconds / 1_000_000_000)
    return second < sentBySecond.count ? second : nil
  }

  mutating func arrived(at now: Instant) {
    if let second = second(now) { sentBySecond[second] += 1 }
    if isMeasured(now) { sent += 1 }
  }

  mutating func answeredFromMemory() { fromMemory += 1 }

  mutating func missed(at now: Instant) {
    if isMeasured(now) { misses += 1 }
    if let second = second(now) { missesBySecond[second] += 1 }
  }

  mutating func redirected(at now: Instant, isMoving: Bool) {
    if let second = second(now) { redirectsBySecond[second] += 1 }
    redirects += 1
    if isMoving { redirectsWhileMoving += 1 }
  }

  mutating func finished(
    _ operation: Operation, latency: TimeSpan, isGood: Bool, isMoving: Bool, at now: Instant
  ) {
    if isMoving { finishedWhileMoving += 1 }
    if isGood, let second = second(now) { goodBySecond[second] += 1 }
    guard operation.start >= warmUp else { return }
    if isGood { good += 1 } else { failed += 1 }
    // A client that gave up has waited for its whole timeout, one that was refused only that long.
    let seen = min(latency, timeout)
    samples.append(
      Sample(
        microseconds: Int32(seen.nanoseconds / 1_000),
        second: Int32(min(now, end).nanoseconds / 1_000_000_000), isMoving: isMoving,
        isQuery: operation.kind == .query))
  }

  /// Notes the first violation of each invariant.
  mutating func violate(_ name: String, _ witness: String, at now: Instant) {
    guard !violations.contains(where: { $0.name == name }) else { return }
    violations.append((name, now, witness))
  }

  /// Notes how many shards a request asked.
  mutating func fannedOut(_ calls: Int) {
    operationCount += 1
    callCount += calls
  }

  // MARK: Results

  /// Shards that a request asked, on average.
  var meanFanOut: Double? {
    operationCount > 0 ? Double(callCount) / Double(operationCount) : nil
  }

  /// The time that the share `q` of the measured requests took at most, in seconds.
  func quantile(_ q: Double, whileMoving: Bool = false, queriesOnly: Bool = false) -> Double? {
    let chosen = samples.filter { (!whileMoving || $0.isMoving) && (!queriesOnly || $0.isQuery) }
    return Self.quantile(q, of: chosen.map(\.microseconds))
  }

  private static func quantile(_ q: Double, of values: [Int32]) -> Double? {
    values.sorted().nearestRank(q).map { Double($0) / 1e6 }
  }

  /// Requests that were sent in the measured time and never came back.
  var unanswered: Int { max(0, sent - good - failed) }

  /// The length of the measured time in seconds.
  var measuredSeconds: Double { (end - warmUp).seconds }

  /// Misses in the busiest second after the warm-up.
  var peakMisses: Double { missesBySecond.dropFirst(Int(warmUp.seconds) + 1).max() ?? 0 }

  /// The figures over time.
  var series: [TimeSeries] {
    let step = TimeSpan.seconds(1)
    let count = sentBySecond.count - 1
    var bySecond = [[Int32]](repeating: [], count: count + 1)
    for sample in samples { bySecond[Int(sample.second)].append(sample.microseconds) }
    let tails = bySecond.prefix(count).map { Self.quantile(0.99, of: $0) }
    let moving: [Double?] = (0..<count).map { second in
      guard let began = moveBegan, let ended = moveEnded ?? Optional(end) else { return 0 }
      let start = Instant(nanoseconds: Int64(second) * 1_000_000_000)
      return began < start + step && ended > start ? 1 : 0
    }
    var lines = [
      TimeSeries("p99", .seconds, .line, step: step, values: Array(tails)),
      TimeSeries(
        "requests", .perSecond, .strip, step: step, values: sentBySecond.prefix(count).map { $0 }),
      TimeSeries(
        "answered", .perSecond, .strip, step: step, values: goodBySecond.prefix(count).map { $0 }),
    ]
    if moveBegan != nil {
      lines.append(TimeSeries("moving", .count, .band, step: step, values: moving))
    }
    if redirects > 0 {
      lines.append(
        TimeSeries(
          "redirects", .perSecond, .strip, step: step,
          values: redirectsBySecond.prefix(count).map { $0 }))
    }
    if misses > 0 {
      lines.append(
        TimeSeries(
          "misses", .perSecond, .strip, step: step, values: missesBySecond.prefix(count).map { $0 })
      )
    }
    return lines
  }
}
