import Kernel

/// What is counted in a migration, and the invariants of it.
struct StranglerTally: Sendable {
  static let invariants = [
    Invariant("one system", "In a canary by user, a user who met the new system stays with it."),
    Invariant("mirror", "No write is copied in shadow unless the operator said so."),
    Invariant(
      "copy", "With a synchronisation that was flipped, both systems hold the same in the end."),
  ]

  static let metrics = [
    Metric("wrong_answers", .count, "Quotes by the new system that differ from the old one's."),
    Metric("compared", .count, "Answers of both systems that were compared in shadow."),
    Metric("differences", .count, "Compared answers that differed."),
    Metric("double_charges", .count, "Copies of payments that took effect in the new system."),
    Metric("went_back", .count, "Requests in a canary that met the old system after the new one."),
    Metric("stale_reads", .count, "Balances shown that lacked a payment made before."),
    Metric("wrong_balances", .count, "Balances of the owner that are not what was paid in."),
    Metric("lost_euros", .count, "Euros that were paid in and that the owner does not hold."),
    Metric("apart", .count, "Balances that differ between the two systems at the end."),
    Metric("refused", .count, "Payments refused while the owner changed."),
    Metric("failed", .count, "Requests without an answer."),
    Metric("p99", .seconds, "99 % of requests were answered within this time."),
    Metric("by_new", .fraction, "The share of requests that the new system answered."),
    Metric("flips", .count, "How often the owner of the data changed."),
    Metric("migrated", .count, "1 when every route and the data are with the new system."),
  ]

  var requests = 0
  var byNew = 0
  var wrongAnswers = 0
  var compared = 0
  var differences = 0
  var doubleCharges = 0
  var charges = 0
  var wentBack = 0
  var staleReads = 0
  var refused = 0
  var failed = 0
  var flips = 0
  var times: [Int64] = []
  var lastFault: Trace.ID?
  var difference: Trace.ID?
  var rollback: Trace.ID?
  private var found: [(name: String, at: Instant, witness: String)] = []

  mutating func violated(_ name: String, at now: Instant, _ witness: String) {
    if !found.contains(where: { $0.name == name }) { found.append((name, now, witness)) }
  }

  var verdicts: [InvariantVerdict] {
    Self.invariants.map { invariant in
      let violation = found.first { $0.name == invariant.name }
      return InvariantVerdict(
        invariant.name, violation.map { .violated(at: $0.at, witness: $0.witness) } ?? .holds)
    }
  }

  /// The figures, in the order of the metrics.
  func measurements(wrong: Int, lost: Int, apart: Int, isMigrated: Bool) -> [Measurement] {
    func count(_ name: String, _ value: Int) -> Measurement {
      Measurement(name, Double(value), .count)
    }
    return [
      count("wrong_answers", wrongAnswers), count("compared", compared),
      count("differences", differences), count("double_charges", doubleCharges),
      count("went_back", wentBack), count("stale_reads", staleReads),
      count("wrong_balances", wrong), count("lost_euros", lost), count("apart", apart),
      count("refused", refused), count("failed", failed),
      Measurement("p99", CQRSTally.quantile(times, 0.99), .seconds),
      Measurement(
        "by_new", requests == 0 ? nil : Double(byNew) / Double(requests), .fraction),
      count("flips", flips), count("migrated", isMigrated ? 1 : 0),
    ]
  }
}
