import Kernel
import Patterns

extension Blueprint {
  /// Rules about what calls do while they wait and when they fail.
  func guardLints() -> [Lint] {
    var lints: [Lint] = []
    let load = OfferedLoad(self)
    for call in calls {
      lints += waiting(call, name(of: call))
      lints += retrying(call, name(of: call), load.operations[call.source])
    }
    return lints + multiplied()
  }

  private func waiting(_ call: Call, _ name: String) -> [Lint] {
    var lints: [Lint] = []
    if call.timeout == nil, !call.isAsync {
      lints.append(
        Lint(
          "no-timeout", .hard, name,
          "\(name) waits as long as the connection lives: one instance that hangs takes the "
            + "caller's places with it. Set a timeout near the p99 that you expect."))
    }
    if call.breaker != nil, call.timeout == nil {
      lints.append(
        Lint(
          "breaker-without-timeout", .hard, name,
          "the breaker of \(name) counts calls that ended; calls that hang never end."))
    }
    if let inner = slowest(of: call.target), let own = call.timeout, inner > own,
      !call.passesDeadline
    {
      lints.append(
        Lint(
          "timeout-inverted", .hard, name,
          "\(components[call.source].name) waits \(own), but \(components[call.target].name) may take "
            + "\(inner) over its own calls and retries: it works on for a caller who has left. "
            + "Pass the deadline, or make the inner limits shorter."))
    }
    if components[call.target].kind.isOutside, !call.isAsync,
      call.timeout == nil || call.breaker == nil && !call.hasFallback
    {
      lints.append(
        Lint(
          "unguarded-external", .soft, name,
          "\(components[call.target].name) is somebody else's: give \(name) a timeout and a breaker "
            + "or a fallback."))
    }
    lints += line(call, name)
    return lints
  }

  /// How long a full line in front of the target takes, beside what the caller waits.
  private func line(_ call: Call, _ name: String) -> [Lint] {
    let target = components[call.target]
    guard let timeout = call.timeout, target.kind.role != .queue, target.discipline == .fifo,
      let work = target.work.mean
    else { return [] }
    let full = work.seconds * Double(target.queue) / Double(target.concurrency)
    guard full > 2 * timeout.seconds else { return [] }
    return [
      Lint(
        "long-queue", .soft, name,
        "a full line at \(target.name) takes \(Unit.seconds.text(full)), but \(name) waits \(timeout): "
          + "whoever is served then has left. Bound the line, or serve the newest first.")
    ]
  }

  private func retrying(
    _ call: Call, _ name: String, _ reaching: Set<String>
  ) -> [Lint] {
    guard call.retry.maxAttempts > 1 else { return [] }
    var lints: [Lint] = []
    if call.retry.backoff.jitter == .none {
      lints.append(
        Lint(
          "retry-without-jitter", .soft, name,
          "the retries of \(name) wait without chance: callers that failed together come back "
            + "together."))
    }
    if call.budget == .unlimited {
      lints.append(
        Lint(
          "retry-without-budget", .soft, name,
          "in an outage \(name) sends up to \(call.retry.maxAttempts) times its load: give it a "
            + "budget."))
    }
    let writes = DesignTables.operations(self).filter(\.isWrite).map(\.name).filter {
      reaching.contains($0)
    }
    let touched = call.operations.isEmpty ? writes : call.operations.filter(writes.contains)
    if !touched.isEmpty, components[call.target].kind.role != .cache {
      lints.append(
        Lint(
          "retried-write", .soft, name,
          "\(name) tries '\(touched[0])' again: without an idempotency key it may happen twice."))
    }
    return lints
  }

  /// The longest time that a component's own calls may take, one step after the other; nil when one
  /// of them has no limit or it makes none.
  private func slowest(of place: Int) -> TimeSpan? {
    var total = TimeSpan.zero
    let own = calls(from: place).filter { !$0.call.isAsync }
    guard !own.isEmpty else { return nil }
    for step in Set(own.map(\.call.step)).sorted() {
      var longest = TimeSpan.zero
      for (_, call) in own where call.step == step {
        guard let timeout = call.timeout else { continue }
        longest = max(longest, timeout * call.retry.maxAttempts)
      }
      total = total + longest
    }
    return total
  }

  /// Retries of retries, along every way through the design.
  private func multiplied() -> [Lint] {
    var lints: [Lint] = []
    func walk(_ place: Int, _ tries: Int, _ layers: [String]) {
      for (_, call) in calls(from: place) where !call.isAsync {
        let attempts = call.retry.maxAttempts
        let product = tries * attempts
        let names = attempts > 1 ? layers + [name(of: call)] : layers
        if attempts > 1, names.count > 1, product > 4 {
          lints.append(
            Lint(
              "retries-multiply", .hard, name(of: call),
              "one request may become \(product) calls to \(components[call.target].name): retries at "
                + "\(names.joined(separator: " and ")) multiply. Retry at one layer."))
        } else {
          walk(call.target, product, names)
        }
      }
    }
    for (place, component) in components.enumerated() where component.kind.role == .source {
      walk(place, 1, [])
    }
    var seen = Set<Lint>()
    return lints.filter { seen.insert($0).inserted }
  }
}
