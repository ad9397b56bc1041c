import Kernel
import Patterns

/// The knobs of the overloaded server: design first, then the load and the surroundings.
enum ShedKnobs {
  static let all = LoadSheddingPreset.plain.tool.knobs + load + surroundings

  private static let load = [
    Knob(
      "rate", .number(1...3_000, .perSecond), standard: .number(300), role: .load,
      "Requests a second from all clients together."),
    Knob(
      "mix.critical", .number(0...1, .fraction), standard: .number(0.2), role: .load,
      "The share of requests that come from checkout, which is critical."),
    Knob(
      "mix.sheddable", .number(0...1, .fraction), standard: .number(0.3), role: .load,
      "The share of requests that come from prefetch, which is sheddable; the rest is browse."),
    Knob(
      "patience", .span(.milliseconds(10)...(.minutes(1))), standard: .span(.milliseconds(500)),
      role: .load, "The longest wait of a client for one call."),
    Knob(
      "retry.attempts", .integer(1...10), standard: .integer(3), role: .load,
      "The most calls for one request, the first included."),
    Knob(
      "retry.base", .span(.milliseconds(1)...(.minutes(1))), standard: .span(.milliseconds(100)),
      role: .load, "The span of the first wait between calls; it doubles, and chance shortens it."),
    .duration(),
  ]

  private static let surroundings = [
    Knob(
      "slots", .integer(1...1_000), standard: .integer(10), role: .load,
      "Calls that the server works on at a time."),
    Knob(
      "service", .span(.milliseconds(1)...(.minutes(1))), standard: .span(.milliseconds(20)),
      role: .load, "The mean time of the work for one call."),
    Knob(
      "service.shape", .choice(["gamma", "exponential", "constant"]), standard: .word("gamma"),
      role: .load, "How that time varies: little, much, not at all."),
    Knob(
      "refusal", .span(.zero...(.seconds(1))), standard: .span(.milliseconds(1)), role: .load,
      "The time of a slot that it takes to refuse a call."),
    .network(),
  ]
}
