import Kernel
import Patterns

/// The invariants of a run of the pods; the first violation of each is kept.
struct SidecarChecks: Sendable {
  static let all = [
    Invariant("conservation", "Every request ends once or is still under way at the end."),
    Invariant("order", "Containers start and stop in the order that is configured."),
    Invariant("connections", "Nobody has more connections than the database, or the pool, allows."),
    Invariant("lines", "Every line written was shipped, is kept, or was counted as lost."),
  ]

  private var found: [(name: String, at: Instant, witness: String)] = []

  var verdicts: [InvariantVerdict] {
    Self.all.map { invariant in
      let violation = found.first { $0.name == invariant.name }
      return InvariantVerdict(
        invariant.name, violation.map { .violated(at: $0.at, witness: $0.witness) } ?? .holds)
    }
  }

  mutating func violated(_ name: String, at now: Instant, _ witness: String) {
    if !found.contains(where: { $0.name == name }) { found.append((name, now, witness)) }
  }
}

/// What is counted in a run of the pods.
struct SidecarTally: Sendable {
  /// How a request can end.
  enum End: Int, Sendable, CaseIterable {
    case good, noPod, refused, cutOff, noConnection, failed, blocked, died
  }

  struct Step: Sendable {
    var requests = 0
    var good = 0
    var ready = 0
  }

  static let step = TimeSpan.milliseconds(500)

  private(set) var steps: [Step]
  private(set) var requests = 0
  private(set) var times: [Int64] = []
  private var ends = End.allCases.map { _ in 0 }
  var waits = 0
  var deaths = 0
  var connectionsPeak = 0
  private var linesLost = 0
  private var linesShipped = 0
  private(set) var hasFaulted = false
  private(set) var faultsEndedAt: Instant?
  private var errorRandom = RandomStream(seed: 1, name: "database/errors")
  let duration: TimeSpan

  init(_ settings: SidecarSettings) {
    duration = settings.duration
    steps = Array(
      repeating: Step(), count: Int((duration.nanoseconds - 1) / Self.step.nanoseconds) + 1)
  }

  private func place(_ now: Instant) -> Int {
    min(steps.count - 1, Int(now.nanoseconds / Self.step.nanoseconds))
  }

  var endedCount: Int { ends.reduce(0, +) }

  /// Whether the database answers a call with an error.
  mutating func fails(_ rate: Double) -> Bool { rate > 0 && errorRandom.chance(rate) }

  mutating func arrived(at now: Instant) {
    requests += 1
    steps[place(now)].requests += 1
  }

  mutating func ended(since start: Instant, _ how: End, at now: Instant) {
    ends[how.rawValue] += 1
    guard how == .good else { return }
    times.append((now - start).nanoseconds)
    steps[place(now)].good += 1
  }

  /// Counts the lines of an adapter; what is in its buffer when it goes is lost.
  mutating func retire(_ adapter: LogAdapter, isEnd: Bool = false) {
    linesLost += adapter.lost + (isEnd ? 0 : adapter.buffered)
    linesShipped += adapter.shipped
  }

  mutating func faults(areInForce: Bool, at now: Instant) {
    hasFaulted = hasFaulted || areInForce
    faultsEndedAt = areInForce || !hasFaulted ? nil : now
  }

  mutating func close(at now: Instant, ready: Int) {
    steps[place(now - .nanoseconds(1))].ready = ready
  }

  func lastStep(before now: Instant) -> Step { steps[place(now - .nanoseconds(1))] }

  /// The figures of the run, in the order of the scenario's metrics.
  var measurements: [Measurement] {
    let sorted = times.sorted()
    func count(_ end: End) -> Double { Double(ends[end.rawValue]) }
    return [
      Measurement(
        "success", endedCount == 0 ? nil : count(.good) / Double(endedCount), .fraction),
      Measurement("failed", Double(endedCount) - count(.good), .count),
      Measurement("refused", count(.refused) + count(.noPod), .count),
      Measurement("cut_off", count(.cutOff), .count),
      Measurement("no_connection", count(.noConnection), .count),
      Measurement("blocked", count(.blocked), .count),
      Measurement("p99", Self.quantile(sorted: sorted, 0.99), .seconds),
      Measurement("deaths", Double(deaths), .count),
      Measurement("ready_least", steps.map(\.ready).min().map(Double.init), .count),
      Measurement("connections_peak", Double(connectionsPeak), .count),
      Measurement("pool_waits", Double(waits), .count),
      Measurement("lines_shipped", Double(linesShipped), .count),
      Measurement("lines_lost", Double(linesLost), .count),
    ]
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
      line("pods ready", .count, .line) { Double($0.ready) },
    ]
  }

  private static func quantile(sorted: [Int64], _ q: Double) -> Double? {
    guard !sorted.isEmpty else { return nil }
    let rank = Int((q * Double(sorted.count)).rounded(.up)) - 1
    return Double(sorted[min(max(rank, 0), sorted.count - 1)]) / 1e9
  }
}
