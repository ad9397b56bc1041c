import Kernel
import Patterns
import Simulation

/// What the origin does: a line, slots, and versions.
extension CacheWorld {
  var origin: NodeID { NodeID(settings.nodes) }

  /// Sends a job to the origin: work, wait, or be refused.
  mutating func send(_ job: Job, at now: Instant, in queue: inout EventQueue<Event>) {
    tally.jobSent(at: now)
    if job.key >= Self.firstMissing { tally.missingLoads += 1 }
    let number = jobs.count
    jobs.append(job)
    let isRefused =
      !environment.processes.runs(origin)
      || working >= settings.slots && line.count - lineHead >= settings.queueLimit
    if isRefused {
      // Refused at once, but not within the caller's own step.
      jobs[number].begunAt = .distantFuture
      queue.schedule(.workEnds(Int32(number)), after: .milliseconds(1))
    } else if working < settings.slots {
      begin(number, at: now, in: &queue)
    } else {
      line.append(number)
      noteLine(at: now)
    }
  }

  private mutating func begin(
    _ number: Int, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    working += 1
    if working > settings.slots {
      checks.violated("slots", at: now, "\(working) in \(settings.slots) slots")
    }
    jobs[number].begunAt = now
    jobs[number].version = version(of: jobs[number].key)
    let span =
      settings.loadTime.sample(&serviceRandom) * environment.processes.slowdown(origin)
    queue.schedule(.workEnds(Int32(number)), after: span)
  }

  private func version(of key: UInt64) -> Int? {
    if key >= Self.firstMissing { return nil }
    return key >= Self.firstScanned ? 1 : committed[Int(key)]
  }

  mutating func workEnds(_ number: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    let job = jobs[number]
    var isGood = job.begunAt != .distantFuture
    if isGood {
      working -= 1
      let errorRate = environment.errorRate(origin)
      if errorRate > 0, errorRandom.chance(errorRate) { isGood = false }
    }
    settle(job, isGood: isGood, at: now, in: &queue)
    while working < settings.slots, lineHead < line.count {
      let next = line[lineHead]
      lineHead += 1
      begin(next, at: now, in: &queue)
    }
    if lineHead > 1_024, lineHead * 2 > line.count {
      line.removeFirst(lineHead)
      lineHead = 0
    }
  }

  private mutating func settle(
    _ job: Job, isGood: Bool, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    switch job.work {
    case .load(let node, let life, let load):
      count(job.key, by: -1, at: now)
      guard lives[node] == life else { return }
      let input: LoadingCache.Input =
        isGood
        ? .loaded(load, version: job.version, took: now - job.begunAt) : .failed(load)
      act(on: node, input, at: now, in: &queue)
    case .flush(let version):
      if isGood { committed[Int(job.key)] = max(committed[Int(job.key)], version) }
    case .write(let request):
      guard isGood else { return answer(request, isGood: false, at: now) }
      committed[Int(job.key)] += 1
      let version = committed[Int(job.key)]
      acknowledged[Int(job.key)] = max(acknowledged[Int(job.key)], version)
      if let node = node(for: job.key) {
        switch settings.writing {
        case .delete: act(on: node, .delete(job.key), at: now, in: &queue)
        case .update: act(on: node, .put(job.key, version: version), at: now, in: &queue)
        case .around, .behind: break
        }
      }
      answer(request, isGood: true, at: now)
    }
  }

  private mutating func noteLine(at now: Instant) {
    let length = line.count - lineHead
    tally.longestLine = max(tally.longestLine, length)
    guard length >= settings.slots * 5, watch.line == nil else { return }
    watch.line = environment.trace.record(
      at: now, "origin", "line-grows",
      "\(length) loads and writes wait for \(settings.slots) slots; of the reads of this half second "
        + "\(Unit.fraction.text(tally.missShare(at: now))) found nothing in the cache",
      weight: .harm,
      cause: watch.stampede ?? watch.lastFault)
  }

  /// Looks at everything every half second.
  mutating func look(at now: Instant, in queue: inout EventQueue<Event>) {
    let length = line.count - lineHead
    tally.close(at: now, line: length)
    if length == 0, let told = watch.line {
      environment.trace.record(
        at: now, "origin", "line-empty", "nothing waits any more", weight: .recovery, cause: told)
      watch.line = nil
      watch.stampede = nil
    }
    if let told = watch.failing, now - watch.failedAt > CacheTally.step {
      environment.trace.record(
        at: now, "client", "served", "no request has failed for half a second",
        weight: .recovery, cause: told)
      watch.failing = nil
    }
    for cache in caches {
      if let violation = cache.checkInvariants() {
        checks.violated("cache", at: now, violation.description)
      }
    }
    watchOn(every: CacheTally.step, for: settings.duration, in: &queue)
  }

  /// What came of the run; what was not answered in time counts as failed.
  mutating func outcome(at end: Instant) -> Outcome {
    for request in requests where !request.isAnswered {
      if end - request.arrivedAt > settings.timeout { tally.neverEnded() }
    }
    return Outcome(
      measurements: tally.measurements(), series: tally.series, verdicts: checks.verdicts,
      trace: environment.trace, duration: settings.duration)
  }
}

/// What the trace was told already.
struct CacheWatch: Sendable {
  var lastFault: Trace.ID?
  var stampede: Trace.ID?
  var stampedeKey: UInt64 = 0
  var failing: Trace.ID?
  var failedAt = Instant.zero
  var line: Trace.ID?
  var staleRead: Trace.ID?
  var lost: Trace.ID?
}
