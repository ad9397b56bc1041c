import Kernel
import Patterns

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
    var out = 0
    var buffered = 0
  }

  static let step = TimeSpan.milliseconds(500)

  private(set) var steps: [Step]
  private(set) var requests = 0
  private(set) var times: [Int64] = []
  private var ends = End.allCases.map { _ in 0 }
  var waits = 0
  var deaths = 0
  var initFailures = 0
  var killed = 0
  var connectionsPeak = 0
  var tries = 0
  var retries = 0
  var retriesRefused = 0
  var ejections = 0
  var handshakesRefused = 0
  var probesFailed = 0
  var scrapesUnreadable = 0
  var rolloutBeganAt: Instant?
  var rolledOutAt: Instant?
  private var linesLost = 0
  private var linesShipped = 0
  private let isRollingOut: Bool

  init(_ settings: SidecarSettings) {
    isRollingOut = settings.isRollingOut
    steps = Array(
      repeating: Step(),
      count: Int((settings.duration.nanoseconds - 1) / Self.step.nanoseconds) + 1)
  }

  private func place(_ now: Instant) -> Int {
    min(steps.count - 1, Int(now.nanoseconds / Self.step.nanoseconds))
  }

  var endedCount: Int { ends.reduce(0, +) }

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

  mutating func close(at now: Instant, ready: Int, out: Int, buffered: Int) {
    let index = place(now - .nanoseconds(1))
    steps[index].ready = ready
    steps[index].out = out
    steps[index].buffered = buffered
  }

  func lastStep(before now: Instant) -> Step { steps[place(now - .nanoseconds(1))] }

  /// The figures of the run, in the order of the scenario's metrics.
  var measurements: [Measurement] {
    func count(_ name: String, _ value: Int) -> Measurement {
      Measurement(name, Double(value), .count)
    }
    func ended(_ end: End) -> Int { ends[end.rawValue] }
    let rollout = rolloutBeganAt.flatMap { began in rolledOutAt.map { ($0 - began).seconds } }
    return [
      Measurement(
        "success", endedCount == 0 ? nil : Double(ended(.good)) / Double(endedCount), .fraction),
      count("failed", endedCount - ended(.good)),
      count("refused", ended(.refused) + ended(.noPod)),
      count("cut_off", ended(.cutOff)),
      count("no_connection", ended(.noConnection)),
      count("blocked", ended(.blocked)),
      Measurement("p50", GroupTally.quantile(times, 0.5), .seconds),
      Measurement("p99", GroupTally.quantile(times, 0.99), .seconds),
      count("deaths", deaths), count("init_failures", initFailures), count("killed", killed),
      Measurement("ready_least", steps.map(\.ready).min().map(Double.init), .count),
      Measurement("rollout_time", rollout, .seconds),
      Measurement(
        "rolled_out", isRollingOut ? (rolledOutAt == nil ? 0 : 1) : nil, .count),
      count("probes_failed", probesFailed), count("connections_peak", connectionsPeak),
      count("pool_waits", waits),
      Measurement(
        "tries", requests == 0 ? nil : Double(tries) / Double(requests), .ratio),
      count("retries", retries), count("retries_refused", retriesRefused),
      count("ejections", ejections), count("handshakes_refused", handshakesRefused),
      count("lines_shipped", linesShipped), count("lines_lost", linesLost),
      count("scrapes_unreadable", scrapesUnreadable),
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
      line("instances taken out", .count, .band) { Double($0.out) },
      line("lines waiting", .count, .line) { Double($0.buffered) },
    ]
  }
}
