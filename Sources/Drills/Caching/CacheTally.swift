import Kernel

/// What is counted in a run, in all and by steps of half a second.
struct CacheTally: Sendable {
  static let step = TimeSpan.milliseconds(500)

  struct Step: Sendable {
    var requests = 0
    var reads = 0
    var hits = 0
    var jobs = 0
    var line = 0
    var slowest: Int64 = 0
  }

  private(set) var steps: [Step]
  private var times: [Int64] = []
  private(set) var requests = 0
  private(set) var failures = 0
  private var reads = 0
  private var hits = 0
  private var keyReads = 0
  private var keyHits = 0
  private var jobs = 0
  var missingLoads = 0
  var longestLine = 0
  var sameKeyLoads = 0
  var staleReads = 0
  var lostWrites = 0
  var evictions = 0
  private let duration: TimeSpan

  init(_ settings: CachingSettings) {
    duration = settings.duration
    let count = Int((duration.nanoseconds - 1) / Self.step.nanoseconds) + 1
    steps = Array(repeating: Step(), count: count)
  }

  private func place(_ now: Instant) -> Int {
    min(steps.count - 1, Int(now.nanoseconds / Self.step.nanoseconds))
  }

  mutating func arrived(at now: Instant) {
    requests += 1
    steps[place(now)].requests += 1
  }

  mutating func read(isHit: Bool, isKey: Bool, at now: Instant) {
    reads += 1
    steps[place(now)].reads += 1
    if isKey { keyReads += 1 }
    guard isHit else { return }
    hits += 1
    steps[place(now)].hits += 1
    if isKey { keyHits += 1 }
  }

  /// The share of the reads of this half second, so far, that found nothing.
  func missShare(at now: Instant) -> Double {
    let step = steps[place(now)]
    return step.reads == 0 ? 0 : Double(step.reads - step.hits) / Double(step.reads)
  }

  mutating func jobSent(at now: Instant) {
    jobs += 1
    steps[place(now)].jobs += 1
  }

  mutating func ended(after span: TimeSpan, isGood: Bool, at now: Instant) {
    times.append(span.nanoseconds)
    if !isGood { failures += 1 }
    steps[place(now)].slowest = max(steps[place(now)].slowest, span.nanoseconds)
  }

  mutating func neverEnded() { failures += 1 }

  mutating func close(at now: Instant, line: Int) {
    steps[place(now - .nanoseconds(1))].line = line
  }

  func measurements() -> [Measurement] {
    let span = duration.seconds
    let last = steps.suffix(20)
    let sorted = times.sorted()
    func quantile(_ q: Double) -> Double? {
      sorted.nearestRank(q).map { Double($0) / 1e9 }
    }
    func ratio(_ part: Int, _ whole: Int) -> Double? {
      whole == 0 ? nil : Double(part) / Double(whole)
    }
    let peak = Double(steps.map(\.jobs).max() ?? 0) / Self.step.seconds
    return [
      Measurement("hit_ratio", ratio(hits, reads), .fraction),
      Measurement("hit_ratio_keys", ratio(keyHits, keyReads), .fraction),
      Measurement(
        "hit_ratio_end",
        ratio(last.reduce(0) { $0 + $1.hits }, last.reduce(0) { $0 + $1.reads }), .fraction),
      Measurement("origin_rate", Double(jobs) / span, .perSecond),
      Measurement("origin_peak", peak, .perSecond),
      Measurement("origin_line", Double(longestLine), .count),
      Measurement("same_key_loads", Double(sameKeyLoads), .count),
      Measurement("missing_rate", Double(missingLoads) / span, .perSecond),
      Measurement("p50", quantile(0.5), .seconds),
      Measurement("p99", quantile(0.99), .seconds),
      Measurement("error_rate", ratio(failures, requests), .fraction),
      Measurement("stale_reads", Double(staleReads), .count),
      Measurement("lost_writes", Double(lostWrites), .count),
      Measurement("evictions", Double(evictions), .count),
    ]
  }

  var series: [TimeSeries] {
    let scale = 1 / Self.step.seconds
    return [
      TimeSeries(
        "requests", .perSecond, .strip, step: Self.step,
        values: steps.map { Double($0.requests) * scale }),
      TimeSeries(
        "hit ratio", .fraction, .line, step: Self.step,
        values: steps.map { $0.reads == 0 ? nil : Double($0.hits) / Double($0.reads) }),
      TimeSeries(
        "origin", .perSecond, .line, step: Self.step,
        values: steps.map { Double($0.jobs) * scale }),
      TimeSeries(
        "in line", .count, .line, step: Self.step, values: steps.map { Double($0.line) }),
      TimeSeries(
        "slowest", .seconds, .line, step: Self.step,
        values: steps.map { Double($0.slowest) / 1e9 }),
    ]
  }
}
