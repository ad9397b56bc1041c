import Kernel
import Patterns

/// The knobs of the service with three dependencies: design first, then load and surroundings.
enum BulkheadKnobs {
  static let all = BulkheadPreset.plain.tool.knobs + waiting + load + surroundings

  private static let waiting = [
    Knob(
      "timeout", .span(.milliseconds(10)...(.minutes(10))), standard: .span(.seconds(1)),
      "How long a request's thread waits for a pool to do its call (pool)."),
    Knob(
      "timeout.socket", .span(.milliseconds(10)...(.minutes(10))), standard: .span(.seconds(30)),
      "How long the thread that makes a call waits for the dependency."),
    Knob(
      "fallback", .flag, standard: .flag(false),
      "Whether a page without its reviews is shown when reviews cannot be had."),
    Knob(
      "threads", .integer(1...10_000), standard: .integer(60),
      "Requests that the service holds open at a time, over all routes."),
    Knob(
      "backlog", .integer(0...100_000), standard: .integer(200),
      "Requests that wait for a thread before more are refused."),
  ]

  private static let load = [
    Knob(
      "rate.pay", .number(0...2_000, .perSecond), standard: .number(100), role: .load,
      "Requests a second that need payments."),
    Knob(
      "rate.browse", .number(0...2_000, .perSecond), standard: .number(300), role: .load,
      "Requests a second that need the catalog."),
    Knob(
      "rate.review", .number(0...2_000, .perSecond), standard: .number(200), role: .load,
      "Requests a second that need reviews."),
    Knob(
      "patience", .span(.milliseconds(10)...(.minutes(10))), standard: .span(.seconds(2)),
      role: .load, "How long a client waits for its page."),
    .duration(),
  ]

  private static let surroundings = [
    Knob(
      "service.pay", .span(.milliseconds(1)...(.minutes(1))), standard: .span(.milliseconds(30)),
      role: .load, "The mean time of the work of payments."),
    Knob(
      "service.browse", .span(.milliseconds(1)...(.minutes(1))),
      standard: .span(.milliseconds(20)), role: .load, "The mean time of the work of the catalog."),
    Knob(
      "service.review", .span(.milliseconds(1)...(.minutes(1))),
      standard: .span(.milliseconds(40)), role: .load, "The mean time of the work of reviews."),
    Knob(
      "slots", .integer(1...1_000), standard: .integer(40), role: .load,
      "Calls that each dependency works on at a time."),
    .network(),
  ]
}
