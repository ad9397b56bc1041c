import Kernel

/// The first violation of each invariant of a run.
struct InvariantLog: Sendable {
  private let all: [Invariant]
  private var found: [(name: String, at: Instant, witness: String)] = []

  init(_ all: [Invariant]) { self.all = all }

  var verdicts: [InvariantVerdict] {
    all.map { invariant in
      let violation = found.first { $0.name == invariant.name }
      return InvariantVerdict(
        invariant.name, violation.map { .violated(at: $0.at, witness: $0.witness) } ?? .holds)
    }
  }

  mutating func violated(_ name: String, at now: Instant, _ witness: @autoclosure () -> String) {
    if !found.contains(where: { $0.name == name }) { found.append((name, now, witness())) }
  }

  mutating func check(_ violation: InvariantViolation?, at now: Instant) {
    if let violation { violated(violation.invariant, at: now, violation.witness) }
  }
}
