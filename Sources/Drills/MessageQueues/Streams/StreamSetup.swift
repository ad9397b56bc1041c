import Kernel
import Simulation

/// Who is who in a universe of NATS or Redis, and what is asked of them.
struct StreamSetup: Sendable {
  let settings: Settings
  /// What names the random streams of the run.
  let name: String
  let roster: Roster
  let publishers: [NodeID]
  let brokers: [NodeID]
  let workers: [NodeID]
  /// The number of services that get a copy of every message each.
  let services: Int
  let roles: [StreamPart.Role]

  var rate: Double { settings.number("rate") }
  var keys: Int { settings.integer("keys") }
  var deduplicates: Bool { settings.flag("worker.idempotent") }
  var loadEnd: Instant { .zero + settings.span("duration") }
  var end: Instant { loadEnd + settings.span("settle") }
  var work: Distribution {
    .lognormal(p50: settings.span("work.p50"), p99: settings.span("work.p99"))
  }

  /// The place of a worker's service.
  func subscription(of worker: NodeID) -> Int {
    (worker.index - workers[0].index) % services
  }

  /// The names of the nodes of a kind, numbered from 1.
  static func names(_ name: String, _ count: Int) -> [String] {
    (1...max(1, count)).map { "\(name)-\($0)" }
  }

  /// Refuses what cannot be run in reasonable time, and a percentile below the median.
  static func validate(_ settings: Settings) throws(Diagnostic) {
    if settings.span("work.p99") < settings.span("work.p50") {
      throw Diagnostic(
        "The 99th percentile of the work lies below its median.",
        found: "work.p99=\(settings.span("work.p99"))",
        expected: "at least \(settings.span("work.p50"))")
    }
    let messages = settings.number("rate") * settings.span("duration").seconds
    try RunSize.refuse(
      messages, of: "messages", above: 20_000, remedy: "a lower rate or a shorter duration")
  }

  /// The knobs of load and surroundings that both scenarios have.
  static let load: [Knob] = [
    Knob("publishers", .integer(1...20), standard: .integer(2), role: .load, "Publishers."),
    Knob(
      "services", .integer(1...4), standard: .integer(1), role: .load,
      "Services that want a copy of every message each."),
    Knob(
      "workers", .integer(1...20), standard: .integer(3), role: .load,
      "Processes of each service, which share its copies."),
    Knob(
      "rate", .number(0.01...1_000, .perSecond), standard: .number(10), role: .load,
      "Messages a second by all publishers together."),
    Knob(
      "keys", .integer(1...1_000), standard: .integer(20), role: .load,
      "Keys that messages are about, equally often."),
    Knob(
      "work.p50", .span(.milliseconds(1) ... .hours(1)), standard: .span(.milliseconds(50)),
      role: .load, "Median time of the work on one message (lognormal)."),
    Knob(
      "work.p99", .span(.milliseconds(1) ... .hours(1)), standard: .span(.milliseconds(200)),
      role: .load, "99th percentile of it."),
    Knob(
      "duration", .span(.seconds(10) ... .hours(6)), standard: .span(.minutes(1)), role: .load,
      "How long publishers send."),
    Knob(
      "settle", .span(.seconds(10) ... .hours(6)), standard: .span(.minutes(1)), role: .load,
      "How long the run goes on after that, with nothing wrong."),
  ]

  /// The knobs of clients that both scenarios have.
  static let clients: [Knob] = [
    Knob(
      "publish.attempts", .integer(1...100), standard: .integer(5),
      "How often a publisher sends a message until somebody answers for it."),
    Knob(
      "publish.timeout", .span(.milliseconds(100) ... .minutes(10)), standard: .span(.seconds(5)),
      "How long a publisher waits for the answer before it sends again."),
    Knob(
      "worker.idempotent", .flag, standard: .flag(false),
      "Whether a service's database keeps the numbers of what was done, in the same transaction."),
  ]
}
