import Kernel
import Patterns
import Presentation

/// Calls of the bench, try by try.
extension MeshBench {
  mutating func call(_ line: BenchLine) throws(Diagnostic) -> Document {
    let word = line.arguments.first ?? ""
    guard let caller = Self.callers.firstIndex(of: word) else {
      throw .unknown(
        "caller", word, known: Self.callers, column: line.arguments.isEmpty ? nil : line.column(0))
    }
    let count = try line.count(1, of: "calls", upTo: 100_000)
    let before = counters
    counters.lastCalls = count
    counters.lastGood = 0
    counters.lastTries = 0
    counters.lastLocal = 0
    counters.lastNew = 0
    counters.lastLoad = Self.endpoints.map { _ in 0 }
    for _ in 0..<count { request(caller) }
    counters.calls += count
    counters.good += counters.lastGood
    counters.tries += counters.lastTries
    let good = Unit.fraction.text(Double(counters.lastGood) / Double(count))
    var reply = Document([
      .paragraph(
        Text("\(Unit.count.text(Double(count))) call\(count == 1 ? "" : "s"), ")
          + .strong("\(Unit.count.text(Double(counters.lastGood))) answered well")
          + Text(" (\(good))."))
    ])
    tell(before, in: &reply)
    let rows = Self.endpointNames.enumerated().filter { counters.lastLoad[$0.offset] > 0 }
      .map { [Text($0.element), Text("\(counters.lastLoad[$0.offset])")] }
    if !rows.isEmpty {
      reply.add(.table(Table([.init("endpoint"), .init("tries", .trailing)], rows)))
    }
    return reply
  }

  private func tell(_ before: Counters, in reply: inout Document) {
    let kinds: [(Int, String)] = [
      (counters.refused - before.refused, "handshakes were refused"),
      (counters.expired - before.expired, "of them because a certificate had run out"),
      (counters.plaintext - before.plaintext, "requests went over plaintext"),
      (counters.denied - before.denied, "requests were answered 403 by the policy"),
      (counters.unrouted - before.unrouted, "tries found no route or no cluster: 503"),
      (counters.unhealthy - before.unhealthy, "tries found no healthy endpoint: 503"),
      (counters.copies - before.copies, "copies went to v2"),
    ]
    for (count, what) in kinds where count > 0 { reply.add("\(count) \(what).") }
  }

  private mutating func request(_ caller: Int) {
    if let routes = parties[caller].proxy.outbound?.routes, let mirror = routes.mirror,
      random.chance(routes.mirrorShare)
    {
      counters.copies += 1
      // The answer to a copy is thrown away.
      var tried = HostsTried()
      _ = attempt(caller, subset: mirror, tried: &tried, isRetry: false, cost: 0)
    }
    let policy = parties[caller].proxy.hasSidecar ? design.retry : .never
    var sequence = RetrySequence()
    var tried = HostsTried()
    while true {
      counters.lastTries += 1
      let isRetry = sequence.attempts > 1
      let failure = attempt(
        caller, subset: nil, tried: &tried, isRetry: isRetry, cost: Int(sequence.lastCost))
      guard let failure else {
        counters.lastGood += 1
        return
      }
      guard !failure.isOwn else { return }
      var budget = parties[caller].proxy.outbound?.budget ?? RetryBudget()
      let decision = sequence.failed(
        failure.failure, at: now, policy: policy, budget: &budget, random: &random)
      parties[caller].proxy.outbound?.budget = budget
      guard case .retry = decision else { return }
    }
  }

  /// One try; nil when it went well.
  ///
  /// What the own sidecar answers is not tried again.
  private mutating func attempt(
    _ caller: Int, subset: Int?, tried: inout HostsTried, isRetry: Bool, cost: Int
  ) -> (failure: CallFailure, isOwn: Bool)? {
    let choice =
      subset.map {
        parties[caller].proxy.outbound?.choose(subset: $0, tried: tried, at: now, using: &random)
      } ?? parties[caller].proxy.outbound?.choose(tried: tried, at: now, using: &random)
    guard case .endpoint(let endpoint, _)? = choice else {
      if isRetry {
        parties[caller].proxy.outbound?.budget.attemptStarted(.retry, at: now)
        parties[caller].proxy.outbound?.budget.attemptEnded(
          .retry, failure: .invalid, cost: 0, at: now)
      }
      if case .noHealthyHost? = choice { counters.unhealthy += 1 } else { counters.unrouted += 1 }
      return (.refused, true)
    }
    tried.insert(endpoint)
    if subset == nil {
      counters.lastLoad[endpoint] += 1
      counters.lastLocal += Self.endpoints[endpoint].zone == 0 ? 1 : 0
      counters.lastNew += Self.endpoints[endpoint].subset == 2 ? 1 : 0
    }
    parties[caller].proxy.outbound?.started(endpoint, isRetry: isRetry, at: now)
    let failure = answer(caller, endpoint)
    let result: OutlierDetector.Result =
      switch failure {
      case nil, .invalid: .success
      case .error: .serverError
      default: .gatewayError
      }
    parties[caller].proxy.outbound?.finished(
      endpoint, result, isRetry: isRetry, failure: failure, cost: cost,
      latency: .milliseconds(failure == .error ? 2 : 20), at: now)
    return failure.map { ($0, false) }
  }

  /// What an endpoint answers: its sidecar first, then itself.
  private mutating func answer(_ caller: Int, _ endpoint: Int) -> CallFailure? {
    let target = Self.callers.count + endpoint
    var identity: Int?
    if let connection = parties[caller].proxy.connection(
      to: endpoint, youngerThan: Self.connectionAge, at: now)
    {
      identity = connection.identity
    } else {
      let shaken = parties[caller].proxy.connect(
        to: endpoint, parties[target].proxy.side(at: now),
        mode: parties[target].proxy.inbound.mode, as: parties[caller].proxy.side(at: now), at: now)
      switch shaken {
      case .refused(let refusal):
        counters.refused += 1
        if refusal == .expired { counters.expired += 1 }
        return .refused
      case .plaintext: break
      case .mutual(let known): identity = known
      }
    }
    switch parties[target].proxy.inbound.verdict(on: identity) {
    case .plaintextRefused:
      counters.refused += 1
      parties[caller].proxy.disconnect(endpoint)
      return .refused
    case .denied:
      counters.denied += 1
      return .invalid
    case .accepted: if identity == nil { counters.plaintext += 1 }
    }
    return random.chance(badness[endpoint]) ? .error : nil
  }
}
