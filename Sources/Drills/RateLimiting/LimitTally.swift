import Kernel

/// What is counted in a run, in all and by steps of half a second.
struct LimitTally: Sendable {
  static let step = TimeSpan.milliseconds(500)

  struct Step: Sendable {
    var tries = 0
    var forwarded = 0
    var refused = 0
    var line = 0
    var slowest: Int64 = 0
  }

  private let duration: TimeSpan
  private var steps: [Step]
  private var requests = 0
  private var failures = 0
  private var honestTries = 0
  private var honestRefused = 0
  private var wronglyRefused = 0
  private var sheds = 0
  private var answerTimes: [Int64] = []
  private var backendTimes: [Int64] = []
  private var decisionTimes: [Int64] = []
  private(set) var refusedTries = 0
  private(set) var shedBefore = 0
  private(set) var forwardedTries = 0
  private(set) var finishedTries = 0
  var unreachable = 0
  var turnedAway = 0
  var fallbacks = 0
  var storeAnswers = 0
  var longestLine = 0

  init(_ settings: LimitSettings) {
    duration = settings.duration
    let count = Int((duration.nanoseconds - 1) / Self.step.nanoseconds) + 1
    steps = Array(repeating: Step(), count: count)
  }

  private func place(_ now: Instant) -> Int {
    min(steps.count - 1, Int(now.nanoseconds / Self.step.nanoseconds))
  }

  mutating func requested(isHonest: Bool) { if isHonest { requests += 1 } }

  mutating func tried(isHonest: Bool, at now: Instant) {
    steps[place(now)].tries += 1
    if isHonest { honestTries += 1 }
  }

  mutating func decided(after span: TimeSpan) { decisionTimes.append(span.nanoseconds) }

  mutating func refused(isHonest: Bool, isWrong: Bool, at now: Instant) {
    refusedTries += 1
    steps[place(now)].refused += 1
    guard isHonest else { return }
    honestRefused += 1
    if isWrong { wronglyRefused += 1 }
  }

  /// Turned away by a gateway that has too many in progress, or by the backend's full line.
  mutating func shed(isBefore: Bool) {
    sheds += 1
    if isBefore { shedBefore += 1 }
  }

  mutating func forwarded(at now: Instant) {
    forwardedTries += 1
    steps[place(now)].forwarded += 1
  }

  mutating func finished(after span: TimeSpan) {
    finishedTries += 1
    backendTimes.append(span.nanoseconds)
  }

  mutating func failed() { failures += 1 }

  mutating func succeeded(after span: TimeSpan, at now: Instant) {
    answerTimes.append(span.nanoseconds)
    steps[place(now)].slowest = max(steps[place(now)].slowest, span.nanoseconds)
  }

  mutating func close(at now: Instant, line: Int) {
    steps[place(now - .nanoseconds(1))].line = line
  }

  private static func p99(_ times: [Int64]) -> Double? {
    times.sorted().nearestRank(0.99).map { Double($0) / 1e9 }
  }

  private static func ratio(_ part: Int, _ whole: Int) -> Double? {
    whole == 0 ? nil : Double(part) / Double(whole)
  }

  func measurements(overLimit: Double, evictions: Int) -> [Measurement] {
    let span = duration.seconds
    let peak = Double(steps.map(\.forwarded).max() ?? 0) / Self.step.seconds
    return [
      Measurement("allowed_rate", Double(forwardedTries) / span, .perSecond),
      Measurement("refused_rate", Double(refusedTries) / span, .perSecond),
      Measurement("refused_honest", Self.ratio(honestRefused, honestTries), .fraction),
      Measurement("wrongly_refused", Self.ratio(wronglyRefused, honestTries), .fraction),
      Measurement("over_limit", overLimit, .ratio),
      Measurement("decision_p99", Self.p99(decisionTimes), .seconds),
      Measurement("fallbacks", Double(fallbacks), .count),
      Measurement("store_rate", Double(storeAnswers) / span, .perSecond),
      Measurement("evictions", Double(evictions), .count),
      Measurement("backend_peak", peak, .perSecond),
      Measurement("backend_line", Double(longestLine), .count),
      Measurement("backend_p99", Self.p99(backendTimes), .seconds),
      Measurement("p99_honest", Self.p99(answerTimes), .seconds),
      Measurement("failed_honest", Self.ratio(failures, requests), .fraction),
      Measurement("tries", Self.ratio(honestTries, requests), .ratio),
      Measurement("shed", Double(sheds), .count),
    ]
  }

  var series: [TimeSeries] {
    let scale = 1 / Self.step.seconds
    return [
      TimeSeries(
        "tries", .perSecond, .strip, step: Self.step,
        values: steps.map { Double($0.tries) * scale }),
      TimeSeries(
        "sent on", .perSecond, .line, step: Self.step,
        values: steps.map { Double($0.forwarded) * scale }),
      TimeSeries(
        "refused", .perSecond, .line, step: Self.step,
        values: steps.map { Double($0.refused) * scale }),
      TimeSeries(
        "in line", .count, .line, step: Self.step, values: steps.map { Double($0.line) }),
      TimeSeries(
        "slowest", .seconds, .line, step: Self.step,
        values: steps.map { $0.slowest == 0 ? nil : Double($0.slowest) / 1e9 }),
    ]
  }
}
