import Kernel
import Verification

/// What a run of messages measures: the same figures whatever the broker, read from what producers
/// and consumers saw.
struct DeliveryMeters: Sendable {
  /// The record; the scenario's driver writes it while the run goes on.
  var history: DeliveryHistory

  /// Meters of a run whose messages each of `subscriptions` is owed a copy of.
  init(subscriptions: Int = 1) { history = DeliveryHistory(subscriptions: subscriptions) }

  /// What each figure means.
  static let metrics: [Metric] = [
    Metric("published", .count, "Messages that producers handed over, retries not counted."),
    Metric("confirmed", .count, "Messages that the broker told their producer it answers for."),
    Metric("refused", .count, "Messages that the broker told their producer it does not take."),
    Metric(
      "lost", .count,
      "Copies of confirmed messages that were neither applied nor set aside by the end."),
    Metric(
      "unconfirmed_lost", .count,
      "Copies of messages neither confirmed nor refused that never arrived."),
    Metric("duplicates", .count, "Times a message was applied again where it had been already."),
    Metric(
      "reordered", .count, "Messages first applied after a later one of their key and producer."),
    Metric("set_aside", .count, "Copies found in a dead-letter queue or its like."),
    Metric("drained", .fraction, "Share of the copies owed that were applied by the end."),
    Metric("latency_p50", .seconds, "Median time from hand-over to first application."),
    Metric("latency_p99", .seconds, "99th percentile of the time to first application."),
    Metric("latency_max", .seconds, "Longest time from hand-over to first application."),
    Metric("lag_max", .count, "Most copies at once handed over and not yet applied or set aside."),
  ]

  /// The figures, in the order of `metrics`.
  var measurements: [Measurement] {
    let audit = DeliveryAudit(history)
    let messages = history.messages
    let owed = messages.reduce(0) { sum, message in
      message.refusedAt == nil ? sum + copies(of: message) : sum
    }
    let sorted = audit.latencies.sorted()
    func count(_ name: String, _ value: Int) -> Measurement {
      Measurement(name, Double(value), .count)
    }
    return [
      count("published", messages.count),
      count("confirmed", messages.count { $0.confirmedAt != nil }),
      count("refused", messages.count { $0.refusedAt != nil }),
      count("lost", audit.lost.count),
      count("unconfirmed_lost", audit.unconfirmedLost),
      count("duplicates", audit.duplicates.count),
      count("reordered", audit.reorderings.count),
      count("set_aside", audit.setAside),
      Measurement("drained", owed == 0 ? nil : Double(sorted.count) / Double(owed), .fraction),
      Measurement("latency_p50", sorted.nearestRank(0.5)?.seconds, .seconds),
      Measurement("latency_p99", sorted.nearestRank(0.99)?.seconds, .seconds),
      Measurement("latency_max", sorted.last?.seconds, .seconds),
      count("lag_max", lags.map(\.after).max() ?? 0),
    ]
  }

  /// The three promises of delivery, each with the story of the first message that breaks it.
  func findings(
    name: (DeliveryHistory.Message) -> String, consumer: (Int) -> String
  ) -> [Finding] {
    let audit = DeliveryAudit(history)
    return DeliveryAudit.Promise.allCases.map { promise in
      let count = audit.cases(against: promise).count
      guard count > 0 else { return Finding(promise.rawValue, .holds) }
      var witness = audit.witness(against: promise, in: history, name: name, consumer: consumer)
      if count > 1 { witness.append("\(count - 1) more of the kind.") }
      return Finding(promise.rawValue, .violated(witness: witness))
    }
  }

  /// Hand-overs, applications and lag, a figure every `step` up to `end`.
  func series(until end: Instant, step: TimeSpan = .seconds(1)) -> [TimeSeries] {
    let slots = max(1, Int(end.nanoseconds / max(1, step.nanoseconds)))
    var published = [Double](repeating: 0, count: slots)
    var applied = [Double](repeating: 0, count: slots)
    var lag = [Double](repeating: 0, count: slots)
    func slot(_ instant: Instant) -> Int {
      min(slots - 1, Int(instant.nanoseconds / step.nanoseconds))
    }
    for message in history.messages { published[slot(message.publishedAt)] += 1 }
    for handling in history.handlings where handling.step == .applied {
      applied[slot(handling.at)] += 1
    }
    let changes = lags
    var next = 0
    var current = 0
    for index in 0..<slots {
      while next < changes.count, slot(changes[next].at) <= index {
        current = changes[next].after
        next += 1
      }
      lag[index] = Double(current)
    }
    return [
      TimeSeries("published", .count, .strip, step: step, values: published),
      TimeSeries("applied", .count, .strip, step: step, values: applied),
      TimeSeries("lag", .count, .line, step: step, values: lag),
    ]
  }

  /// How many copies wait after each change, in order of time.
  private var lags: [(at: Instant, after: Int)] {
    let width = max(1, history.subscriptions)
    var done = [Bool](repeating: false, count: history.messages.count * width)
    var result: [(at: Instant, after: Int)] = []
    var waiting = 0
    var next = 0
    func publish(upTo instant: Instant) {
      while next < history.messages.count, history.messages[next].publishedAt <= instant {
        let message = history.messages[next]
        if message.refusedAt == nil {
          waiting += copies(of: message)
          result.append((message.publishedAt, waiting))
        }
        next += 1
      }
    }
    for handling in history.handlings where handling.step != .received {
      publish(upTo: handling.at)
      let place = handling.message * width + handling.subscription
      let isRefused = history.messages[handling.message].refusedAt != nil
      guard !done[place], !isRefused else { continue }
      done[place] = true
      waiting -= 1
      result.append((handling.at, waiting))
    }
    publish(upTo: Instant.distantFuture)
    return result
  }

  private func copies(of message: DeliveryHistory.Message) -> Int {
    message.owedTo?.count ?? max(1, history.subscriptions)
  }
}
