import Kernel

/// Requests of several groups (priorities, dependencies, tenants), counted over time.
///
/// A request is good when it was answered well; its time counts then. Steps are half a second.
struct GroupTally: Sendable {
  static let step = TimeSpan.milliseconds(500)

  let duration: TimeSpan
  let groupCount: Int
  private let stepCount: Int
  private var arrived: [Int]
  private var good: [Int]
  /// Requests of each group that ended badly.
  private(set) var failed: [Int]
  /// How long each good request of a group took, in nanoseconds, in the order they ended.
  private(set) var times: [[Int64]]
  /// How many times of all groups were known when each step began.
  private var allTimes: [Int64] = []
  private var firstTimes: [Int]
  private(set) var hasFaulted = false
  private(set) var faultsEndedAt: Instant?

  init(groups: Int, duration: TimeSpan) {
    self.duration = duration
    groupCount = groups
    stepCount = Int((duration.nanoseconds - 1) / Self.step.nanoseconds) + 1
    arrived = Array(repeating: 0, count: stepCount * groups)
    good = arrived
    failed = Array(repeating: 0, count: groups)
    times = Array(repeating: [], count: groups)
    firstTimes = Array(repeating: 0, count: stepCount)
  }

  private func place(_ now: Instant) -> Int {
    min(stepCount - 1, Int(now.nanoseconds / Self.step.nanoseconds))
  }

  mutating func requestArrived(_ group: Int, at now: Instant) {
    arrived[place(now) * groupCount + group] += 1
  }

  mutating func requestEnded(_ group: Int, began: Instant, isGood: Bool, at now: Instant) {
    guard isGood else {
      failed[group] += 1
      return
    }
    good[place(now) * groupCount + group] += 1
    times[group].append((now - began).nanoseconds)
    allTimes.append((now - began).nanoseconds)
  }

  mutating func faults(areInForce: Bool, at now: Instant) {
    hasFaulted = hasFaulted || areInForce
    faultsEndedAt = areInForce || !hasFaulted ? nil : now
  }

  /// Closes the step that ends at `now`.
  mutating func close(at now: Instant) {
    let index = place(now - .nanoseconds(1))
    if index + 1 < stepCount { firstTimes[index + 1] = allTimes.count }
  }

  /// Requests that came, and those answered well, in the step that ended last before `now`.
  func lastStep(before now: Instant) -> (arrived: Int, good: Int) {
    let index = place(now - .nanoseconds(1))
    return (sum(arrived, index), sum(good, index))
  }

  private func sum(_ counts: [Int], _ index: Int) -> Int {
    counts[(index * groupCount)..<((index + 1) * groupCount)].reduce(0, +)
  }

  var arrivedCount: Int { arrived.reduce(0, +) }
  var goodCount: Int { allTimes.count }
  var failedCount: Int { failed.reduce(0, +) }
  var goodput: Double { Double(goodCount) / duration.seconds }

  /// The share of ended requests that were answered well, of all groups or of one.
  func success(_ group: Int? = nil) -> Double? {
    let well = group.map { times[$0].count } ?? goodCount
    let badly = group.map { failed[$0] } ?? failedCount
    return well + badly == 0 ? nil : Double(well) / Double(well + badly)
  }

  /// The time within which a share `q` of the good answers came.
  func quantile(_ q: Double, _ group: Int? = nil) -> Double? {
    Self.quantile(group.map { times[$0] } ?? allTimes, q)
  }

  static func quantile(_ times: [Int64], _ q: Double) -> Double? {
    times.sorted().nearestRank(q).map { Double($0) / 1e9 }
  }

  /// The first whole step after the last fault ended.
  private var firstStepAfterFaults: Int? {
    guard let end = faultsEndedAt else { return nil }
    let width = Self.step.nanoseconds
    let first = Int((end.nanoseconds + width - 1) / width)
    return first < stepCount ? first : nil
  }

  /// Good answers a second from the end of the last fault on.
  var goodputAfter: Double? {
    guard let first = firstStepAfterFaults else { return nil }
    let rest = first..<stepCount
    return Double(rest.reduce(0) { $0 + sum(good, $1) })
      / (Double(rest.count) * Self.step.seconds)
  }

  /// From the end of the last fault to the first of three seconds in which at least 95 % of the
  /// requests were answered well.
  var timeToRecover: Double? {
    guard let first = firstStepAfterFaults, let end = faultsEndedAt else { return nil }
    var index = first
    while index + 6 <= stepCount {
      let some = index..<index + 6
      let came = some.reduce(0) { $0 + sum(arrived, $1) }
      let well = some.reduce(0) { $0 + sum(good, $1) }
      if Double(well) >= 0.95 * Double(came) {
        return max(0, (Instant.zero + Self.step * index - end).seconds)
      }
      index += 1
    }
    return nil
  }

  /// Requests, goodput and p99 over time.
  var series: [TimeSeries] {
    let scale = 1 / Self.step.seconds
    func rate(_ name: String, _ style: TimeSeries.Style, _ counts: [Int]) -> TimeSeries {
      TimeSeries(
        name, .perSecond, style, step: Self.step,
        values: (0..<stepCount).map { Double(sum(counts, $0)) * scale })
    }
    let tails = (0..<stepCount).map { index -> Double? in
      let end = index + 1 < stepCount ? firstTimes[index + 1] : allTimes.count
      let begin = firstTimes[index]
      return end > begin ? Self.quantile(Array(allTimes[begin..<end]), 0.99) : nil
    }
    return [
      rate("requests", .strip, arrived), rate("goodput", .line, good),
      TimeSeries("p99", .seconds, .line, step: Self.step, values: tails),
    ]
  }
}
