import Kernel
import Patterns

/// The knobs and settings of the workers that tenants share.
struct ShuffleSettings: Sendable {
  static let knobs = [
    Knob(
      "plan", .choice(["shared", "fixed", "shuffle"]), standard: .word("shared"),
      "Which workers serve a tenant: all, those of its group, or a hand of its own."),
    Knob(
      "shard", .integer(1...16), standard: .integer(2),
      source: "aws.amazon.com/builders-library/workload-isolation-using-shuffle-sharding",
      "Workers of one tenant (fixed, shuffle)."),
    Knob(
      "tries", .integer(1...16), standard: .integer(2),
      "Workers of its shard that a client tries, one after the other."),
    Knob(
      "workers", .integer(2...64), standard: .integer(8), role: .load,
      source: "aws.amazon.com/builders-library/workload-isolation-using-shuffle-sharding",
      "Workers in all."),
    Knob("tenants", .integer(2...2_000), standard: .integer(200), role: .load, "Tenants."),
    Knob(
      "rate", .number(1...3_000, .perSecond), standard: .number(600), role: .load,
      "Requests a second of all tenants together."),
    Knob(
      "poison.at", .span(.zero...(.minutes(10))), standard: .span(.seconds(10)), role: .load,
      "When the first tenant begins to send requests that kill the worker that takes them."),
    Knob(
      "poison.for", .span(.zero...(.minutes(10))), standard: .span(.seconds(30)), role: .load,
      "For how long."),
    Knob(
      "poison.rate", .number(0...100, .perSecond), standard: .number(5), role: .load,
      "How many of them a second."),
    Knob(
      "restart", .span(.milliseconds(100)...(.minutes(5))), standard: .span(.seconds(10)),
      role: .load, "How long a killed worker is down."),
    Knob(
      "service", .span(.milliseconds(1)...(.minutes(1))), standard: .span(.milliseconds(10)),
      role: .load, "The mean time of the work for one request."),
    Knob(
      "slots", .integer(1...1_000), standard: .integer(10), role: .load,
      "Requests that a worker works on at a time; others wait in line."),
    .duration(),
  ]

  let shards: ShuffleShards
  let tries: Int
  let tenants: Int
  let rate: Double
  let poisonAt: Instant
  let poisonEnd: Instant
  let poisonRate: Double
  let restart: TimeSpan
  let service: TimeSpan
  let slots: Int
  let duration: TimeSpan

  init(_ settings: Settings, seed: UInt64, mutant: String?) {
    shards = ShuffleShards(
      workers: settings.integer("workers"),
      size: min(settings.integer("workers"), settings.integer("shard")),
      plan: ShuffleShards.Plan(rawValue: settings.word("plan")) ?? .shared, seed: seed,
      shortcut: mutant.flatMap(BulkheadShortcut.init(rawValue:)))
    tries = settings.integer("tries")
    tenants = settings.integer("tenants")
    rate = settings.number("rate")
    poisonAt = .zero + settings.span("poison.at")
    poisonEnd = poisonAt + settings.span("poison.for")
    poisonRate = settings.number("poison.rate")
    restart = settings.span("restart")
    service = settings.span("service")
    slots = settings.integer("slots")
    duration = settings.span("duration")
  }

  var names: [String] { (1...shards.workers).map { "worker-\($0)" } }
}
