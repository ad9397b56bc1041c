import Kernel
import Patterns
import Verification

/// What customers, databases and consumers saw of a run, from which its figures are read.
struct EventRecord: Sendable {
  struct Commit: Sendable {
    let event: DomainEvent
    let at: Instant
  }

  struct Handling: Sendable {
    let id: Int
    let step: DeliveryHistory.Handling.Step
    let at: Instant
    let subscriber: Int
  }

  let subscribers: Int
  /// The changes that were committed, in that order.
  private(set) var commits: [Commit] = []
  private(set) var handlings: [Handling] = []
  var rolledBack: Set<Int> = []
  /// When the topic took each event.
  var published: [Int: Instant] = [:]
  var relayed = 0
  var redeliveries = 0
  var unreadable = 0
  var superseded = 0
  var parked = 0
  var isDeployed = false
  private var wanted: [Int: Instant] = [:]
  private var answers: [TimeSpan] = []
  private var questions: [Instant] = []
  private var applied: [Set<Int>]

  init(subscribers: Int) {
    self.subscribers = subscribers
    applied = Array(repeating: [], count: subscribers)
  }

  mutating func wanted(_ change: Int, at now: Instant) { wanted[change] = now }

  mutating func answered(_ change: Int, at now: Instant) {
    if let start = wanted.removeValue(forKey: change) { answers.append(now - start) }
  }

  mutating func asked(at now: Instant) { questions.append(now) }

  mutating func committed(_ event: DomainEvent, at now: Instant) {
    commits.append(Commit(event: event, at: now))
  }

  /// Notes what a consumer did; true when it applied the event before.
  @discardableResult
  mutating func handle(
    _ id: Int, _ step: DeliveryHistory.Handling.Step, at now: Instant, by subscriber: Int
  ) -> Bool {
    handlings.append(Handling(id: id, step: step, at: now, subscriber: subscriber))
    return step == .applied && !applied[subscriber].insert(id).inserted
  }

  /// Whether a consumer has not applied the event yet.
  func isNew(_ id: Int, to subscriber: Int) -> Bool { !applied[subscriber].contains(id) }

  /// Ids of events that consumers applied and that no committed row stands for.
  var ghosts: [Handling] {
    let real = Set(commits.map(\.event.id))
    var seen: Set<Int> = []
    return handlings.filter {
      $0.step == .applied && !real.contains($0.id) && seen.insert($0.id).inserted
    }
  }

  /// Commits whose event the topic never got.
  var silent: [Commit] { commits.filter { published[$0.event.id] == nil } }

  /// The deliveries: each committed change is a message that is confirmed by its commit.
  func meters(loadEnd: Instant) -> DeliveryMeters {
    var meters = DeliveryMeters(subscriptions: subscribers)
    var numbers: [Int: Int] = [:]
    var firsts: [Int: Instant] = [:]
    for handling in handlings where firsts[handling.id] == nil {
      firsts[handling.id] = handling.at
    }
    for commit in commits {
      // An event that went out before its commit may be applied before it.
      let at = min(commit.at, firsts[commit.event.id] ?? commit.at)
      let number = meters.history.publish(by: 0, key: commit.event.aggregate, at: at)
      meters.history.confirm(number, at: commit.at)
      numbers[commit.event.id] = number
    }
    for handling in handlings {
      guard let number = numbers[handling.id] else { continue }
      meters.history.handle(
        number, handling.step, by: handling.subscriber, subscription: handling.subscriber,
        at: handling.at)
    }
    return meters
  }
}

extension EventRecord {
  static let metrics: [Metric] = [
    Metric(
      "rows_without_event", .count, "Committed changes whose event never reached the topic."),
    Metric(
      "events_without_row", .count,
      "Events that a consumer applied although their change was never committed."),
    Metric("stale_copies", .count, "Copies of orders that differ from the owner's at the end."),
    Metric("superseded", .count, "Events dropped because the copy was as new or newer."),
    Metric("parked", .count, "Events that waited for an earlier version."),
    Metric("unreadable", .count, "Times a consumer could not read a payload."),
    Metric("redeliveries", .count, "Receipts of events that had been received before."),
    Metric("relayed", .count, "Events that relays handed to the topic, repeats included."),
    Metric("callbacks", .count, "Questions to the orders service about an order's state."),
    Metric("callback_rate_max", .perSecond, "Most questions in one second."),
    Metric("order_p50", .seconds, "Median time from a customer's wish to the answer."),
    Metric("order_p99", .seconds, "99th percentile of that time."),
    Metric("schema_deployed", .count, "1 when version 2 of the event went out, else 0."),
  ]

  func measurements(_ staleCopies: Int) -> [Measurement] {
    func count(_ name: String, _ value: Int) -> Measurement {
      Measurement(name, Double(value), .count)
    }
    let sorted = answers.sorted()
    return [
      count("rows_without_event", silent.count), count("events_without_row", ghosts.count),
      count("stale_copies", staleCopies), count("superseded", superseded),
      count("parked", parked), count("unreadable", unreadable),
      count("redeliveries", redeliveries), count("relayed", relayed),
      count("callbacks", questions.count),
      Measurement("callback_rate_max", Double(rates.values.max() ?? 0), .perSecond),
      Measurement("order_p50", Self.quantile(0.5, of: sorted), .seconds),
      Measurement("order_p99", Self.quantile(0.99, of: sorted), .seconds),
      count("schema_deployed", isDeployed ? 1 : 0),
    ]
  }

  private static func quantile(_ share: Double, of sorted: [TimeSpan]) -> Double? {
    sorted.nearestRank(share)?.seconds
  }

  /// Questions in each second.
  private var rates: [Int: Int] {
    var rates: [Int: Int] = [:]
    for instant in questions {
      rates[Int(instant.nanoseconds / TimeSpan.seconds(1).nanoseconds), default: 0] += 1
    }
    return rates
  }

  /// Questions over time, where there were any.
  func series(until end: Instant) -> [TimeSeries] {
    guard !questions.isEmpty else { return [] }
    let seconds = max(1, Int(end.nanoseconds / TimeSpan.seconds(1).nanoseconds))
    let rates = rates
    return [
      TimeSeries(
        "callbacks", .count, .strip, step: .seconds(1),
        values: (0..<seconds).map { Double(rates[$0] ?? 0) })
    ]
  }
}
