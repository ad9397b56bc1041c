import Kernel
import Patterns

/// What is counted in a run of the mesh.
struct MeshTally: Sendable {
  struct Step: Sendable {
    var requests = 0
    var good = 0
    var calls = 0
    var refusals = 0
    var waiting = 0
    var out = 0
  }

  /// Counts of one kind of client.
  struct Client: Sendable {
    var requests = 0
    var good = 0
    var failed = 0
  }

  let step: TimeSpan
  let duration: TimeSpan
  private(set) var steps: [Step]
  /// How long each ended request of the clients took, in nanoseconds.
  private(set) var times: [Int64] = []
  var clients = [Client(), Client(), Client(), Client()]
  /// Handshakes that failed, by reason.
  var refusals: [Int] = MutualTLS.Refusal.allCases.map { _ in 0 }
  var plaintext = 0
  var plaintextRefused = 0
  var denied = 0
  var noRoute = 0
  var noCluster = 0
  var noHealthyHost = 0
  var overflow = 0
  var panics = 0
  var stockCalls = 0
  var crossZone = 0
  var crossable = 0
  var retriesRefused = 0
  var ejections = 0
  var queuePeak = 0
  var ordersCalls = 0
  var canaryCalls = 0
  var canaryErrors = 0
  var stableErrors = 0
  var longestLife = TimeSpan.zero
  var lag = TimeSpan.zero
  /// Sidecars that show or trust the old root at the end, where the root is rotated.
  var oldRoots: Int?
  private(set) var hasFaulted = false
  private(set) var faultsEndedAt: Instant?

  init(_ settings: MeshSettings) {
    duration = settings.duration
    step = max(.milliseconds(500), TimeSpan(nanoseconds: settings.duration.nanoseconds / 240))
    steps = Array(
      repeating: Step(), count: Int((duration.nanoseconds - 1) / step.nanoseconds) + 1)
    times.reserveCapacity(Int(settings.rate * duration.seconds * 1.2))
  }

  private func place(_ now: Instant) -> Int {
    max(0, min(steps.count - 1, Int(now.nanoseconds / step.nanoseconds)))
  }

  mutating func arrived(_ client: MeshClient, at now: Instant) {
    clients[client.rawValue].requests += 1
    if client == .client { steps[place(now)].requests += 1 }
  }

  mutating func ended(
    _ client: MeshClient, began: Instant, isGood: Bool, at now: Instant
  ) {
    if isGood { clients[client.rawValue].good += 1 } else { clients[client.rawValue].failed += 1 }
    guard client == .client else { return }
    times.append((now - began).nanoseconds)
    if isGood { steps[place(now)].good += 1 }
  }

  mutating func refused(_ refusal: MutualTLS.Refusal, at now: Instant) {
    if let place = MutualTLS.Refusal.allCases.firstIndex(of: refusal) { refusals[place] += 1 }
    steps[place(now)].refusals += 1
  }

  mutating func stockCalled(at now: Instant) {
    stockCalls += 1
    steps[place(now)].calls += 1
  }

  mutating func faults(areInForce: Bool, at now: Instant) {
    hasFaulted = hasFaulted || areInForce
    faultsEndedAt = areInForce || !hasFaulted ? nil : now
  }

  mutating func close(at now: Instant, waiting: Int, out: Int) {
    let index = place(now - .nanoseconds(1))
    steps[index].waiting = waiting
    steps[index].out = out
  }

  func lastStep(before now: Instant) -> Step { steps[place(now - .nanoseconds(1))] }

  /// The figures of the run, in the order of the scenario's metrics.
  func measurements(goodAfter: Double?) -> [Measurement] {
    let sorted = times.sorted()
    func share(_ client: MeshClient) -> Double? {
      let counts = clients[client.rawValue]
      return ratio(counts.good, counts.good + counts.failed)
    }
    let requests = clients[0].requests
    return [
      Measurement("success", share(.client), .fraction),
      Measurement("failed", Double(clients[0].failed), .count),
      Measurement("success_after", goodAfter, .fraction),
      Measurement("p50", Self.quantile(sorted: sorted, 0.5), .seconds),
      Measurement("p99", Self.quantile(sorted: sorted, 0.99), .seconds),
      Measurement("batch_success", share(.batch), .fraction),
      Measurement("intruder_accepted", Double(clients[2].good), .count),
      Measurement("plaintext", Double(plaintext), .count),
      Measurement("plaintext_refused", Double(plaintextRefused), .count),
      Measurement("denied", Double(denied), .count),
      Measurement("handshakes_refused", Double(refusals.reduce(0, +)), .count),
      Measurement("expired", Double(refusals[0]), .count),
      Measurement("unknown_root", Double(refusals[2]), .count),
      Measurement("old_root", oldRoots.map(Double.init), .count),
      Measurement("no_route", Double(noRoute + noCluster), .count),
      Measurement("no_healthy_host", Double(noHealthyHost), .count),
      Measurement("overflow", Double(overflow), .count),
      Measurement("amplification", ratio(stockCalls, requests), .ratio),
      Measurement("retries_refused", Double(retriesRefused), .count),
      Measurement("ejections", Double(ejections), .count),
      Measurement("cross_zone", ratio(crossZone, crossable), .fraction),
      Measurement("queue_peak", Double(queuePeak), .count),
      Measurement("canary_share", ratio(canaryCalls, ordersCalls), .fraction),
      Measurement("canary_errors", Double(canaryErrors), .count),
      Measurement("certificate_life", longestLife.seconds, .seconds),
      Measurement("config_lag", lag == .zero ? nil : lag.seconds, .seconds),
    ]
  }

  /// The share of requests answered well in whole steps after the last fault.
  var successAfter: Double? {
    guard let end = faultsEndedAt else { return nil }
    let first = Int((end.nanoseconds + step.nanoseconds - 1) / step.nanoseconds)
    guard first < steps.count else { return nil }
    let rest = steps[first...]
    return ratio(rest.reduce(0) { $0 + $1.good }, rest.reduce(0) { $0 + $1.requests })
      .map { min(1, $0) }
  }

  /// The figures over time.
  var series: [TimeSeries] {
    let perSecond = 1 / step.seconds
    func line(_ name: String, _ unit: Unit, _ style: TimeSeries.Style, _ value: (Step) -> Double)
      -> TimeSeries
    {
      TimeSeries(name, unit, style, step: step, values: steps.map(value))
    }
    return [
      line("requests", .perSecond, .strip) { Double($0.requests) * perSecond },
      line("goodput", .perSecond, .line) { Double($0.good) * perSecond },
      line("calls at stock", .perSecond, .line) { Double($0.calls) * perSecond },
      line("handshakes refused", .count, .line) { Double($0.refusals) },
      line("waiting", .count, .line) { Double($0.waiting) },
      line("endpoints out", .count, .band) { Double($0.out) },
    ]
  }

  private func ratio(_ part: Int, _ whole: Int) -> Double? {
    whole == 0 ? nil : Double(part) / Double(whole)
  }

  private static func quantile(sorted: [Int64], _ q: Double) -> Double? {
    sorted.nearestRank(q).map { Double($0) / 1e9 }
  }
}

extension MeshTally {
  /// Requests and good answers between two instants, by whole steps.
  func steps(from start: Instant, to end: Instant) -> (requests: Int, good: Int) {
    let first = Int((start.nanoseconds + step.nanoseconds - 1) / step.nanoseconds)
    let last = min(steps.count, Int(end.nanoseconds / step.nanoseconds))
    guard first < last else { return (0, 0) }
    let window = steps[first..<last]
    return (window.reduce(0) { $0 + $1.requests }, window.reduce(0) { $0 + $1.good })
  }
}
