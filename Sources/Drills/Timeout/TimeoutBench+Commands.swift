import Kernel
import Patterns
import Presentation

extension TimeoutBench {
  /// One layer's part in a walk.
  struct Leg: Sendable {
    /// When its caller stops waiting for it.
    let patience: Deadline
    /// When it begins, and when it would be done with its own work.
    let begun: Instant
    let worked: Instant
    /// Whether it dropped the call because its deadline was over.
    let isDropped: Bool
  }

  /// Sends one request through the layers; each works for its time, then calls the next.
  mutating func walk(_ times: [TimeSpan]) -> Document {
    let policies = policies
    var legs: [Leg] = []
    var inherited = Deadline.none
    var now = Instant.zero
    for (index, time) in times.enumerated() {
      let policy = policies[min(index, policies.count - 1)]
      let request = policy.request(at: now, inherited: inherited)
      let patience = policy.attempt(at: now, within: request)
      let isDropped = inherited.isOver(at: now)
      legs.append(
        Leg(patience: patience, begun: now, worked: now + time, isDropped: isDropped))
      if isDropped { break }
      inherited = policy.sent(with: patience)
      now = now + time
    }
    let arrivals = answers(legs)
    let end = min(arrivals[0].at, legs[0].patience.at)
    counters.answered = arrivals[0].isGood && arrivals[0].at < legs[0].patience.at
    counters.waited = end - Instant.zero
    counters.storeLimit =
      legs.last?.patience.isSet == true
      ? legs.last.map { max(.zero, $0.patience.at - $0.begun) } : nil
    counters.dropped = legs.count { $0.isDropped }
    counters.zombie = zombie(legs, after: end)
    return story(legs, until: end)
  }

  /// When each layer answers its caller, from the last to the first, and whether well.
  private func answers(_ legs: [Leg]) -> [(at: Instant, isGood: Bool)] {
    var answer = (at: legs[legs.count - 1].worked, isGood: true)
    if legs[legs.count - 1].isDropped { answer = (.distantFuture, false) }
    var all = [answer]
    for index in legs.indices.dropLast().reversed() {
      let limit = legs[index + 1].patience
      if answer.at >= limit.at { answer = (max(limit.at, legs[index].worked), false) }
      all.insert(answer, at: 0)
    }
    return all
  }

  /// How long layers worked, their own work only, after the client had gone.
  private func zombie(_ legs: [Leg], after end: Instant) -> TimeSpan {
    guard !(policies[0].isCancelling && policies.count > 1) else { return .zero }
    var sum = TimeSpan.zero
    for leg in legs where !leg.isDropped {
      sum = sum + max(.zero, leg.worked - max(end, leg.begun))
    }
    return sum
  }

  private func story(_ legs: [Leg], until end: Instant) -> Document {
    let names = legs.count == 1 && preset != nil ? ["callee"] : ["edge", "middle", "store"]
    var rows: [[Text]] = []
    for (index, leg) in legs.enumerated() {
      let limit = leg.patience.isSet ? "\(max(.zero, leg.patience.at - leg.begun))" : "for ever"
      let work = leg.isDropped ? "dropped, too late" : "\(leg.begun) to \(leg.worked)"
      rows.append([Text(names[index]), Text(limit), Text(work)])
    }
    let columns = ["layer", "its caller waits", "works from, to"].map { Table.Column($0) }
    var reply = Document([.table(Table(columns, rows))])
    let isGood = counters.answered == true
    reply.add(
      Text("The client has \(isGood ? "its answer" : "a failure") after ")
        + .strong("\(end - Instant.zero)")
        + Text("; work for nobody after that: \(counters.zombie ?? .zero)."))
    return reply
  }

  /// Cuts calls of a known distribution at a timeout.
  mutating func cut(_ limit: TimeSpan, tries: Int) -> Document {
    let service = Distribution.lognormal(p50: .milliseconds(20), p99: .milliseconds(200))
    var random = RandomStream(seed: 1, name: "bench/cut")
    var failed = 0
    var calls = 0
    for _ in 0..<10_000 {
      var isAnswered = false
      for _ in 0..<tries where !isAnswered {
        calls += 1
        isAnswered = service.sample(&random) < limit
      }
      if !isAnswered { failed += 1 }
    }
    counters.cutShare = Double(failed) / 10_000
    counters.loadFactor = Double(calls) / 10_000
    return Document([
      .paragraph(
        .strong(Unit.fraction.text(Double(failed) / 10_000))
          + Text(" of the requests fail at a timeout of \(limit); ")
          + Text("\(Unit.ratio.text(Double(calls) / 10_000)) calls are made for each."))
    ])
  }

  /// The limits.
  func show() -> Document {
    let names = preset == nil ? ["client", "edge", "middle"] : ["caller"]
    let rows = zip(names, policies).map { name, policy in
      [
        Text(name), Text(policy.perTry.map { "\($0)" } ?? "for ever"),
        Text(policy.total.map { "\($0)" } ?? "no limit"),
        Text(policy.isPropagated ? "sent along" : "kept"),
        Text(policy.isCancelling ? "told to stop" : "not told"),
      ]
    }
    let columns = ["caller", "one try", "in all", "deadline", "callee"].map { Table.Column($0) }
    return Document([.table(Table(columns, rows))])
  }
}
