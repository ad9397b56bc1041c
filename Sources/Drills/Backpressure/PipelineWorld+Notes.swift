import Kernel
import Patterns
import Simulation

/// Faults, and what the trace is told: the first of each kind of trouble in an episode.
extension PipelineWorld {
  mutating func note(fault: Trace.ID) { watch.lastFault = fault }

  mutating func faultsChanged(at now: Instant) {
    counts.faults(areInForce: !environment.active.isEmpty, at: now)
  }

  mutating func act(
    on change: WorldChange, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    switch change {
    case .crashed(let node): _ = empty(node.index)
    case .started(let node): comeBack(node.index, at: now, in: &queue)
    case .paused(let node): stages[node.index].isPaused = true
    case .resumed(let node):
      stages[node.index].isPaused = false
      let events = stages[node.index].held
      stages[node.index].held.removeAll()
      for event in events { handle(event, at: now, in: &queue) }
      sendOn(node.index, at: now, in: &queue)
      if node.index > 0 { take(node.index, at: now, in: &queue) }
    case .slowed, .clockChanged, .diskChanged, .linksChanged, .loadChanged, .errorsChanged: break
    }
  }

  mutating func noteHeld(at now: Instant) {
    guard watch[.held] == nil else { return }
    watch[.held] = environment.trace.record(
      at: now, "source", "source-slowed",
      "nobody has asked for more: items wait at the source", cause: watch.lastFault)
  }

  mutating func noteGrowth(_ stage: Int, at now: Instant) {
    let count = stages[stage].buffer.count
    guard watch[.growth] == nil, count >= 500, count * 10 >= settings.memory else { return }
    watch[.growth] = environment.trace.record(
      at: now, PipelineSettings.names[stage], "buffer-grows",
      "\(count) items wait in front of it, and the source does not know", weight: .harm,
      cause: watch.lastFault)
  }

  mutating func noteDropped(_ stage: Int, at now: Instant) {
    guard watch[.dropped] == nil else { return }
    watch[.dropped] = environment.trace.record(
      at: now, PipelineSettings.names[stage], "dropped",
      "its buffer of \(settings.design.buffer.capacity) is full, and an item is thrown away",
      weight: .harm, cause: watch.lastFault)
  }

  mutating func noteLost(_ place: String, at now: Instant) {
    guard watch[.lost] == nil else { return }
    watch[.lost] = environment.trace.record(
      at: now, "source", "lost", "an item for \(place) is lost: nobody takes it", weight: .harm,
      cause: watch.cause(.death, .held))
  }

  mutating func noteDeath(_ stage: Int, _ reason: String, lost: Int, at now: Instant) {
    guard watch[.death] == nil else { return }
    watch[.death] = environment.trace.record(
      at: now, PipelineSettings.names[stage], "died", "\(reason); \(lost) more are lost with it",
      weight: .harm, cause: watch.cause(.growth, .dropped))
  }

  private var inside: Int {
    stages.dropFirst().reduce(underWay) {
      $0 + $1.buffer.count + ($1.working == nil ? 0 : 1) + ($1.finished == nil ? 0 : 1)
    }
  }

  /// What is looked at every half second.
  mutating func look(at now: Instant, in queue: inout EventQueue<Event>) {
    counts.rates.append(
      Double(counts.delivered - counts.deliveredBefore) / PipelineCounts.step.seconds)
    for stage in 1...Self.last {
      counts.buffers[stage - 1].append(Double(stages[stage].buffer.count))
    }
    counts.waits.append(Double(waiting.count))
    counts.mostInside = max(counts.mostInside, inside)
    counts.deliveredBefore = counts.delivered
    if watch[.late] == nil, let age = counts.ages.last, age > 5_000_000_000 {
      watch[.late] = environment.trace.record(
        at: now, "sink", "stale",
        "items arrive that came into being \(TimeSpan.nanoseconds(age)) ago", weight: .harm,
        cause: watch.cause(.growth, .held))
    }
    let isQuiet = inside + waiting.count < 50
    if isQuiet, counts.faultsEndedAt != nil, counts.caughtUpAt == nil { counts.caughtUpAt = now }
    if isQuiet, watch.isInTrouble, environment.active.isEmpty, stages.allSatisfy({ !$0.isDown }) {
      environment.trace.record(
        at: now, "sink", "caught-up", "hardly anything waits any more", weight: .recovery,
        cause: watch.cause(.growth, .held, .death, .dropped))
      watch.end()
    }
    watchOn(every: PipelineCounts.step, for: settings.duration, in: &queue)
  }

  /// What came out of the run.
  mutating func outcome(at end: Instant) -> Outcome {
    let known = counts.delivered + counts.lost + waiting.count + inside
    if known != created.count {
      checks.violated("conservation", at: end, "\(created.count) came into being, \(known) known")
    }
    let step = PipelineCounts.step
    let buffers = (1...Self.last).map {
      TimeSeries(
        "before \(PipelineSettings.names[$0])", .count, .line, step: step,
        values: counts.buffers[$0 - 1])
    }
    return Outcome(
      measurements: measurements,
      series: [TimeSeries("delivered", .perSecond, .line, step: step, values: counts.rates)]
        + buffers
        + [TimeSeries("at the source", .count, .line, step: step, values: counts.waits)],
      verdicts: checks.verdicts, trace: environment.trace, duration: settings.duration)
  }

  private var measurements: [Measurement] {
    func count(_ name: String, _ value: Int) -> Measurement {
      Measurement(name, Double(value), .count)
    }
    let all = Double(max(1, created.count))
    let catchUp = counts.caughtUpAt.flatMap { at in
      counts.faultsEndedAt.map { max(0, (at - $0).seconds) }
    }
    return [
      Measurement(
        "throughput", Double(counts.delivered) / settings.duration.seconds, .perSecond),
      Measurement("lost", Double(counts.lost) / all, .fraction),
      count("lost_items", counts.lost), count("dropped", counts.dropped),
      count("deaths", counts.deaths),
      Measurement("latency_p50", GroupTally.quantile(counts.times, 0.5), .seconds),
      Measurement("latency_p99", GroupTally.quantile(counts.times, 0.99), .seconds),
      Measurement("age_p99", GroupTally.quantile(counts.ages, 0.99), .seconds),
      count("buffer_peak", counts.longest), count("inside_peak", counts.mostInside),
      count("waiting_peak", counts.mostWaiting),
      Measurement("held", Double(counts.held) / all, .fraction),
      Measurement(
        "requests_per_item",
        counts.delivered == 0 ? nil : Double(counts.requests) / Double(counts.delivered), .ratio),
      Measurement("time_to_catch_up", catchUp, .seconds),
    ]
  }
}
