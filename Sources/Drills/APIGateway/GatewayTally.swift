import Kernel
import Patterns

/// What is counted in a run of the gateway.
struct GatewayTally: Sendable {
  static let step = TimeSpan.milliseconds(500)

  struct Step: Sendable {
    var requests = 0
    var good = 0
    var refused = 0
    var open = 0
  }

  struct Consumer: Sendable {
    var requests = 0
    var good = 0
    var ended = 0
  }

  private(set) var steps: [Step]
  private(set) var times: [Int64] = []
  private(set) var pageTimes: [Int64] = []
  var consumers = [Consumer(), Consumer(), Consumer()]
  var requests = 0
  var ended = 0
  var unauthenticated = 0
  var unknownKeys = 0
  var wrongDates = 0
  var noKeys = 0
  var throttled = 0
  var overloaded = 0
  var failed = 0
  var forgedTaken = 0
  var hits = 0
  var leaked = 0
  var partial = 0
  var pages = 0
  var calls = 0
  var fetches = 0
  var openPeak = 0
  var crowAdmitted = 0
  var stolenTaken = 0
  var revokedLate = TimeSpan.zero
  var keyLookups = 0
  var spoofed = 0
  var credentialsSeen = 0
  var canaryCalls = 0
  var canaryErrors = 0
  var flips = 0
  var insideTaken = 0
  private(set) var hasFaulted = false
  private(set) var faultsEndedAt: Instant?
  let duration: TimeSpan

  init(_ settings: GatewaySettings) {
    duration = settings.duration
    steps = Array(
      repeating: Step(), count: Int((duration.nanoseconds - 1) / Self.step.nanoseconds) + 1)
  }

  private func place(_ now: Instant) -> Int {
    min(steps.count - 1, Int(now.nanoseconds / Self.step.nanoseconds))
  }

  mutating func arrived(_ consumer: Int, _ sender: GatewaySender, at now: Instant) {
    requests += 1
    guard sender == .consumer else { return }
    consumers[consumer].requests += 1
    steps[place(now)].requests += 1
  }

  mutating func ended(_ visit: GatewayVisit, isGood: Bool, isRefused: Bool, at now: Instant) {
    ended += 1
    guard visit.sender == .consumer else {
      if visit.sender == .forger { forgedTaken += isGood ? 1 : 0 }
      return
    }
    consumers[visit.consumer].ended += 1
    if isRefused { steps[place(now)].refused += 1 }
    guard isGood else { return }
    consumers[visit.consumer].good += 1
    steps[place(now)].good += 1
    times.append((now - visit.arrivedAt).nanoseconds)
    if visit.match?.route == 2 { pageTimes.append((now - visit.arrivedAt).nanoseconds) }
  }

  mutating func faults(areInForce: Bool, at now: Instant) {
    hasFaulted = hasFaulted || areInForce
    faultsEndedAt = areInForce || !hasFaulted ? nil : now
  }

  mutating func close(at now: Instant, open: Int) {
    steps[place(now - .nanoseconds(1))].open = open
  }

  func lastStep(before now: Instant) -> Step { steps[place(now - .nanoseconds(1))] }

  /// The figures of the run, in the order of the scenario's metrics.
  func measurements(_ log: AccessLog) -> [Measurement] {
    let others = consumers[0].ended + consumers[1].ended
    let all = others + consumers[2].ended
    let good = consumers.reduce(0) { $0 + $1.good }
    let sorted = times.sorted()
    return [
      Measurement("success", ratio(good, all), .fraction),
      Measurement(
        "others_success", ratio(consumers[0].good + consumers[1].good, others), .fraction),
      Measurement("success_after", successAfter, .fraction),
      Measurement("p50", Self.quantile(sorted: sorted, 0.5), .seconds),
      Measurement("p99", Self.quantile(sorted: sorted, 0.99), .seconds),
      Measurement("page_p99", Self.quantile(sorted: pageTimes.sorted(), 0.99), .seconds),
      Measurement("partial", ratio(partial, pages), .fraction),
      Measurement("unauthenticated", Double(unauthenticated), .count),
      Measurement("unknown_keys", Double(unknownKeys), .count),
      Measurement("wrong_dates", Double(wrongDates), .count),
      Measurement("no_keys", Double(noKeys), .count),
      Measurement("throttled", Double(throttled), .count),
      Measurement("crow_rate", Double(crowAdmitted) / duration.seconds, .perSecond),
      Measurement("overloaded", Double(overloaded), .count),
      Measurement("failed", Double(failed), .count),
      Measurement("forged_taken", Double(forgedTaken), .count),
      Measurement("hits", ratio(hits, all), .fraction),
      Measurement("leaked", Double(leaked), .count),
      Measurement("calls", ratio(calls, requests), .ratio),
      Measurement("jwks_fetches", Double(fetches), .count),
      Measurement("open_peak", Double(openPeak), .count),
      Measurement("stolen_taken", Double(stolenTaken), .count),
      Measurement("revoked_late", revokedLate.seconds, .seconds),
      Measurement("key_lookups", Double(keyLookups), .count),
      Measurement("spoofed", Double(spoofed), .count),
      Measurement("credentials_seen", Double(credentialsSeen), .count),
      Measurement("inside_taken", Double(insideTaken), .count),
      Measurement("canary_calls", Double(canaryCalls), .count),
      Measurement("canary_errors", Double(canaryErrors), .count),
      Measurement("flips", Double(flips), .count),
      Measurement("log_rate", Double(log.keptCount) / duration.seconds, .perSecond),
      Measurement("errors_seen", ratio(log.keptErrorCount, log.errorCount), .fraction),
    ]
  }

  private var successAfter: Double? {
    guard let end = faultsEndedAt else { return nil }
    let first = Int((end.nanoseconds + Self.step.nanoseconds - 1) / Self.step.nanoseconds)
    guard first < steps.count else { return nil }
    let rest = steps[first...]
    return ratio(rest.reduce(0) { $0 + $1.good }, rest.reduce(0) { $0 + $1.requests })
      .map { min(1, $0) }
  }

  /// The figures over time.
  var series: [TimeSeries] {
    let perSecond = 1 / Self.step.seconds
    func line(_ name: String, _ unit: Unit, _ style: TimeSeries.Style, _ value: (Step) -> Double)
      -> TimeSeries
    {
      TimeSeries(name, unit, style, step: Self.step, values: steps.map(value))
    }
    return [
      line("requests", .perSecond, .strip) { Double($0.requests) * perSecond },
      line("goodput", .perSecond, .line) { Double($0.good) * perSecond },
      line("refused", .perSecond, .line) { Double($0.refused) * perSecond },
      line("held open", .count, .line) { Double($0.open) },
    ]
  }

  private func ratio(_ part: Int, _ whole: Int) -> Double? {
    whole == 0 ? nil : Double(part) / Double(whole)
  }

  private static func quantile(sorted: [Int64], _ q: Double) -> Double? {
    sorted.nearestRank(q).map { Double($0) / 1e9 }
  }
}
