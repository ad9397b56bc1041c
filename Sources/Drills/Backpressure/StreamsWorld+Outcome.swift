import Kernel
import Simulation

extension StreamsWorld {
  /// What came out of the run.
  mutating func outcome(at end: Instant) -> Outcome {
    if let since = stalledSince { stalledTime = stalledTime + (end - since) }
    let seconds = settings.duration.seconds
    let others = readers.dropFirst().map { Double($0.total) / seconds }
    let all = readers.reduce(0) { $0 + $1.total }
    let step = PipelineCounts.step
    let series = readers.indices.map { stream in
      TimeSeries(
        "reader-\(stream + 1)", .bytes, .line, step: step,
        values: totals.indices.map { index -> Double? in
          let before = index == 0 ? 0 : totals[index - 1][stream]
          return Double(totals[index][stream] - before) / step.seconds
        })
    }
    return Outcome(
      measurements: [
        Measurement("rate", Double(all) / seconds, .bytes),
        Measurement("rate_first", Double(readers[0].total) / seconds, .bytes),
        Measurement("rate_others", others.min(), .bytes),
        Measurement("used", Double(all) / seconds / settings.bandwidth, .fraction),
        Measurement("stalled", stalledTime.seconds / seconds, .fraction),
        Measurement("unread_peak", Double(mostBuffered), .bytes),
        Measurement("updates", Double(updates), .count),
      ],
      series: series, verdicts: checks.verdicts, trace: environment.trace,
      duration: settings.duration)
  }
}
