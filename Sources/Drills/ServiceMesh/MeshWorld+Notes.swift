import Kernel
import Patterns
import Simulation

/// What the trace is told: the first of each kind of trouble in an episode.
extension MeshWorld {
  private mutating func note(
    _ trouble: MeshTrouble, _ part: String, _ kind: String, _ detail: String,
    weight: Trace.Weight = .harm, cause: Trace.ID?, at now: Instant
  ) {
    guard watch[trouble] == nil else { return }
    watch[trouble] = environment.trace.record(
      at: now, part, kind, detail, weight: weight, cause: cause ?? watch.lastFault)
  }

  mutating func noteHandshake(
    _ refusal: MutualTLS.Refusal, _ source: Int, _ target: Int, at now: Instant
  ) {
    let cause =
      refusal == .unknownRoot
      ? lastChange
      : environment.blame(NodeID(source), seenBy: NodeID(target)) ?? controlLost
        ?? lastChange
    note(
      .handshake, name(source), "handshake-refused",
      "no connection to \(name(target)): \(refusal.rawValue)", cause: cause, at: now)
  }

  mutating func notePlaintext(_ call: MeshCall, at now: Instant) {
    note(
      .plaintext, name(call.source), "plaintext-refused",
      "\(name(call.target)) takes mutual TLS only, and \(name(call.source)) speaks plaintext",
      cause: lastChange, at: now)
  }

  mutating func noteDenied(_ call: MeshCall, at now: Instant) {
    // An intruder that is turned away is what the policy is for.
    guard nodes[call.source].plan.service != 5 else { return }
    let who = call.identity.map { MeshSettings.services[$0] } ?? "nobody that is known"
    note(
      .denied, name(call.source), "denied", "\(name(call.target)) answers 403 to \(who)",
      cause: lastChange, at: now)
  }

  mutating func noteNoRoute(_ source: Int, _ detail: String, at now: Instant) {
    note(
      .noRoute, name(source), "no-route", "its sidecar answers 503: \(detail)",
      cause: lastChange ?? controlLost, at: now)
  }

  mutating func noteNoHost(_ source: Int, at now: Instant) {
    note(
      .noHost, name(source), "no-healthy-host",
      "its sidecar answers 503: every endpoint is taken out",
      cause: watch.first(.ejected, .failed, .refused, .timedOut), at: now)
  }

  mutating func noteOverflow(_ source: Int, at now: Instant) {
    note(
      .overflow, name(source), "overflow",
      "its sidecar answers 503: \(settings.design.outbound.maxRequests) requests are under way",
      cause: watch.first(.timedOut, .full, .storm), at: now)
  }

  mutating func notePanic(_ source: Int, at now: Instant) {
    note(
      .panic, name(source), "panic",
      "fewer than \(settings.design.outbound.panicPercent) % of its endpoints are in: it uses all",
      weight: .change, cause: watch.first(.ejected), at: now)
  }

  mutating func noteCrossing(_ source: Int, _ target: Int, at now: Instant) {
    guard settings.design.outbound.locality == .failover else { return }
    note(
      .cross, name(source), "other-zone",
      "its own zone lacks endpoints: calls go to \(name(target))", weight: .change,
      cause: watch.first(.ejected, .refused, .failed), at: now)
  }

  mutating func noteCanary(_ call: MeshCall, at now: Instant) {
    note(
      .canary, name(call.target), "canary-fails",
      "the new version answers a request of a client with an error", cause: lastChange,
      at: now)
  }

  mutating func noteTimeout(_ call: MeshCall, _ hop: Int, at now: Instant) {
    let place =
      call.isWorking
      ? "it is being worked on" : call.isInLine ? "it waits in line" : "its answer is missing"
    let cause =
      environment.blame(
        NodeID(call.target), seenBy: NodeID(call.source), since: call.sentAt)
      ?? watch.first(.full, .storm, .cross, .panic) ?? watch.lastFault
    note(
      .timedOut, name(call.source), "timed-out",
      "a call to \(name(call.target)) is given up after \(now - call.sentAt); \(place)",
      cause: cause, at: now)
  }

  mutating func noteFailure(_ failure: CallFailure, of call: MeshCall, at now: Instant) {
    guard failure == .error || failure == .refused else { return }
    guard
      let cause = environment.blame(
        NodeID(call.target), seenBy: NodeID(call.source), since: call.sentAt)
    else { return }
    let isError = failure == .error
    note(
      isError ? .failed : .refused, name(call.source), isError ? "failed" : "refused",
      "\(name(call.target)) \(isError ? "answers with an error" : "refuses a call")", cause: cause,
      at: now)
  }

  mutating func noteFull(_ target: Int, at now: Instant) {
    note(
      .full, name(target), "line-full",
      "\(nodes[target].line.count) calls wait, and more are refused",
      cause: watch.first(.storm, .cross, .timedOut), at: now)
  }

  /// Counts what the sidecar of a node took out, and tells the first.
  mutating func tellChanges(_ source: Int, at now: Instant) {
    for change in nodes[source].proxy.outbound?.takeChanges() ?? [] where change.isOut {
      tally.ejections += 1
      let target = targets[source][change.endpoint]
      note(
        .ejected, name(source), "ejected", "it takes \(name(target)) out", weight: .change,
        cause: watch.first(.failed, .refused, .timedOut), at: now)
    }
  }
}
