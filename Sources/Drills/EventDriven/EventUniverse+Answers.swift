import Kernel
import Patterns
import Simulation
import Verification

extension EventUniverse {
  mutating func take(_ answer: MessagingAnswer, from node: NodeID) {
    switch answer {
    case .committed(let event):
      record.committed(event, at: now)
      story.committed(event)
    case .rolledBack(let event): record.rolledBack.insert(event.id)
    case .published(let event):
      record.published[event.id] = record.published[event.id] ?? now
    case .ordered(let number, _): record.answered(number, at: now)
    case .unpublished(let event): story.unpublished(event, in: &cluster)
    case .relayed(let event):
      record.relayed += 1
      story.relayed(event, by: node, in: &cluster)
    case .asked: record.asked(at: now)
    case .handed(let event, let receives): handed(event, receives, to: node)
    case .begins(let event, let receives, let tag): beginWork(event, receives, tag, by: node)
    case .unreadable(let event):
      record.unreadable += 1
      story.unreadable(event, by: node, in: &cluster)
    case .stored(let event, let result, let worker): stored(event, result, by: worker)
    case .deadLettered(let event, let receives):
      story.deadLettered(event, receives: receives, in: node, of: &cluster)
    case .repeated(let event): story.repeated(event, by: node, in: &cluster)
    case .gaveUp(let event, _): story.gaveUp(event, in: &cluster)
    case .timedOut, .expired, .resurfaced, .confirmed, .refused, .retried: break
    }
  }

  private mutating func handed(_ event: DomainEvent, _ receives: Int, to worker: NodeID) {
    guard let subscriber = setup.workers.firstIndex(of: worker) else { return }
    record.handle(event.id, .received, at: now, by: subscriber)
    if receives > 1 { record.redeliveries += 1 }
  }

  private mutating func stored(
    _ event: DomainEvent, _ result: ConsumerDatabase.Result, by worker: NodeID
  ) {
    guard let subscriber = setup.workers.firstIndex(of: worker) else { return }
    switch result {
    case .applied(let ids):
      for id in ids {
        let isSecond = record.handle(id, .applied, at: now, by: subscriber)
        if isSecond { story.appliedAgain(id, at: subscriber, in: &cluster) }
        if record.rolledBack.contains(id) {
          story.ghost(event, at: subscriber, in: &cluster)
        }
      }
    case .superseded:
      if record.isNew(event.id, to: subscriber) {
        record.superseded += 1
        record.handle(event.id, .setAside, at: now, by: subscriber)
      }
    case .repeated: story.recognised(event, at: subscriber, in: &cluster)
    case .parked:
      record.parked += 1
      story.parked(event, at: subscriber, in: &cluster)
    case .needsSnapshot: break
    }
  }

  /// The orders table and each consumer's copy as they stand.
  private func tables() -> (owner: [Int: ServiceDatabase.Row], copies: [VersionedReplica?]) {
    var owner: [Int: ServiceDatabase.Row] = [:]
    if case .book(let part)? = cluster.participants[setup.book.index]?.role {
      owner = part.database.rows
    }
    let copies = setup.stores.map { node -> VersionedReplica? in
      guard case .store(let part)? = cluster.participants[node.index]?.role else { return nil }
      return part.database.replica
    }
    return (owner, copies)
  }

  /// What the run came to.
  mutating func outcome(_ invariants: [Invariant]) -> Outcome {
    let end = now
    let meters = record.meters(loadEnd: setup.loadEnd)
    let tables = tables()
    let setup = setup
    var findings = meters.findings(
      name: { "the event on order \($0.key ?? 0) committed at \($0.publishedAt)" },
      consumer: { setup.roster.name(setup.workers[$0]) })
    findings.append(EventFindings.everyRow(record))
    findings.append(EventFindings.noGhost(record))
    findings.append(EventFindings.converged(tables.owner, tables.copies, setup))
    story.tell(findings, in: &cluster)
    return Outcome(
      measurements: meters.measurements
        + record.measurements(EventFindings.stale(tables.owner, tables.copies)),
      series: meters.series(until: end) + record.series(until: end),
      verdicts: [InvariantVerdict](invariants.map(\.name), violation), findings: findings,
      trace: cluster.environment.trace, duration: end - .zero)
  }
}
