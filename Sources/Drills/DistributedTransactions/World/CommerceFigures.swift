import Kernel
import Patterns

/// What a run measures.
enum CommerceFigures {
  static let metrics = [
    Metric("placed", .count, "Transactions that customers began."),
    Metric("committed", .count, "Transactions that ended with all their steps."),
    Metric("compensated", .count, "Sagas that ended with everything undone."),
    Metric("aborted", .count, "Transactions that two-phase commit decided against."),
    Metric("stuck", .count, "Transactions that wait for a person, or have no end."),
    Metric("turned_back", .count, "Sagas that gave up on a step that was not refused."),
    Metric("commit_p50", .seconds, "Median time from a customer's wish to the end, committed."),
    Metric("commit_p99", .seconds, "99th percentile of that time."),
    Metric(
      "torn", .count,
      "Ended transactions of which some steps stand and others do not, as the "
        + "audit of the disks finds."),
    Metric("double_effects", .count, "Steps that took effect, or were undone, too often."),
    Metric("double_charges", .count, "Those among them that touch money."),
    Metric("late_steps", .count, "Steps that took effect after they had been undone."),
    Metric("lost_updates", .count, "Records whose balance is not what the effects add up to."),
    Metric("overdrawn", .count, "Customers whose balance fell below zero."),
    Metric("dirty_reads", .count, "Reads of a balance that was taken back, without a mark."),
    Metric("pending_reads", .count, "Reads that were told that the record is pending."),
    Metric("reads", .count, "Reads that were answered."),
    Metric("in_doubt_max", .seconds, "The longest time from a service's promise to its decision."),
    Metric("lock_p99", .seconds, "99th percentile of that time: how long locks are held."),
    Metric("lock_timeouts", .count, "Prepares that waited too long for a record."),
    Metric("heuristic", .count, "Decisions that a prepared service took alone."),
    Metric("counter_p99", .seconds, "99th percentile of the time of a sale at the counter."),
    Metric("counter_max", .seconds, "The longest such time."),
    Metric("counter_open", .count, "Sales at the counter that were never answered."),
    Metric("messages", .count, "Messages on the network for each transaction, on average."),
  ]

  static func measurements(
    _ audit: CommerceAudit, _ record: CommerceRecord, counts: [String: Int], messages: Int,
    end: Instant
  ) -> [Measurement] {
    let outcomes = audit.accounts.map { $0.outcome(of: audit.method) }
    func count(_ name: String, _ value: Int) -> Measurement {
      Measurement(name, Double(value), .count)
    }
    func ended(_ outcome: TransactionOutcome) -> Int { outcomes.count { $0 == outcome } }
    let times = record.transactions.compactMap { placed -> TimeSpan? in
      guard placed.outcome == .committed, let end = placed.endedAt else { return nil }
      return end - placed.at
    }.sorted()
    let held = audit.promises.map(\.span).sorted()
    let sales = (record.saleTimes + record.sales.values.map { end - $0.at }).sorted()
    let repeated = audit.repeated
    let charges = repeated.count {
      $0.account.placed.transaction.steps[$0.step].work.service == CommerceSetup.payment
    }
    let average =
      record.transactions.isEmpty
      ? nil : Double(messages) / Double(record.transactions.count)
    return [
      count("placed", record.transactions.count), count("committed", ended(.committed)),
      count("compensated", ended(.compensated)), count("aborted", ended(.aborted)),
      count("stuck", audit.unended.count), count("turned_back", counts["turned-back"] ?? 0),
      Measurement("commit_p50", quantile(0.5, of: times), .seconds),
      Measurement("commit_p99", quantile(0.99, of: times), .seconds),
      count("torn", audit.torn.count),
      count("double_effects", repeated.count + audit.saleRepeats),
      count("double_charges", charges), count("late_steps", audit.late.count),
      count("lost_updates", audit.wrongBalances.count),
      count("overdrawn", audit.overdrawn.count), count("dirty_reads", audit.dirtyViews.count),
      count("pending_reads", record.views.count(where: \.view.isPending)),
      count("reads", record.views.count),
      Measurement("in_doubt_max", held.last?.seconds ?? 0, .seconds),
      Measurement("lock_p99", quantile(0.99, of: held) ?? 0, .seconds),
      count("lock_timeouts", counts["lock-timeout"] ?? 0),
      count("heuristic", counts["heuristic"] ?? 0),
      Measurement("counter_p99", quantile(0.99, of: sales), .seconds),
      Measurement("counter_max", sales.last?.seconds, .seconds),
      count("counter_open", record.sales.count),
      Measurement("messages", average, .count),
    ]
  }

  private static func quantile(_ share: Double, of sorted: [TimeSpan]) -> Double? {
    sorted.nearestRank(share)?.seconds
  }

  /// Transactions that end in each second, and the time they took.
  static func series(_ record: CommerceRecord, until end: Instant) -> [TimeSeries] {
    let seconds = Int(end.seconds.rounded(.up))
    var ended = [Double?](repeating: 0, count: seconds)
    var begun = [Double?](repeating: 0, count: seconds)
    var slowest = [Double?](repeating: nil, count: seconds)
    for placed in record.transactions {
      let start = Int(placed.at.seconds)
      if start < seconds { begun[start] = (begun[start] ?? 0) + 1 }
      guard placed.outcome == .committed, let end = placed.endedAt else { continue }
      let place = Int(end.seconds)
      guard place < seconds else { continue }
      ended[place] = (ended[place] ?? 0) + 1
      slowest[place] = max(slowest[place] ?? 0, (end - placed.at).seconds)
    }
    return [
      TimeSeries("slowest commit", .seconds, .line, step: .seconds(1), values: slowest),
      TimeSeries("committed", .perSecond, .strip, step: .seconds(1), values: ended),
      TimeSeries("begun", .perSecond, .strip, step: .seconds(1), values: begun),
    ]
  }
}
