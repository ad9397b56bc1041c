import Kernel

/// Envoy's limit: every now and then it lets next to nothing through to measure the time of a call
/// without a line, and steers by that.
///
///     gradient = (minRTT + buffer) / present time, within 0.5 and 2
///     limit    = gradient x limit + sqrt(gradient x limit)
///
/// While it measures, the limit is `minConcurrency`: a service under load refuses calls then. Times
/// are percentiles of a window, not averages.
///
/// Source: github.com/envoyproxy/envoy source/extensions/filters/http/adaptive_concurrency/
/// controller/gradient_controller.cc @054694f9.
public struct MinRTTGradient: Sendable, Hashable {
  /// What it is told.
  public struct Options: Sendable, Hashable {
    /// The percentile that sums up a window, from 0 to 1.
    public var sampleAggregatePercentile = 0.5
    /// The greatest limit.
    public var maxConcurrencyLimit = 1_000
    /// How long a window is.
    public var concurrencyUpdateInterval = TimeSpan.milliseconds(100)
    /// The time between two measurements of the time without a line.
    public var interval = TimeSpan.seconds(60)
    /// Calls that such a measurement takes.
    public var requestCount = 50
    /// How much longer, by chance, the interval may be, as a share of it.
    public var jitter = 0.15
    /// The limit while it measures, and the least limit.
    public var minConcurrency = 3
    /// What is added to the measured time, as a share of it.
    public var buffer = 0.25

    /// Envoy's defaults; the two intervals have none and are those of its documentation's example.
    public init() {}
  }

  /// What it is told.
  public let options: Options
  /// The present limit.
  public private(set) var limit: Int
  /// The time of a call that met no line, as last measured.
  public private(set) var minRTT: TimeSpan?
  /// Whether it measures that time now.
  public private(set) var isMeasuring = true
  private var samples: [TimeSpan] = []
  private var deferredLimit: Int
  private var epoch = Instant.zero
  private var windowEnd: Instant
  private var nextMeasurement = Instant.distantFuture
  private var leastInRow = 0
  private var random: RandomStream

  /// A limit that begins by measuring.
  public init(
    _ options: Options = Options(), random: RandomStream = RandomStream(seed: 1, name: "envoy")
  ) {
    self.options = options
    self.random = random
    limit = options.minConcurrency
    deferredLimit = options.minConcurrency
    windowEnd = .zero + options.concurrencyUpdateInterval
  }

  /// Carries out what is due up to `now`: a window that ends, a measurement that begins.
  public mutating func advance(to now: Instant) {
    if !isMeasuring, now >= nextMeasurement { beginMeasuring(at: now) }
    guard !isMeasuring, now >= windowEnd else { return }
    while windowEnd <= now { windowEnd += options.concurrencyUpdateInterval }
    guard let minRTT, let present = summary() else { return }
    let buffered = minRTT.seconds * (1 + options.buffer)
    let gradient = max(0.5, min(2, buffered / max(1e-9, present.seconds)))
    let scaled = Double(limit) * gradient
    set(
      max(
        options.minConcurrency,
        min(options.maxConcurrencyLimit, Int(scaled + scaled.squareRoot()))), at: now)
  }

  /// Takes in a call that began at `begun` and was answered at `now`.
  public mutating func record(begun: Instant, at now: Instant) {
    advance(to: now)
    guard begun >= epoch else { return }
    samples.append(now - begun)
    guard isMeasuring, samples.count >= options.requestCount else { return }
    minRTT = summary()
    isMeasuring = false
    limit = max(options.minConcurrency, deferredLimit)
    let chance = options.jitter > 0 ? random.unit() * options.jitter : 0
    nextMeasurement = now + options.interval * (1 + chance)
    windowEnd = now + options.concurrencyUpdateInterval
  }

  private mutating func beginMeasuring(at now: Instant) {
    isMeasuring = true
    deferredLimit = limit
    limit = options.minConcurrency
    samples.removeAll(keepingCapacity: true)
    epoch = now
    leastInRow = 0
  }

  private mutating func summary() -> TimeSpan? {
    guard !samples.isEmpty else { return nil }
    let sorted = samples.sorted()
    samples.removeAll(keepingCapacity: true)
    let rank = Int((options.sampleAggregatePercentile * Double(sorted.count)).rounded(.up)) - 1
    return sorted[min(max(rank, 0), sorted.count - 1)]
  }

  /// Five windows in a row at the least limit may mean a wrong minRTT: it is measured again.
  private mutating func set(_ next: Int, at now: Instant) {
    let isLeast = limit == options.minConcurrency && next == options.minConcurrency
    leastInRow = isLeast ? leastInRow + 1 : 0
    limit = next
    if leastInRow >= 5 { beginMeasuring(at: now) }
  }
}
