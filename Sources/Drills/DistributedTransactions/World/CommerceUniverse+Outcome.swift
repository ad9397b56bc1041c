import Kernel
import Patterns
import Simulation

extension CommerceUniverse {
  /// What the run came to, by an audit of the disks.
  mutating func outcome(_ invariants: [Invariant]) -> Outcome {
    var journals: [(service: NodeID, records: [DistributedRecord])] = []
    for service in CommerceSetup.services {
      journals.append((service, cluster.durable(service).records))
    }
    let audit = CommerceAudit(
      journals, record, order: cluster.family.order, setup: setup, end: now)
    let findings = audit.findings
    for finding in findings {
      guard case .violated(let witness) = finding.verdict else { continue }
      let kind = finding.guarantee.split { $0 == " " || $0 == "," }.joined(separator: "-")
      let fact = Fact("broken-\(kind)", witness.joined(separator: " "), weight: .harm)
      let cause = culprit(near: audit.firstWitness(of: finding.guarantee))
      cluster.record("audit", fact, cause: cause)
    }
    let copies = cluster.counts.copies
    return Outcome(
      measurements: CommerceFigures.measurements(
        audit, record, counts: cluster.family.counts, messages: copies, end: now),
      series: CommerceFigures.series(record, until: now),
      verdicts: [InvariantVerdict](invariants.map(\.name), violation), findings: findings,
      trace: cluster.environment.trace,
      duration: now - .zero)
  }

  /// The fault behind what befell a transaction that began then: the last one in force at the time
  /// or soon after, as far as anybody can tell.
  private func culprit(near start: Instant?) -> Trace.ID? {
    guard let start else { return nil }
    let events = cluster.environment.trace.events
    let place = events.lastIndex { $0.weight == .fault && $0.at <= start + .seconds(5) }
    return place.map(Trace.ID.init)
  }
}
