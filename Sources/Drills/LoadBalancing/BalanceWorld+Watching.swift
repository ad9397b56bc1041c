import Kernel
import Patterns
import Simulation

/// What is looked at every half second, and what came of the run.
extension BalanceWorld {
  mutating func look(at now: Instant, in queue: inout EventQueue<Event>) {
    var out = 0
    for front in fronts {
      for host in 0..<front.count {
        let isOut =
          front.condition(host) != .healthy || front.balancer.isTakenOut(host, at: now)
        if isOut { out += 1 }
      }
    }
    let known = fronts.reduce(0) { $0 + $1.count }
    tally.close(out: Double(out) / Double(max(1, known)))
    noteDrawn(at: now)
    noteRecovery(at: now)
    watchOn(every: BalanceTally.step, for: settings.duration, in: &queue)
  }

  /// A host gets far more than its share: because it fails fast, or because its key is hot.
  private mutating func noteDrawn(at now: Instant) {
    let step = tally.current
    let all = step.sent.reduce(0, +)
    let even = Double(all) / Double(max(1, fronts.first?.count ?? 1))
    guard all >= 20 else { return }
    for host in step.sent.indices where Double(step.sent[host]) > 2.5 * even {
      guard watch.drawn[host] == nil else { continue }
      let failed = min(step.failedTries[host], step.sent[host])
      let share = Unit.fraction.text(Double(step.sent[host]) / Double(all))
      let why =
        failed * 2 > step.sent[host]
        ? "; \(failed) of \(step.sent[host]) failed at once, so it seems to have the least to do"
        : ""
      watch.drawn[host] = environment.trace.record(
        at: now, environment.roster.names[host], "draws-load",
        "gets \(share) of all tries within half a second\(why)",
        weight: failed * 2 > step.sent[host] ? .harm : .change,
        cause: watch.trouble[host] ?? watch.lastFault)
    }
  }

  private mutating func noteRecovery(at now: Instant) {
    for host in instances.indices where instances[host].line.count == 0 {
      guard let told = watch.lines[host] else { continue }
      environment.trace.record(
        at: now, environment.roster.names[host], "line-empty", "nothing waits any more",
        weight: .recovery, cause: told)
      watch.lines[host] = nil
      watch.drawn[host] = nil
    }
    guard let failed = watch.failed, now - watch.lastFailure >= .seconds(2) else { return }
    environment.trace.record(
      at: now, "clients", "served", "no request has failed for 2 s", weight: .recovery,
      cause: failed)
    watch.failed = nil
    for host in watch.trouble.indices { watch.trouble[host] = nil }
  }

  /// What came of the run.
  mutating func outcome(at end: Instant) -> Outcome {
    audit(at: end)
    return Outcome(
      measurements: tally.measurements(doubled: carriedOut.count { $0 > 1 }),
      series: tally.series, verdicts: checks.verdicts, trace: environment.trace,
      duration: settings.duration)
  }

  /// Every request under way is at exactly one host, and every host holds calls that exist.
  private mutating func audit(at end: Instant) {
    for front in fronts where front.balancer.inflight != front.open.reduce(0, +) {
      checks.violated(
        "counts", at: end,
        "\(front.open.reduce(0, +)) under way, the balancer counts \(front.balancer.inflight)")
    }
  }
}
