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

/// Checks of a run that keep the first violation of each invariant.
protocol InvariantChecks: Sendable {
  /// What was found.
  var log: InvariantLog { get set }
}

extension InvariantChecks {
  /// What became of each invariant.
  var verdicts: [InvariantVerdict] { log.verdicts }

  /// Takes note of a violation, if it is the first of its kind.
  mutating func violated(_ name: String, at now: Instant, _ witness: String) {
    log.violated(name, at: now, witness)
  }
}

extension [InvariantVerdict] {
  /// What became of the invariants called `names` in a run that ends with the first violation.
  ///
  /// Raft's machines name theirs with a capital letter; a violation of what is not among `names`
  /// is told all the same.
  init(
    _ names: some Sequence<String>, _ broken: (at: Instant, violation: InvariantViolation)?
  ) {
    self = names.map { name in
      guard let broken, broken.violation.invariant.lowercased() == name.lowercased() else {
        return InvariantVerdict(name, .holds)
      }
      return InvariantVerdict(name, .violated(at: broken.at, witness: broken.violation.witness))
    }
    if let broken, !contains(where: \.isViolated) {
      append(
        InvariantVerdict(
          broken.violation.invariant,
          .violated(at: broken.at, witness: broken.violation.witness)))
    }
  }
}
