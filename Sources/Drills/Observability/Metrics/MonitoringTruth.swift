import Kernel

/// What clients really got, counted beside all monitoring, second by second.
struct MonitoringTruth: Sendable {
  /// A time in which too many requests went wrong.
  struct Outage: Sendable {
    /// When it began to go wrong.
    let onset: Instant
    /// When the share over the whole span rose above the bound, and fell below it again.
    let crossing: Instant
    var end: Instant?
  }

  /// What a look found.
  enum Change: Sendable {
    case began(Double)
    case ended(Outage)
  }

  private let above: Double
  private let span: Int
  private var good: [Int] = []
  private var bad: [Int] = []
  private var goodInSpan = 0
  private var badInSpan = 0
  private(set) var outages: [Outage] = []
  private(set) var latencies: [Int64] = []

  init(_ service: ServiceSettings) {
    above = service.harmAbove
    span = max(1, Int(service.harmSpan.seconds))
    let count = Int(service.duration.seconds) + 2
    good = Array(repeating: 0, count: count)
    bad = good
  }

  private func second(_ now: Instant) -> Int {
    min(good.count - 1, Int(now.nanoseconds / 1_000_000_000))
  }

  mutating func count(isGood: Bool, latency: TimeSpan?, at now: Instant) {
    if isGood { good[second(now)] += 1 } else { bad[second(now)] += 1 }
    if let latency { latencies.append(latency.nanoseconds) }
  }

  var requests: Int { good.reduce(0, +) + bad.reduce(0, +) }

  var badShare: Double? {
    requests == 0 ? nil : Double(bad.reduce(0, +)) / Double(requests)
  }

  /// The true value that 99 % of all answers did not exceed.
  var p99: Double? {
    latencies.sorted().nearestRank(0.99).map { Double($0) / 1e9 }
  }

  var mean: Double? {
    guard !latencies.isEmpty else { return nil }
    return latencies.reduce(0.0) { $0 + Double($1) / 1e9 } / Double(latencies.count)
  }

  /// The share of requests that went wrong in each step of so many seconds.
  func shares(step: Int) -> [Double?] {
    stride(from: 0, to: good.count - 2, by: step).map { start in
      let places = start..<min(start + step, good.count)
      let wrong = places.reduce(0) { $0 + bad[$1] }
      let all = places.reduce(wrong) { $0 + good[$1] }
      return all == 0 ? nil : Double(wrong) / Double(all)
    }
  }

  /// Takes in the second that has just passed.
  mutating func look(at now: Instant) -> Change? {
    let last = second(now) - 1
    guard last >= 0 else { return nil }
    goodInSpan += good[last]
    badInSpan += bad[last]
    if last >= span {
      goodInSpan -= good[last - span]
      badInSpan -= bad[last - span]
    }
    let all = goodInSpan + badInSpan
    // Before a whole span has passed the share says little.
    let ratio = all == 0 ? 0 : Double(badInSpan) / Double(max(all, expected(last)))
    let isIn = outages.last.map { $0.end == nil } ?? false
    if ratio > above, !isIn {
      outages.append(Outage(onset: onset(before: last), crossing: now))
      return .began(ratio)
    }
    if ratio <= above, isIn {
      outages[outages.count - 1].end = now
      return outages.last.map(Change.ended)
    }
    return nil
  }

  /// How many requests a whole span would have at the pace so far.
  private func expected(_ last: Int) -> Int {
    last + 1 >= span ? 0 : (goodInSpan + badInSpan) * span / (last + 1)
  }

  /// The second since which the most went wrong beyond what is borne, after the outage before.
  private func onset(before last: Int) -> Instant {
    let floor = outages.last?.end.map(second) ?? 0
    var excess = 0.0
    var most = 0.0
    var start = last
    for place in stride(from: last, through: floor, by: -1) {
      excess += Double(bad[place]) - above * Double(good[place] + bad[place])
      if excess > most {
        most = excess
        start = place
      }
    }
    return .zero + .seconds(Int64(start))
  }

  /// Whether somebody suffered around `now`.
  func explains(_ now: Instant) -> Bool {
    outages.contains { outage in
      now >= outage.onset && outage.end.map { now <= $0 } ?? true
    }
  }
}
