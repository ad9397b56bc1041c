import Kernel

/// What is counted in a migration, and the invariants of it.
struct StranglerTally: Sendable {
  static let invariants = [
    Invariant("one system", "In a canary by user, a user who met the new system stays with it."),
    Invariant("mirror", "No write is copied in shadow unless the operator said so."),
    Invariant("flip", "The owner of the data changes only when nothing is on its way to it."),
    Invariant(
      "copy", "With a synchronisation that was flipped, both systems hold the same in the end."),
    Invariant(
      "rollback",
      "A rollback loses no payment when the data has a way back, before the flip or after it."
    ),
    Invariant("retired", "Nothing is answered by an old part that is gone."),
  ]

  static let metrics = [
    Metric("wrong_answers", .count, "Quotes by the new system that differ from the old one's."),
    Metric("exposed", .count, "Users who got such a quote."),
    Metric("compared", .count, "Answers of both systems that were compared in shadow."),
    Metric("differences", .count, "Compared answers that differed."),
    Metric("double_charges", .count, "Copies of payments that took effect in the new system."),
    Metric("double_effects", .count, "Copies of quotes that held goods a second time."),
    Metric("went_back", .count, "Requests in a canary that met the old system after the new one."),
    Metric("stale_reads", .count, "Balances shown that lacked a payment made before."),
    Metric("wrong_balances", .count, "Balances of the owner that are not what was paid in."),
    Metric("lost_euros", .count, "Euros that were paid in and that the owner does not hold."),
    Metric("apart", .count, "Balances that differ between the two systems at the end."),
    Metric("lag_max", .seconds, "The longest that a change waited to be carried over."),
    Metric("refused", .count, "Payments refused while the owner changed."),
    Metric("failed", .count, "Requests without an answer."),
    Metric("p99", .seconds, "99 % of requests were answered within this time."),
    Metric("by_new", .fraction, "The share of requests that the new system answered."),
    Metric("flips", .count, "How often the owner of the data changed."),
    Metric(
      "rolled_back", .count, "1 when a rollback was asked for and made, 0 when it was too late."),
    Metric("retired", .count, "1 when the old system is retired at the end."),
    Metric("migrated", .count, "1 when every route and the data are with the new system."),
  ]

  struct Step: Sendable {
    var requests = 0
    var byNew = 0
    var mismatches = 0
    var refused = 0
    var lag = TimeSpan.zero
    var moved = 0
  }

  static let step = TimeSpan.seconds(1)

  private(set) var steps: [Step]
  var requests = 0
  var byNew = 0
  var wrongAnswers = 0
  var exposed: Set<Int> = []
  var compared = 0
  var differences = 0
  var doubleCharges = 0
  var doubleEffects = 0
  var wentBack = 0
  var staleReads = 0
  var refused = 0
  var failed = 0
  var lagMax = TimeSpan.zero
  var times: [Int64] = []
  var lastFault: Trace.ID?
  var difference: Trace.ID?
  var rollback: Trace.ID?
  var missedWrite: Trace.ID?
  var isRolledBack: Bool?
  var checks = InvariantLog(invariants)

  init(_ settings: StranglerSettings) {
    steps = Array(
      repeating: Step(),
      count: Int((settings.duration.nanoseconds - 1) / Self.step.nanoseconds) + 1)
  }

  private func place(_ now: Instant) -> Int {
    min(steps.count - 1, Int(now.nanoseconds / Self.step.nanoseconds))
  }

  mutating func routed(toNew isNew: Bool, at now: Instant) {
    requests += 1
    steps[place(now)].requests += 1
    guard isNew else { return }
    byNew += 1
    steps[place(now)].byNew += 1
  }

  mutating func differed(at now: Instant) { steps[place(now)].mismatches += 1 }

  mutating func refusedPayment(at now: Instant) {
    refused += 1
    steps[place(now)].refused += 1
  }

  /// What stands at the end of a step.
  mutating func close(at now: Instant, lag: TimeSpan, moved: Int) {
    let index = place(now - .nanoseconds(1))
    steps[index].lag = lag
    steps[index].moved = moved
  }

  mutating func violated(_ name: String, at now: Instant, _ witness: String) {
    checks.violated(name, at: now, witness)
  }

  /// The figures, in the order of the metrics.
  func measurements(
    wrong: Int, lost: Int, apart: Int?, flips: Int, isRetired: Bool, isMigrated: Bool
  ) -> [Measurement] {
    func count(_ name: String, _ value: Int?) -> Measurement {
      Measurement(name, value.map(Double.init), .count)
    }
    return [
      count("wrong_answers", wrongAnswers), count("exposed", exposed.count),
      count("compared", compared), count("differences", differences),
      count("double_charges", doubleCharges), count("double_effects", doubleEffects),
      count("went_back", wentBack), count("stale_reads", staleReads),
      count("wrong_balances", wrong), count("lost_euros", lost), count("apart", apart),
      Measurement("lag_max", lagMax.seconds, .seconds),
      count("refused", refused), count("failed", failed),
      Measurement("p99", GroupTally.quantile(times, 0.99), .seconds),
      Measurement(
        "by_new", requests == 0 ? nil : Double(byNew) / Double(requests), .fraction),
      count("flips", flips), count("rolled_back", isRolledBack.map { $0 ? 1 : 0 }),
      count("retired", isRetired ? 1 : 0), count("migrated", isMigrated ? 1 : 0),
    ]
  }

  /// The figures over time.
  var series: [TimeSeries] {
    func line(
      _ name: String, _ unit: Unit, _ style: TimeSeries.Style, _ value: (Step) -> Double?
    ) -> TimeSeries {
      TimeSeries(name, unit, style, step: Self.step, values: steps.map(value))
    }
    return [
      line("requests", .perSecond, .strip) { Double($0.requests) / Self.step.seconds },
      line("served by the new system", .fraction, .line) {
        $0.requests == 0 ? nil : Double($0.byNew) / Double($0.requests)
      },
      line("mismatches in shadow", .count, .line) { Double($0.mismatches) },
      line("replication lag", .seconds, .line) { $0.lag.seconds },
      line("routes cut over", .count, .line) { Double($0.moved) },
      line("payments refused", .count, .band) { Double($0.refused) },
    ]
  }
}
