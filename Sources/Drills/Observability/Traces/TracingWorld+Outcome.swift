import Kernel
import Patterns
import Simulation

extension TracingWorld {
  mutating func outcome(at end: Instant) -> Outcome {
    // What waits is sent and decided about, so that the end of the run is no fault of the sampling.
    var dropped = 0
    for place in queues.indices {
      dropped += queues[place].droppedCount
      while queues[place].count > 0 {
        for span in queues[place].take(at: end) { take(span, at: end) }
      }
    }
    for decision in tail.decide(at: end + tail.policy.decisionWait) { settle(decision, at: end) }
    if made != store.spanCount + discarded + dropped {
      violated(
        "conserved", at: end,
        "\(made) spans made, \(store.spanCount) stored, \(discarded) thrown away, \(dropped) dropped"
      )
    }
    noteLost(at: end)
    return Outcome(
      measurements: measurements(dropped), series: [], verdicts: verdicts,
      trace: environment.trace, duration: settings.span("duration"))
  }

  private func isWhole(_ traceID: String) -> Bool {
    let services = store.spans(traceID).map(\.service)
    return TracingScenario.services.allSatisfy(services.contains)
  }

  private mutating func noteLost(at end: Instant) {
    let lost = requests.filter { $0.isFailed && !isWhole($0.traceID) }
    guard let first = lost.first else { return }
    environment.trace.record(
      at: end, "on-call", "no-trace",
      "failed requests without a whole trace: \(lost.count); the first is \(first.traceID)",
      weight: .harm, cause: lastFault)
  }

  private func measurements(_ dropped: Int) -> [Measurement] {
    let failed = requests.filter(\.isFailed)
    let kept = requests.count { !store.spans($0.traceID).isEmpty }
    let whole = failed.count { isWhole($0.traceID) }
    func share(_ part: Int, _ all: Int) -> Double? {
      all == 0 ? nil : Double(part) / Double(all)
    }
    return [
      Measurement("requests", Double(requests.count), .count),
      Measurement("failed_requests", Double(failed.count), .count),
      Measurement("kept", share(kept, requests.count), .fraction),
      Measurement("failed_kept", share(whole, failed.count), .fraction),
      Measurement("broken_traces", Double(store.ids.count { !isWhole($0) }), .count),
      Measurement("spans_made", Double(made), .count),
      Measurement("spans_stored", Double(store.spanCount), .count),
      Measurement("dropped_spans", Double(dropped), .count),
      Measurement("longest_queue", Double(longestQueue), .count),
      Measurement("traces_waiting", Double(mostWaiting), .count),
    ]
  }

  private var verdicts: [InvariantVerdict] {
    TracingScenario().invariants.map { invariant in
      let violation = violations.first { $0.name == invariant.name }
      return InvariantVerdict(
        invariant.name, violation.map { .violated(at: $0.at, witness: $0.witness) } ?? .holds)
    }
  }
}
