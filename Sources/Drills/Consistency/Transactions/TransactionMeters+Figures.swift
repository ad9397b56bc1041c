import Kernel
import Patterns
import Verification

extension TransactionMeters {
  /// What each figure means.
  static let metrics: [Metric] = [
    Metric("committed", .count, "Transactions that clients were told are committed."),
    Metric("aborted", .count, "Attempts that ended with an error, deadlocks among them."),
    Metric("serialization_failures", .count, "Attempts that ended with 40001."),
    Metric("deadlocks", .count, "Deadlocks found."),
    Metric("retries", .count, "Attempts begun anew after an error."),
    Metric("given_up", .count, "Transactions that clients gave up, after retries if any."),
    Metric("unknown_outcomes", .count, "Commits that were never answered."),
    Metric("throughput", .perSecond, "Committed transactions a second, while clients began some."),
    Metric("latency_p50", .seconds, "Median time from the first BEGIN to the answered COMMIT."),
    Metric("latency_p99", .seconds, "99th percentile of that time."),
    Metric("latency_max", .seconds, "Longest of these times."),
    Metric("lock_waits", .count, "Statements that waited for another transaction."),
    Metric("wait_max", .seconds, "Longest wait of a statement for another transaction."),
    Metric(
      "lost_updates", .count,
      "Committed transactions that wrote a row which had changed since they read it."),
    Metric("read_skews", .count, "1 when some circle has one missed write (G-single), else 0."),
    Metric("write_skews", .count, "1 when some circle is a write skew, else 0."),
    Metric("anomalies", .count, "Kinds of anomalies that the checker found."),
    Metric(
      "lost_increments", .count,
      "Acknowledged increments that the counters do not show in the end (workload counter)."),
    Metric(
      "money_error", .count,
      "By how much the accounts together differ from the start in the end (workload transfer)."),
    Metric(
      "wrong_audits", .count,
      "Audits that saw another total than there is (workload transfer)."),
    Metric(
      "empty_shifts", .count,
      "Looks of clients at a shift in which nobody was on call (workload on-call)."),
  ]

  /// The figures, in the order of `metrics`.
  func measurements(_ anomalies: [TransactionAnomaly]?) -> [Measurement] {
    let times = done.map { $0.endedAt - $0.beganAt }.sorted()
    func count(_ name: String, _ value: Int?) -> Measurement {
      Measurement(name, value.map(Double.init), .count)
    }
    func time(_ name: String, _ share: Double) -> Measurement {
      Measurement(name, times.nearestRank(share)?.seconds, .seconds)
    }
    let kinds = anomalies.map { Set($0.map(\.kind)) }
    let lost = anomalies.map { found in
      found.filter { $0.kind == .lostUpdate }.reduce(0) { $0 + $1.transactions.count - 1 }
    }
    return [
      count("committed", done.count), count("aborted", aborts),
      count("serialization_failures", serializationFailures), count("deadlocks", deadlocks),
      count("retries", retries), count("given_up", givenUp),
      count("unknown_outcomes", unknown),
      Measurement("throughput", Double(done.count) / setup.duration.seconds, .perSecond),
      time("latency_p50", 0.5), time("latency_p99", 0.99), time("latency_max", 1),
      count("lock_waits", waits),
      Measurement("wait_max", longestWait.seconds, .seconds),
      count("lost_updates", lost),
      count("read_skews", kinds.map { $0.contains(.gSingle) ? 1 : 0 }),
      count("write_skews", kinds.map { $0.contains(.writeSkew) ? 1 : 0 }),
      count("anomalies", kinds?.count),
      count("lost_increments", setup.workload == .counter ? lostIncrements : nil),
      count("money_error", setup.workload == .transfer ? moneyError.map(abs) : nil),
      count("wrong_audits", setup.workload == .transfer ? wrongAudits.count : nil),
      count("empty_shifts", setup.workload == .onCall ? emptyLooks.count : nil),
    ]
  }

  /// A figure a second.
  var series: [TimeSeries] {
    func line(_ name: String, _ value: (Sample) -> Int) -> TimeSeries {
      TimeSeries(
        name, .count, .strip, step: .seconds(1), values: samples.map { Double(value($0)) })
    }
    return [
      line("committed", \.committed), line("aborted", \.aborted), line("waiting", \.waiting),
    ]
  }

  /// The values that the last reader found.
  private var finalValues: [Int]? {
    final?.map { row in if case .integer(let value) = row[0] { value } else { 0 } }
  }

  /// Acknowledged increments less what the counters show; undecided ones may count or not.
  var lostIncrements: Int? {
    guard let finalValues else { return nil }
    let acknowledged = done.reduce(0) { $0 + $1.writes.count }
    return max(0, acknowledged - finalValues.reduce(0, +))
  }

  /// What all accounts have in the end, less what they had at first.
  ///
  /// Each transfer, undecided ones too, moves money and makes none.
  var moneyError: Int? {
    finalValues.map { $0.reduce(0, +) - setup.rows * setup.firstValue }
  }

  /// Committed audits whose sum is not what there is.
  var wrongAudits: [Done] {
    done.filter { entry in
      entry.plan.rule == .look
        && entry.sights.values.reduce(0) { $0 + $1.value } != setup.rows * setup.firstValue
    }
  }

  /// Committed transactions that found nobody on call in a shift.
  var emptyLooks: [Done] {
    done.filter { entry in
      stride(from: 0, to: setup.rows - 1, by: 2).contains { first in
        entry.sights[first]?.value == 0 && entry.sights[first + 1]?.value == 0
      }
    }
  }

  /// The history with the last reader's transaction at its end.
  var operations: OperationHistory<ListTransaction> {
    let history = OperationHistory(history)
    guard self.history.closedAt == nil, let final else { return history }
    let steps: [ListTransaction.Step] = final.enumerated().map { row, columns in
      guard case .list(let log) = columns[1] else { return .read(key: .number(row), elements: []) }
      return .read(key: .number(row), elements: log.map { .number($0) })
    }
    let last = RecordedOperation(
      process: -1, action: ListTransaction(steps), outcome: .ok,
      invocation: history.eventCount, response: history.eventCount + 1)
    return OperationHistory(
      history.operations + [last], eventCount: history.eventCount + 2)
  }
}
