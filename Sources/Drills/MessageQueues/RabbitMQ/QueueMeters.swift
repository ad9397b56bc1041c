import Kernel
import Patterns

/// What a queue universe measures besides deliveries.
struct QueueMeters: Sendable {
  var redeliveries = 0
  var attempts = 0
  var failedAttempts = 0
  var poisonAttempts = 0
  /// Applications that an idempotent consumer recognised as done.
  var suppressed = 0
  /// From the end of a message's own time to when it was found in the dead-letter queue.
  var expiryDelays: [TimeSpan] = []
  private var waitingMax = 0
  private var heldMax = 0
  private var backlogMax = 0
  private var idleSamples = 0
  private var consumerSamples = 0
  private var waitingSeries: [Double?] = []
  private var heldSeries: [Double?] = []

  static let metrics: [Metric] = [
    Metric("redeliveries", .count, "Deliveries that had been delivered before, as consumers saw."),
    Metric("wasted_work", .fraction, "Share of all attempts by consumers that failed."),
    Metric("poison_attempts", .count, "Attempts at messages that nobody can handle."),
    Metric(
      "suppressed", .count, "Applications that an idempotent consumer recognised as done already."),
    Metric("queue_max", .count, "Most messages waiting in the work queues, sampled."),
    Metric("held_max", .count, "Most deliveries in one consumer's process, sampled."),
    Metric("backlog_max", .count, "Most messages that producers had not brought home, sampled."),
    Metric(
      "idle_fraction", .fraction,
      "Share of the consumers' time without work while messages waited or were held."),
    Metric(
      "expiry_delay_max", .seconds,
      "Longest time from the end of a message's own time to live until it was found set aside."),
  ]

  mutating func note(
    waiting: Int, held: Int, idle: Int, consumers: Int, hasWork: Bool, backlog: Int
  ) {
    waitingMax = max(waitingMax, waiting)
    heldMax = max(heldMax, held)
    backlogMax = max(backlogMax, backlog)
    waitingSeries.append(Double(waiting))
    heldSeries.append(Double(held))
    if hasWork {
      idleSamples += idle
      consumerSamples += consumers
    }
  }

  var measurements: [Measurement] {
    let tries = attempts + failedAttempts
    return [
      Measurement("redeliveries", Double(redeliveries), .count),
      Measurement(
        "wasted_work", tries == 0 ? nil : Double(failedAttempts) / Double(tries), .fraction),
      Measurement("poison_attempts", Double(poisonAttempts), .count),
      Measurement("suppressed", Double(suppressed), .count),
      Measurement("queue_max", Double(waitingMax), .count),
      Measurement("held_max", Double(heldMax), .count),
      Measurement("backlog_max", Double(backlogMax), .count),
      Measurement(
        "idle_fraction",
        consumerSamples == 0 ? nil : Double(idleSamples) / Double(consumerSamples), .fraction),
      Measurement("expiry_delay_max", expiryDelays.max()?.seconds, .seconds),
    ]
  }

  var series: [TimeSeries] {
    let every = Int(TimeSpan.seconds(1).nanoseconds / QueueUniverse.sampleInterval.nanoseconds)
    func line(_ name: String, _ values: [Double?]) -> TimeSeries {
      let picked = stride(from: 0, to: values.count, by: every).map { values[$0] }
      return TimeSeries(name, .count, .line, step: .seconds(1), values: picked)
    }
    return [line("waiting", waitingSeries), line("held by one", heldSeries)]
  }
}
