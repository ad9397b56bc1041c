import Kernel
import Patterns
import Presentation
import Simulation

extension RetryBench {
  /// The waits of one request whose every call fails at once.
  mutating func waits(_ count: Int) -> Document {
    var policy = preset.policy(settings)
    policy.maxAttempts = count + 1
    var budget = RetryBudget()
    var random = RandomStream(seed: 1, name: "bench/retries")
    var sequence = RetrySequence()
    var at = Instant.zero
    var rows: [[Text]] = []
    for number in 1...count {
      let decision = sequence.failed(
        .error, at: at, policy: policy, budget: &budget, random: &random)
      guard case .retry(let time) = decision else { break }
      counters.lastWait = time - at
      rows.append([
        Text("\(number)"), Text("\(policy.backoff.span(retry: number))"), Text("\(time - at)"),
        Text("\(time)"),
      ])
      at = time
    }
    counters.retries = rows.count
    counters.waited = at - Instant.zero
    let columns = ["retry", "span", "wait", "after"].map { Table.Column($0, .trailing) }
    var reply = Document([.table(Table(columns, Array(rows.prefix(12))))])
    reply.add("\(rows.count) retries wait \(at - Instant.zero) in all.")
    return reply
  }

  /// Requests, 100 a second, whose every call fails: what policy and budget make of them.
  mutating func storm(_ count: Int) -> Document {
    let policy = preset.policy(settings)
    var budget = RetryBudget(preset.budget(settings))
    var random = RandomStream(seed: 1, name: "bench/storm")
    var sequences = Array(repeating: RetrySequence(), count: count)
    var queue = EventQueue<Int>(capacity: 1_024)
    for number in 0..<count {
      queue.schedule(number, at: Instant.zero + .milliseconds(10) * number)
    }
    var calls = 0
    while let number = queue.next() {
      let kind: RetryBudget.Attempt = sequences[number].attempts > 1 ? .retry : .first
      calls += 1
      budget.attemptStarted(kind, at: queue.now)
      budget.attemptEnded(
        kind, failure: .error, cost: Int(sequences[number].lastCost), at: queue.now)
      let decision = sequences[number].failed(
        .error, at: queue.now, policy: policy, budget: &budget, random: &random)
      if case .retry(let at) = decision { queue.schedule(number, at: at) }
    }
    let factor = Double(calls) / Double(count)
    counters.amplification = factor
    counters.refused = budget.refusedCount
    return Document([
      .paragraph(
        Text("\(Unit.count.text(Double(count))) requests whose every call fails became ")
          + .strong(Unit.count.text(Double(calls))) + " calls: "
          + .strong("\(Unit.ratio.text(factor)) times") + " the load."),
      .text("The budget refused \(Unit.count.text(Double(budget.refusedCount))) retries."),
    ])
  }

  /// The first calls of many clients fail at one moment: how many retries fall into the same 10 ms.
  mutating func crowd(_ count: Int) -> Document {
    let policy = preset.policy(settings)
    var random = RandomStream(seed: 1, name: "bench/crowd")
    var times: [Int64] = []
    for _ in 0..<count {
      var budget = RetryBudget()
      var sequence = RetrySequence()
      let decision = sequence.failed(
        .error, at: .zero, policy: policy, budget: &budget, random: &random)
      if case .retry(let at) = decision { times.append(at.nanoseconds) }
    }
    times.sort()
    var peak = 0
    var first = 0
    for index in times.indices {
      while times[index] - times[first] >= 10_000_000 { first += 1 }
      peak = max(peak, index - first + 1)
    }
    let spread = TimeSpan.nanoseconds((times.last ?? 0) - (times.first ?? 0))
    counters.crowdPeak = peak
    counters.crowdSpread = spread
    return Document([
      .paragraph(
        Text("\(times.count) clients come back over \(spread); in the fullest 10 ms come ")
          + .strong(Unit.count.text(Double(peak))) + ".")
    ])
  }

  /// One request through layers that each retry, with the last one down.
  mutating func layers(_ count: Int) -> Document {
    let policy = preset.policy(settings)
    var random = RandomStream(seed: 1, name: "bench/layers")
    func calls(_ layer: Int) -> Int {
      guard layer > 0 else { return 1 }
      var budget = RetryBudget()
      var sequence = RetrySequence()
      var sum = 0
      while true {
        sum += calls(layer - 1)
        let decision = sequence.failed(
          .error, at: .zero, policy: policy, budget: &budget, random: &random)
        guard case .retry = decision else { return sum }
      }
    }
    let limit = policy.maxAttempts > 6 ? min(count, 3) : count
    let sum = calls(limit)
    counters.layerCalls = sum
    return Document([
      .paragraph(
        Text(
          "One request through \(limit) \(limit == 1 ? "layer" : "layers") of \(policy.maxAttempts) attempts makes "
        )
          + .strong(Unit.count.text(Double(sum))) + " calls at the bottom.")
    ])
  }

  /// What follows one failure.
  mutating func fails(_ line: BenchLine) throws(Diagnostic) -> Document {
    let kinds = CallFailure.allCases.map(\.rawValue)
    guard let word = line.arguments.first, let failure = CallFailure(rawValue: word) else {
      throw .unknown(
        "kind of failure", line.arguments.first ?? "", known: kinds,
        column: line.arguments.isEmpty ? nil : line.column(0))
    }
    let safety = line.arguments.count > 1 ? line.arguments[1] : "safe"
    guard safety == "safe" || safety == "unsafe" else {
      throw .unknown("safety", safety, known: ["safe", "unsafe"], column: line.column(1))
    }
    var budget = RetryBudget()
    var random = RandomStream(seed: 1, name: "bench/fails")
    var sequence = RetrySequence(isIdempotent: safety == "safe")
    let decision = sequence.failed(
      failure, at: .zero, policy: preset.policy(settings), budget: &budget, random: &random)
    switch decision {
    case .retry(let at):
      counters.repeated = true
      return Document([.text("It is tried again after \(at - Instant.zero).")])
    case .giveUp(let reason):
      counters.repeated = false
      return Document([.text("It is given up: \(reason.rawValue).")])
    }
  }

  /// The policy in figures.
  func show() -> Document {
    let policy = preset.policy(settings)
    var rows = [[Text("calls for a request, at most"), Text("\(policy.maxAttempts)")]]
    for retry in 1...4 {
      rows.append([
        Text("span before retry \(retry)"), Text("\(policy.backoff.span(retry: retry))"),
      ])
    }
    rows.append([Text("jitter"), Text("\(policy.backoff.jitter)")])
    rows.append([Text("budget"), Text("\(preset.budget(settings))")])
    return Document([.table(Table([Table.Column(""), Table.Column("")], rows))])
  }
}
