import Kernel
import Patterns
import Simulation

extension LoggingWorld {
  private func search(_ query: LogQuery) -> LogSearchAnswer {
    isWords ? byWord.search(query) : byLabel.search(query)
  }

  mutating func outcome(at end: Instant) -> Outcome {
    let cause = LogQuery(
      labels: MetricLabels([("instance", "database")]), words: ["disk-full"])
    let user = LogQuery(words: ["user-7"])
    for query in [cause, user] where search(query).lines != stored.filter(query.fits) {
      violated("search", at: end, "a search for \(query.words.joined(separator: " ")) differs")
    }
    if written != stored.count + heldBack + refusedBytes + refusedStreams {
      violated("conserved", at: end, "\(written) lines written, \(stored.count) stored")
    }
    let found = search(cause).lines.count
    if found < causeLines {
      environment.trace.record(
        at: end, "on-call", "cause-missing",
        "a search finds \(found) of the \(causeLines) lines in which the database told its fault",
        weight: .harm, cause: stormEvent ?? lastFault)
    }
    let verdicts = LoggingScenario().invariants.map { invariant in
      let violation = violations.first { $0.name == invariant.name }
      return InvariantVerdict(
        invariant.name, violation.map { .violated(at: $0.at, witness: $0.witness) } ?? .holds)
    }
    return Outcome(
      measurements: measurements(found, search(user)), series: [], verdicts: verdicts,
      trace: environment.trace, duration: settings.span("duration"))
  }

  private func measurements(_ found: Int, _ user: LogSearchAnswer) -> [Measurement] {
    let text = Double(isWords ? byWord.textBytes : byLabel.textBytes)
    let index = Double(isWords ? byWord.indexBytes : byLabel.indexBytes)
    // An entry of the index is read as its eight bytes.
    let read =
      Double(user.bytesRead) + Double(user.entriesRead * WordIndexedLog.entryBytes)
    return [
      Measurement("lines", Double(written), .count),
      Measurement(
        "stored", written == 0 ? nil : Double(stored.count) / Double(written), .fraction),
      Measurement("held_back", Double(heldBack), .count),
      Measurement("refused_streams", Double(refusedStreams), .count),
      Measurement("refused_bytes", Double(refusedBytes), .count),
      Measurement(
        "cause_found", causeLines == 0 ? nil : Double(found) / Double(causeLines), .fraction),
      Measurement("streams", Double(isWords ? byWord.termCount : byLabel.streamCount), .count),
      Measurement("text_bytes", text, .bytes),
      Measurement("index_bytes", index, .bytes),
      Measurement("index_share", text == 0 ? nil : index / text, .ratio),
      Measurement("search_bytes", read, .bytes),
      Measurement("search_time", read / settings.number("scan.rate"), .seconds),
    ]
  }
}
