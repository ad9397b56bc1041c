import Kernel

/// The invariants of a run; the first violation of each is kept.
struct MonitoringChecks: Sendable {
  private var found: [(name: String, at: Instant, witness: String)] = []

  mutating func violated(_ name: String, at now: Instant, _ witness: String) {
    if !found.contains(where: { $0.name == name }) { found.append((name, now, witness)) }
  }

  var verdicts: [InvariantVerdict] {
    MonitoringScenario().invariants.map { invariant in
      let violation = found.first { $0.name == invariant.name }
      return InvariantVerdict(
        invariant.name, violation.map { .violated(at: $0.at, witness: $0.witness) } ?? .holds)
    }
  }
}
