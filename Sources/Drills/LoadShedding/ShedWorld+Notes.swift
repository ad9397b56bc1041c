import Kernel
import Patterns
import Simulation

/// What the trace is told: the first of each kind of trouble in an episode.
extension ShedWorld {
  mutating func noteLine(at now: Instant) {
    guard watch[.line] == nil, let oldest = line.oldest(at: now), oldest * 2 > settings.patience
    else { return }
    watch[.line] = environment.trace.record(
      at: now, "server", "line-stands",
      "\(line.count) calls wait, the oldest for \(oldest); callers wait \(settings.patience)",
      weight: .harm, cause: watch.lastFault)
  }

  mutating func noteFull(at now: Instant) {
    guard watch[.full] == nil else { return }
    watch[.full] = environment.trace.record(
      at: now, "server", "line-full", "\(line.count) calls wait, and more are refused",
      cause: watch.lastFault)
  }

  mutating func noteShed(_ call: ShedCall, at now: Instant) {
    guard watch[.shed] == nil else { return }
    watch[.shed] = environment.trace.record(
      at: now, "server", "sheds",
      "\(limiter.inFlight) calls are inside, the limit is \(limiter.limit): a call of "
        + "\(ShedSettings.clientNames[call.client]) is refused", cause: watch.lastFault)
  }

  mutating func noteThrottle(_ client: Int, at now: Instant) {
    guard watch[.throttled] == nil, let throttle = throttles[client] else { return }
    watch[.throttled] = environment.trace.record(
      at: now, ShedSettings.clientNames[client], "throttles",
      "\(throttle.accepts) of \(throttle.requests) requests were accepted: the client refuses "
        + "\(Unit.fraction.text(throttle.probability)) itself",
      cause: watch.cause(.shed, .timedOut))
  }

  mutating func noteTimeout(_ call: ShedCall, at now: Instant) {
    guard watch[.timedOut] == nil else { return }
    let place = call.begunAt != nil ? "it is being worked on" : "it waits in line"
    watch[.timedOut] = environment.trace.record(
      at: now, ShedSettings.clientNames[call.client], "timed-out",
      "a call is given up after \(now - call.sentAt); \(place)", weight: .harm,
      cause: watch.cause(.line, .full))
  }

  /// What is looked at every half second.
  mutating func look(at now: Instant, in queue: inout EventQueue<Event>) {
    tally.close(at: now)
    let step = tally.lastStep(before: now)
    let sent = counts.sent - counts.sentBefore
    counts.sentBefore = counts.sent
    counts.limits.append(
      limiter.limit < 100_000 ? Double(limiter.limit) : nil)
    counts.lines.append(Double(line.count))
    noteStorm(sent: sent, requests: step.arrived, at: now)
    if watch[.waste] == nil, counts.recentWork >= 10, counts.recentWaste * 2 > counts.recentWork {
      watch[.waste] = environment.trace.record(
        at: now, "server", "serving-the-dead",
        "\(counts.recentWaste) of \(counts.recentWork) calls were worked on for callers that had "
          + "given up", weight: .harm, cause: watch.cause(.timedOut, .line))
    }
    noteCollapse(arrived: step.arrived, good: step.good, at: now)
    counts.recentWork = 0
    counts.recentWaste = 0
    watchOn(every: GroupTally.step, for: settings.duration, in: &queue)
  }

  private mutating func noteStorm(sent: Int, requests: Int, at now: Instant) {
    guard watch[.storm] == nil, requests >= 10, sent >= requests * 2 else { return }
    watch[.storm] = environment.trace.record(
      at: now, "server", "retry-storm",
      "\(Unit.ratio.text(Double(sent) / Double(requests))) calls come for each request",
      weight: .harm, cause: watch.cause(.waste, .timedOut, .shed))
  }

  private mutating func noteCollapse(arrived: Int, good: Int, at now: Instant) {
    guard arrived > 0 else { return }
    if good * 2 < arrived, watch[.collapse] == nil {
      let isOver = environment.active.isEmpty && tally.hasFaulted
      watch[.collapse] = environment.trace.record(
        at: now, "clients", isOver ? "metastable" : "not-served",
        "\(good) of \(arrived) requests are answered well"
          + (isOver ? ", although no fault is in force" : ""),
        weight: .harm, cause: watch.cause(.storm, .waste, .timedOut, .line, .shed))
    }
    guard watch.isCalm(good: good, of: arrived), environment.active.isEmpty else { return }
    environment.trace.record(
      at: now, "clients", "served-again", "requests are answered well again", weight: .recovery,
      cause: watch.cause(.collapse, .timedOut, .line, .shed))
    watch.end()
  }
}
