import Kernel
import Patterns
import Simulation
import Verification

extension SQSUniverse {
  mutating func take(_ answer: MessagingAnswer, from node: NodeID, cause: Trace.ID?) {
    switch answer {
    case .confirmed(let number): meters.history.confirm(number, at: now)
    case .refused(let number): meters.history.refuse(number, at: now)
    case .retried(let number, let attempt):
      tally.retries += 1
      story.retried(number, attempt: attempt, by: node, in: &cluster)
    case .handed(let event, let receives): handed(event, receives, to: node)
    case .begins(let event, let receives, let tag): begin(event, receives, tag, by: node)
    case .stored(let event, let result, let worker):
      stored(event, result, by: worker, in: node)
    case .timedOut(let event, let receives):
      story.timedOut(event.id, receives: receives, in: node, of: &cluster)
    case .deadLettered(let event, let receives):
      let isPoison = setup.isPoison(event.id)
      tally.setAside.append(
        SQSTally.SetAside(number: event.id, receives: receives, isPoison: isPoison, at: now))
      story.deadLettered(
        event.id, receives: receives, isPoison: isPoison, in: node, of: &cluster)
    case .expired(let events, let isDead):
      tally.expired += events.count
      if let first = events.first {
        story.expired(
          first.id, count: events.count, isDead: isDead, in: node, of: &cluster)
      }
    case .resurfaced(let event): story.resurfaced(event.id, in: node, of: &cluster)
    case .repeated(let event): story.repeated(event.id, in: node, of: &cluster)
    case .gaveUp(let event, _): story.gaveUp(event.id, by: node, in: &cluster)
    case .published, .committed, .rolledBack, .ordered, .unpublished, .relayed, .asked,
      .unreadable:
      break
    }
  }

  private mutating func handed(_ event: DomainEvent, _ receives: Int, to worker: NodeID) {
    let subscription = setup.subscription(of: worker)
    meters.history.handle(
      event.id, .received, by: worker.index, subscription: subscription, at: now)
    tally.receipts.append(
      SQSTally.Receipt(
        place: SQSTally.Place(number: event.id, subscription: subscription), at: now))
    if receives > 1 { tally.redeliveries += 1 }
    story.handed(event.id, to: worker, at: subscription)
  }

  /// A worker begins to work: how long it takes is the message's and the attempt's.
  private mutating func begin(
    _ event: DomainEvent, _ receives: Int, _ tag: Int, by worker: NodeID
  ) {
    var random = RandomStream(seed: seed, name: "sqs/working/\(event.id)/\(receives)")
    let slowdown = cluster.environment.processes.slowdown(worker)
    let span = setup.work.sample(&random) * slowdown
    let end = now + span
    if now < setup.loadEnd { tally.busy = tally.busy + (min(end, setup.loadEnd) - now) }
    setAlarm(
      .work(worker, tag: tag, number: event.id, isGood: !setup.isPoison(event.id)), at: end)
  }

  private mutating func stored(
    _ event: DomainEvent, _ result: ConsumerDatabase.Result, by worker: NodeID, in store: NodeID
  ) {
    let subscription = setup.subscription(of: worker)
    switch result {
    case .applied:
      let isSecond = story.isApplied(event.id, at: subscription)
      meters.history.handle(
        event.id, .applied, by: worker.index, subscription: subscription, at: now)
      story.applied(
        event.id, isSecond: isSecond, by: worker, at: subscription, in: store, of: &cluster)
    case .repeated: story.recognised(event.id, in: store, at: subscription, of: &cluster)
    case .superseded, .parked, .needsSnapshot: break
    }
  }

  /// What the run came to.
  mutating func outcome(_ invariants: [Invariant]) -> Outcome {
    let end = now
    let window = min(end, setup.loadEnd) - Instant.zero
    let capacity = window.seconds * Double(setup.workers.count)
    let good = tally.setAside.count { !$0.isPoison }
    let own = [
      Measurement("receives_per_message", tally.receivesPerMessage, .ratio),
      Measurement("redeliveries", Double(tally.redeliveries), .count),
      Measurement("good_set_aside", Double(good), .count),
      Measurement("expired", Double(tally.expired), .count),
      Measurement("retries", Double(tally.retries), .count),
      Measurement(
        "idle_fraction", capacity > 0 ? max(0, 1 - tally.busy.seconds / capacity) : nil,
        .fraction),
    ]
    let setup = setup
    var findings = meters.findings(
      name: { "message \($0.number) of key \($0.key ?? 0)" },
      consumer: { setup.roster.names[$0] })
    findings.append(SQSFindings.onlyPoison(tally.setAside))
    let limit = setup.settings.integer("maxReceiveCount")
    if let finding = SQSFindings.receiveLimit(limit, tally.receipts) { findings.append(finding) }
    story.tellLosses(findings, in: &cluster)
    return Outcome(
      measurements: meters.measurements + own,
      series: meters.series(until: end, step: step),
      verdicts: [InvariantVerdict](invariants.map(\.name), violation), findings: findings,
      trace: cluster.environment.trace, duration: end - .zero)
  }

  /// About two hundred points a chart.
  private var step: TimeSpan { max(.seconds(1), (setup.end - .zero) / 200) }
}
