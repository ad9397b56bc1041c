import Kernel
import Patterns
import Simulation

/// What can go wrong for the clients of the gateways, as the trace tells it.
enum GatewayTrouble: Int, Sendable, CaseIterable {
  case keys, fetch, token, throttled, noCount, overloaded, timedOut, failed, leak, collapse
  case keystore, stolen, spoofed, canary, inside
}

extension GatewayWorld {
  private mutating func note(
    _ trouble: GatewayTrouble, _ part: String, _ kind: String, _ detail: String,
    weight: Trace.Weight = .harm, cause: Trace.ID?, at now: Instant
  ) {
    guard watch[trouble] == nil else { return }
    watch[trouble] = environment.trace.record(
      at: now, part, kind, detail, weight: weight, cause: cause ?? watch.lastFault)
  }

  mutating func noteUnauthenticated(
    _ gateway: Int, _ objection: TokenVerifier.Objection, at now: Instant
  ) {
    note(
      .token, name(NodeID(gateway)), "refused-token",
      "a client's good credential is answered 401: \(objection.detail)",
      cause: environment.blame(NodeID(gateway), seenBy: issuerNode) ?? watch.first(.fetch), at: now)
  }

  mutating func noteFetchFailed(_ gateway: Int, at now: Instant) {
    note(
      .fetch, name(NodeID(gateway)), "keys-not-fetched",
      "the issuer has not answered for \(Self.sideTimeout)", weight: .change,
      cause: environment.blame(issuerNode, seenBy: NodeID(gateway)), at: now)
  }

  mutating func noteNoKeys(_ gateway: Int, at now: Instant) {
    note(
      .keys, name(NodeID(gateway)), "no-keys",
      "its keys are too old and the issuer gives no new ones: nobody gets in",
      cause: watch.first(.fetch), at: now)
  }

  mutating func noteThrottled(_ visit: GatewayVisit, at now: Instant) {
    note(
      .throttled, name(NodeID(visit.gateway)), "throttled",
      "\(GatewaySettings.consumers[visit.consumer]) is answered 429", cause: nil, at: now)
  }

  mutating func noteNoCount(_ gateway: Int, at now: Instant) {
    note(
      .noCount, name(NodeID(gateway)), "limit-unknown",
      "the store of limits has not answered for \(Self.countTimeout): requests "
        + (settings.failsOpen ? "go on uncounted" : "are refused"), weight: .change,
      cause: environment.blame(limitsNode, seenBy: NodeID(gateway)), at: now)
  }

  mutating func noteOverloaded(_ gateway: Int, at now: Instant) {
    note(
      .overloaded, name(NodeID(gateway)), "workers-used-up",
      "\(settings.workers) requests are held open, and more are answered 503",
      cause: watch.first(.timedOut, .failed), at: now)
  }

  mutating func noteTimeout(_ call: GatewayCall, at now: Instant) {
    let target = upstreamNode(call.service, call.instance)
    note(
      .timedOut, name(NodeID(call.gateway)), "timed-out",
      "a call to \(name(target)) is given up after \(now - call.sentAt)",
      cause: environment.blame(target, seenBy: NodeID(call.gateway), since: call.sentAt), at: now)
  }

  mutating func noteFailure(_ failure: CallFailure, of call: GatewayCall, at now: Instant) {
    let target = upstreamNode(call.service, call.instance)
    guard
      let cause = environment.blame(target, seenBy: NodeID(call.gateway), since: call.sentAt)
    else { return }
    note(
      .failed, name(NodeID(call.gateway)), "failed",
      "\(name(target)) \(failure == .error ? "answers with an error" : "refuses a call")",
      cause: cause, at: now)
  }

  mutating func noteLeak(_ entry: ResponseCache.Entry, _ visit: GatewayVisit, at now: Instant) {
    tally.leaked += 1
    let names = GatewaySettings.consumers
    note(
      .leak, name(NodeID(visit.gateway)), "leaked",
      "\(names[visit.consumer]) is given the account of \(names[entry.consumer]) from the cache",
      cause: nil, at: now)
  }

  mutating func noteNoKeystore(_ gateway: Int, at now: Instant) {
    note(
      .keystore, name(NodeID(gateway)), "no-keystore",
      "the table of API keys has not answered for \(Self.sideTimeout)",
      cause: environment.blame(keystoreNode, seenBy: NodeID(gateway)), at: now)
  }

  mutating func noteRevoked(at now: Instant) {
    watch.lastFault = environment.trace.record(
      at: now, "keystore", "revoked", "the key of acme that has leaked counts no more",
      weight: .change, cause: nil)
  }

  mutating func noteStolen(_ visit: GatewayVisit, _ late: TimeSpan, at now: Instant) {
    note(
      .stolen, name(NodeID(visit.gateway)), "stolen-key-taken",
      "it still remembers whose the key is, \(late) after it was revoked", cause: nil, at: now)
  }

  mutating func noteSpoofed(_ visit: GatewayVisit, _ believed: String, at now: Instant) {
    note(
      .spoofed, "accounts", "believed",
      "\(GatewaySettings.consumers[visit.consumer]) is given the account of \(believed), whose name "
        + "it had put into a header", cause: nil, at: now)
  }

  mutating func noteCanary(at now: Instant) {
    var cause: Trace.ID?
    for instance in 0..<settings.instances where cause == nil {
      let target = upstreamNode(GatewaySettings.nextVersion, instance)
      cause = environment.blame(target, seenBy: NodeID(0))
    }
    note(
      .canary, "next", "canary-fails", "a request that was sent to the next version fails",
      cause: cause, at: now)
  }

  mutating func noteCanaryOut(at now: Instant) {
    environment.trace.record(
      at: now, "gateway", "canary-out",
      "\(comparison.canaryErrors) of \(comparison.canaryCalls) requests to the next version failed; it "
        + "gets no more", weight: .recovery, cause: watch[.canary] ?? watch.lastFault)
  }

  mutating func noteInside(_ target: NodeID, at now: Instant) {
    note(
      .inside, name(target), "called-from-inside",
      "a job inside that has no business here is answered: nothing asks who calls", cause: nil,
      at: now)
  }

  mutating func look(at now: Instant, in queue: inout EventQueue<Event>) {
    let open = gateways.reduce(0) { $0 + $1.inProgress }
    if let full = gateways.indices.first(where: { gateways[$0].inProgress > settings.workers }) {
      checks.violated("workers", at: now, "\(name(NodeID(full))) holds too many requests open")
    }
    tally.close(at: now, open: open)
    noteCollapse(tally.lastStep(before: now), at: now)
    if now + GatewayTally.step <= .zero + settings.duration {
      queue.schedule(.watch, after: GatewayTally.step)
    }
  }

  private mutating func noteCollapse(_ step: GatewayTally.Step, at now: Instant) {
    guard step.requests > 0 else { return }
    if step.good * 2 < step.requests, watch[.collapse] == nil {
      watch[.collapse] = environment.trace.record(
        at: now, "client", "not-served",
        "\(step.good) of \(step.requests) requests are answered well", weight: .harm,
        cause: watch.first(.keys, .token, .overloaded, .throttled, .timedOut, .failed)
          ?? watch.lastFault)
    }
    guard watch.isCalm(good: step.good, of: step.requests), environment.active.isEmpty else {
      return
    }
    if let cause = watch.first(.collapse, .keys, .token, .overloaded, .timedOut, .failed) {
      environment.trace.record(
        at: now, "client", "served-again", "requests are answered well again",
        weight: .recovery, cause: cause)
      watch.end()
    }
  }

  /// What came out of the run.
  mutating func outcome(at end: Instant) -> Outcome {
    if tally.requests != tally.ended + openVisits {
      checks.violated(
        "conservation", at: end, "\(tally.requests) requests, \(tally.ended) ended")
    }
    let accounted = log.keptCount + log.leftOutCount
    if accounted != tally.ended {
      checks.violated(
        "one record", at: end, "\(tally.ended) requests ended, \(accounted) are accounted for")
    }
    return Outcome(
      measurements: tally.measurements(log), series: tally.series, verdicts: checks.verdicts,
      trace: environment.trace, duration: settings.duration)
  }
}
