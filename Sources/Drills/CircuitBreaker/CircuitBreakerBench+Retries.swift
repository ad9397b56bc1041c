import Kernel
import Patterns
import Presentation
import Simulation

extension CircuitBreakerBench {
  /// The waits of one request whose every call fails at once, with up to `count` retries.
  mutating func retries(_ count: Int) -> Document {
    var policy = RetryPreset.plain.policy(settings)
    policy.maxAttempts = count + 1
    var budget = RetryBudget()
    var random = RandomStream(seed: 1, name: "bench/retries")
    var sequence = RetrySequence()
    var at = Instant.zero
    var rows: [[Text]] = []
    for number in 1...count {
      let decision = sequence.failed(
        .error, at: at, policy: policy, budget: &budget, random: &random)
      guard case .retry(let next) = decision else { break }
      rows.append([
        Text("\(number)"), Text("\(policy.backoff.span(retry: number))"),
        Text("\(next - at)"), Text("\(next)"),
      ])
      at = next
    }
    counters.retryCount = rows.count
    counters.retryWait = at - Instant.zero
    var reply = Document()
    let shown = rows.count > 12 ? Array(rows.prefix(12)) : rows
    reply.add(
      .table(
        Table(
          [
            Table.Column("retry", .trailing), Table.Column("span", .trailing),
            Table.Column("wait", .trailing), Table.Column("after", .trailing),
          ], shown)))
    reply.add("\(rows.count) retries wait \(at - Instant.zero) in all.")
    return reply
  }

  /// Requests, 100 a second, whose every call fails: how many calls policy and budget make of them.
  mutating func storm(_ count: Int) -> Document {
    let policy = RetryPreset.plain.policy(settings)
    var budget = RetryBudget(RetryPreset.plain.budget(settings))
    var random = RandomStream(seed: 1, name: "bench/storm")
    var sequences = Array(repeating: RetrySequence(), count: count)
    var queue = EventQueue<Int>(capacity: 1_024)
    for number in 0..<count {
      queue.schedule(number, at: Instant.zero + .milliseconds(10) * number)
    }
    var calls = 0
    while let number = queue.next() {
      let at = queue.now
      let isRetry = sequences[number].attempts > 1
      calls += 1
      budget.attemptStarted(isRetry ? .retry : .first, at: at)
      budget.attemptEnded(
        isRetry ? .retry : .first, failure: .error, cost: Int(sequences[number].lastCost), at: at)
      let decision = sequences[number].failed(
        .error, at: at, policy: policy, budget: &budget, random: &random)
      if case .retry(let next) = decision { queue.schedule(number, at: next) }
    }
    counters.storm = (count, calls)
    let factor = Unit.ratio.text(Double(calls) / Double(count))
    return Document([
      .paragraph(
        Text("\(Unit.count.text(Double(count))) requests whose every call fails became ")
          + .strong(Unit.count.text(Double(calls))) + " calls: " + .strong("\(factor) times")
          + " the load."),
      .text(
        "Budget \(settings.word("retry.budget")): \(Unit.count.text(Double(budget.refusedCount))) "
          + "retries refused."),
    ])
  }
}
