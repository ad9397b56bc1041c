import Kernel
import Patterns
import Simulation

/// A page: when it went out, what for, and when its alert was over.
struct MonitoringPage: Sendable {
  let at: Instant
  let labels: MetricLabels
  var event: Trace.ID?
  var endedAt: Instant?
}

/// What Prometheus does: scrape, evaluate, page.
extension MonitoringWorld {
  private func milliseconds(_ now: Instant) -> Int64 { now.nanoseconds / 1_000_000 }

  mutating func scrape(_ place: Int, at now: Instant) {
    guard environment.processes.runs(prometheus), death == nil else { return }
    let isAnswering = environment.processes.runs(NodeID(place))
    let samples = isAnswering ? registries[place].samples : nil
    targets[place].scraped(samples, &store, at: milliseconds(now))
    if let fault = registries[place].histogramFault { checks.violated("histogram", at: now, fault) }
    if !isAnswering { checkEnded(place, at: now) }
    runOutOfMemory(at: now)
  }

  /// After a scrape that failed nothing of the target may be seen any more.
  private mutating func checkEnded(_ place: Int, at now: Instant) {
    let engine = PromEngine(store, shortcut: service.shortcut)
    let query = "count({instance=\"api-\(place + 1)\",__name__!=\"up\"})"
    guard let expression = try? PromParser.expression(query),
      let found = try? engine.samples(expression, at: milliseconds(now)), let count = found.first
    else { return }
    checks.violated(
      "ended series", at: now,
      "\(GoText.plain(count.value)) series of api-\(place + 1) are seen, which cannot be scraped")
  }

  /// Prometheus dies when its series no longer fit; what it reads back when it starts does not fit
  /// either.
  private mutating func runOutOfMemory(at now: Instant) {
    let size = Double(store.seriesCount) * service.cardinality.seriesBytes
    guard size > service.cardinality.memory else { return }
    let died = environment.fail(
      prometheus, at: now,
      "\(store.seriesCount) series need \(Unit.bytes.text(size)), there are "
        + Unit.bytes.text(service.cardinality.memory), cause: nil)
    death = died.event
  }

  mutating func evaluate(at now: Instant, in queue: inout EventQueue<Event>) {
    evaluations += 1
    guard environment.processes.runs(prometheus), death == nil else {
      emptyEvaluations += 1
      signals.append(nil)
      return
    }
    let time = milliseconds(now)
    let changes = group.evaluate(&store, at: time)
    let signal = store.points(MetricLabels("signal")).last.flatMap { point in
      point.at == time && !SeriesStore.isStale(point.value) ? point.value : nil
    }
    signals.append(signal)
    if let signal, !signal.isNaN {
      lowestSignal = min(lowestSignal ?? signal, signal)
    } else {
      emptyEvaluations += 1
    }
    checkRates(at: now)
    for change in changes { take(change, at: now, in: &queue) }
  }

  /// No series of a counter has a negative rate, whatever was restarted.
  private mutating func checkRates(at now: Instant) {
    guard let query = rules?.lowestRate else { return }
    let engine = PromEngine(store, shortcut: service.shortcut)
    guard let lowest = try? engine.samples(query, at: milliseconds(now)).first?.value, lowest < 0
    else { return }
    checks.violated("rate", at: now, "a series has a rate of \(GoText.general(lowest))")
  }

  private mutating func take(
    _ change: AlertChange, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    switch change.event {
    case .firing:
      let value = group.active.first { $0.labels == change.labels }?.value ?? .nan
      let event = environment.trace.record(
        at: now, "prometheus", "paged",
        "\(change.labels["alertname"]) fires: the value is "
          + DecimalText.significant(value, digits: 3), cause: outageEvent ?? lastFault)
      pages.append(MonitoringPage(at: now, labels: change.labels, event: event))
      queue.schedule(.judgePage(Int32(pages.count - 1)), after: service.harmSpan)
    case .resolved:
      if let place = pages.lastIndex(where: { $0.labels == change.labels && $0.endedAt == nil }) {
        pages[place].endedAt = now
        environment.trace.record(
          at: now, "prometheus", "resolved", "\(change.labels["alertname"]) no longer fires",
          cause: pages[place].event)
      }
    case .pending, .dropped: break
    }
  }

  /// A page is false when nobody suffered around it.
  mutating func judge(_ number: Int, at now: Instant) {
    guard !truth.explains(pages[number].at) else { return }
    environment.trace.record(
      at: now, "on-call", "false-page",
      "the page of \(pages[number].at) was false: at most "
        + "\(Unit.fraction.text(service.harmAbove)) of the requests went wrong around it",
      weight: .harm, cause: pages[number].event)
  }

  /// What clients suffer, looked at every second.
  mutating func lookAtUsers(at now: Instant) {
    switch truth.look(at: now) {
    case .began(let ratio):
      outageEvent = environment.trace.record(
        at: now, "clients", "suffer",
        "\(Unit.fraction.text(ratio)) of the requests of the last \(service.harmSpan) failed or "
          + "took too long", weight: .harm, cause: lastFault)
      outageEvents.append(outageEvent)
    case .ended(let outage):
      let told = outageEvent
      outageEvent = nil
      environment.trace.record(
        at: now, "clients", "recover",
        "at most \(Unit.fraction.text(service.harmAbove)) of the requests go wrong",
        weight: .recovery, cause: told)
      guard rules != nil, detection(of: outage) == nil else { return }
      environment.trace.record(
        at: now, "on-call", "missed",
        "nobody was paged in the \(now - outage.onset) of the outage", weight: .harm,
        cause: death ?? told)
    case nil: break
    }
  }

  /// How long after the onset of an outage somebody was told; nil when nobody was.
  func detection(of outage: MonitoringTruth.Outage) -> TimeSpan? {
    let end = outage.end ?? .zero + service.duration
    for page in pages {
      let isOpen = page.at < outage.onset && (page.endedAt ?? end) > outage.onset
      if isOpen { return .zero }
      if page.at >= outage.onset, page.at <= end { return page.at - outage.onset }
    }
    return nil
  }
}
