import Histogram
import Kernel
import Patterns

/// What a run counts.
///
/// Memory is bounded: histograms for latencies, a fixed number of chart points, a
/// fixed number of spans; nothing grows with the number of requests.
struct Meters: ~Copyable {
  /// Latencies in microseconds, to three digits, up to an hour.
  typealias Latencies = Histogram<UInt32>

  /// Counts of one call.
  struct CallMeter {
    var attempts = 0
    var succeeded = 0
    var failed = 0
    var timedOut = 0
    var retries = 0
    var hedges = 0
    var fallbacks = 0
    var breakerRefusals = 0
    var bulkheadRefusals = 0
    var latency = Meters.latencies(.two)
  }

  /// A stretch of a sampled request at one instance.
  struct Span: Sendable, Hashable {
    /// The instance's number.
    let station: Int
    /// When the call was sent.
    let sent: Instant
    /// When work on it began.
    let began: Instant
    /// When the instance was done with it.
    let ended: Instant
    /// Whether it succeeded.
    let succeeded: Bool
  }

  static let points = 60
  static let spanCapacity = 4_096

  let tick: TimeSpan
  let warmUp: Instant
  let calls: Table<CallMeter>
  var latency = Meters.latencies(.three)

  /// Successes and failures of each operation, after the warm-up.
  struct OperationMeter {
    var succeeded = 0
    var failed = 0
    var latency = Meters.latencies(.two)
  }

  var operations: [OperationMeter]
  /// From when on nothing is wrong any more; nil when nothing ever was.
  let calmFrom: Instant?
  var calmSucceeded = 0
  var calmFailed = 0

  // Requests of clients: all, and those that came after the warm-up.
  var came = 0
  var measured = 0
  var succeeded = 0
  var failed = 0
  var degraded = 0
  var underWay = 0
  var gaveUp = 0

  var expired = 0
  var wastedVisits = 0
  var coalesced = 0
  var lostAsync = 0

  var spans: [Span] = []
  private var sampleEvery = 64
  private var untilSample = 1

  // The current point of the charts.
  private var pointSucceeded = 0
  private var pointFailed = 0
  private var pointLatency = Meters.latencies(.two)
  /// The requests that have failed, and all that have ended, since the last point of the charts.
  var endedInPoint: (failed: Int, ended: Int) { (pointFailed, pointFailed + pointSucceeded) }
  private(set) var goodput: [Double?] = []
  private(set) var failures: [Double?] = []
  private(set) var p99: [Double?] = []
  /// For each component the share of places in use, point by point.
  var use: [[Double?]]
  /// For each component how many calls wait, point by point.
  var waiting: [[Double?]]

  init(_ design: Blueprint, operations count: Int, calmFrom: Instant?) {
    self.calmFrom = calmFrom
    operations = Array(repeating: OperationMeter(), count: count)
    tick = TimeSpan(nanoseconds: max(1, design.duration.nanoseconds / Int64(Self.points)))
    warmUp = .zero + design.warmUp
    calls = Table(design.calls.map { _ in CallMeter() })
    use = Array(repeating: [], count: design.components.count)
    waiting = Array(repeating: [], count: design.components.count)
  }

  static func latencies(_ digits: SignificantDigits) -> Latencies {
    Latencies(
      lowestDiscernibleValue: 1, highestTrackableValue: 3_600_000_000,
      numberOfSignificantValueDigits: digits)
  }

  /// Whether spans of the next request are kept: evenly spread, fewer the longer the run.
  mutating func isSampled() -> Bool {
    untilSample -= 1
    guard untilSample == 0 else { return false }
    if spans.count > Self.spanCapacity / 2 { sampleEvery *= 2 }
    untilSample = sampleEvery
    return spans.count < Self.spanCapacity
  }

  mutating func span(_ visit: Visit, station: Int, at now: Instant) {
    guard visit.flags.contains(.sampled), spans.count < Self.spanCapacity else { return }
    spans.append(
      Span(
        station: station, sent: visit.sent, began: visit.began, ended: now,
        succeeded: visit.flags.contains(.succeeded)))
  }

  @inline(__always) mutating func requestCame(_ visit: Visit) {
    came += 1
    underWay += 1
    if visit.flags.contains(.measured) { measured += 1 }
  }

  mutating func requestEnded(_ visit: Visit, succeeded isSuccess: Bool, at now: Instant) {
    underWay -= 1
    let took = UInt64((now - visit.sent).nanoseconds / 1_000)
    if isSuccess {
      pointSucceeded += 1
      pointLatency.record(took)
    } else {
      pointFailed += 1
    }
    guard visit.flags.contains(.measured) else { return }
    if let calmFrom, visit.sent >= calmFrom {
      if isSuccess { calmSucceeded += 1 } else { calmFailed += 1 }
    }
    let operation = Int(visit.operation)
    if isSuccess {
      operations[operation].succeeded += 1
      operations[operation].latency.record(took)
    } else {
      operations[operation].failed += 1
    }
    if isSuccess {
      succeeded += 1
      latency.record(took)
      if visit.flags.contains(.degraded) { degraded += 1 }
    } else {
      failed += 1
      if visit.deadline <= now { gaveUp += 1 }
    }
  }

  @inline(__always)
  mutating func callEnded(_ call: Int, _ failure: CallFailure?, _ took: TimeSpan) {
    guard let failure else {
      calls[call].succeeded += 1
      calls[call].latency.record(UInt64(took.nanoseconds / 1_000))
      return
    }
    calls[call].failed += 1
    if failure == .timedOut { calls[call].timedOut += 1 }
  }

  /// Closes the current point of the charts of requests.
  mutating func closePoint() {
    let seconds = tick.seconds
    goodput.append(Double(pointSucceeded) / seconds)
    failures.append(Double(pointFailed) / seconds)
    p99.append(
      pointLatency.totalCount == 0 ? nil : Double(pointLatency.valueAtPercentile(99)) / 1e6)
    pointSucceeded = 0
    pointFailed = 0
    pointLatency.reset()
  }
}
