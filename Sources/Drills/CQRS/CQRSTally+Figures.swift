import Kernel

extension CQRSTally {
  static let metrics = [
    Metric("done", .count, "Commands that took effect, as their customers were told."),
    Metric("refused", .count, "Commands that a rule of the account refused."),
    Metric("given_up", .count, "Commands that met conflicts until their retries were used up."),
    Metric("conflicts", .count, "Appends that the store refused for a wrong expected version."),
    Metric("conflict_share", .fraction, "Conflicts among all loads by command handlers."),
    Metric("command_p99", .seconds, "99 % of commands were answered within this time."),
    Metric("events_per_load", .ratio, "Events read for each load of an aggregate, on average."),
    Metric("overdrawn", .count, "Accounts whose events added up to less than zero at some time."),
    Metric("duplicate_effects", .count, "Commands appended once more than wanted."),
    Metric("repeats", .count, "Submissions that the store recognised by the command's id."),
    Metric("wrong_refusals", .count, "Withdrawals refused although the account held the money."),
    Metric("own_reads", .count, "Reads that followed a command of the same customer."),
    Metric("stale_own_reads", .count, "Of those, how many did not show the customer's change."),
    Metric("backward_reads", .count, "Reads that showed an older state than an earlier read."),
    Metric("partial_reads", .count, "Reads from a table that was being filled at the time."),
    Metric("painted", .count, "Reads in which the client painted its own change over the answer."),
    Metric("read_p50", .seconds, "Half of all reads were shown within this time."),
    Metric("read_p99", .seconds, "99 % of all reads were shown within this time."),
    Metric("own_read_p99", .seconds, "99 % of reads after a command were shown within this time."),
    Metric("waits_ended", .count, "Reads that waited in vain and took what there was."),
    Metric("reads_failed", .count, "Reads without an answer."),
    Metric("lag_p99", .seconds, "99 % of events were in a view within this time of their append."),
    Metric("behind_peak", .count, "The most events that a view was behind the store."),
    Metric("rows_wrong", .count, "Rows at the end that are not what their events add up to."),
    Metric("rows_behind", .count, "Rows at the end that are right but old."),
    Metric("parked", .count, "Events put aside at the end, behind one that could not be read."),
    Metric("rebuild_time", .seconds, "From the start of a rebuild until its table had caught up."),
    Metric("mails_repeated", .count, "Mails that customers got a second time."),
    Metric("store_busy", .fraction, "The share of the store's slots that was in use."),
  ]

  /// The figures of the run, in the order of the scenario's metrics.
  func measurements(
    lags: [Int64], wrong: Int, behind: Int, parked: Int, storeBusy: Double
  ) -> [Measurement] {
    func count(_ name: String, _ value: Int) -> Measurement {
      Measurement(name, Double(value), .count)
    }
    func ratio(_ part: Int, _ whole: Int) -> Double? {
      whole == 0 ? nil : Double(part) / Double(whole)
    }
    return [
      count("done", done), count("refused", refused), count("given_up", givenUp),
      count("conflicts", conflicts),
      Measurement("conflict_share", ratio(conflicts, loads), .fraction),
      Measurement("command_p99", Self.quantile(commandTimes, 0.99), .seconds),
      Measurement("events_per_load", ratio(eventsLoaded, loads), .ratio),
      count("overdrawn", overdrawn.count), count("duplicate_effects", duplicates),
      count("repeats", repeats), count("wrong_refusals", wrongRefusals),
      count("own_reads", ownReads), count("stale_own_reads", staleOwnReads),
      count("backward_reads", backwardReads), count("partial_reads", partialReads),
      count("painted", painted),
      Measurement("read_p50", Self.quantile(readTimes, 0.5), .seconds),
      Measurement("read_p99", Self.quantile(readTimes, 0.99), .seconds),
      Measurement("own_read_p99", Self.quantile(ownTimes, 0.99), .seconds),
      count("waits_ended", waitsEnded), count("reads_failed", readsFailed),
      Measurement("lag_p99", Self.quantile(lags, 0.99), .seconds),
      count("behind_peak", peakBehind), count("rows_wrong", wrong), count("rows_behind", behind),
      count("parked", parked),
      Measurement("rebuild_time", rebuildTimes.max()?.seconds, .seconds),
      count("mails_repeated", mailsRepeated),
      Measurement("store_busy", storeBusy, .fraction),
    ]
  }

  /// The figures over time.
  var series: [TimeSeries] {
    let closed = steps.dropLast()
    func line(_ name: String, _ unit: Unit, _ style: TimeSeries.Style, _ value: (Step) -> Double)
      -> TimeSeries
    {
      TimeSeries(name, unit, style, step: Self.step, values: closed.map(value))
    }
    let tails = closed.indices.map { index -> Double? in
      let end = steps[index + 1].firstRead
      let begin = steps[index].firstRead
      return end > begin ? Self.quantile(Array(readTimes[begin..<end]), 0.99) : nil
    }
    return [
      line("commands done", .perSecond, .strip) { Double($0.done) / Self.step.seconds },
      line("events behind", .count, .line) { Double($0.behind) },
      line("conflicts", .perSecond, .line) { Double($0.conflicts) / Self.step.seconds },
      TimeSeries("read p99", .seconds, .line, step: Self.step, values: tails),
    ]
  }
}
