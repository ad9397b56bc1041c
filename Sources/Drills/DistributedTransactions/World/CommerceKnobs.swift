import Kernel
import Patterns

/// Everything that can be turned in the shop.
enum CommerceKnobs {
  static let load: [Knob] = [
    Knob(
      "rate", .number(0.1...200, .perSecond), standard: .number(10), role: .load,
      "Transactions that customers begin a second."),
    Knob(
      "returns", .number(0...1, .fraction), standard: .number(0), role: .load,
      "Share of them that are returns, the others being orders."),
    Knob(
      "refused", .number(0...1, .fraction), standard: .number(0.1), role: .load,
      "Share of cards that are declined, and of returned goods that never come."),
    Knob(
      "records", .integer(1...500), standard: .integer(50), role: .load,
      "Items, regions and customers, each as many."),
    Knob(
      "credit", .integer(0...1_000_000), standard: .integer(100_000), role: .load,
      "What each customer has at first."),
    Knob(
      "counter.rate", .number(0...200, .perSecond), standard: .number(5), role: .load,
      "Sales at the counter a second: local work of the inventory, with no other service."),
    Knob(
      "read.rate", .number(0...200, .perSecond), standard: .number(5), role: .load,
      "Balances that somebody reads a second, at any service."),
    Knob(
      "service.time", .span(.microseconds(10) ... .seconds(1)), standard: .span(.milliseconds(1)),
      role: .load, "What a message costs the process that takes it in."),
    Knob(
      "disk.sync", .span(.zero ... .milliseconds(500)), standard: .span(.milliseconds(2)),
      role: .load, "How long a forced write takes."),
    Knob(
      "network.p50", .span(.microseconds(100) ... .seconds(1)), standard: .span(.milliseconds(5)),
      role: .load, "Median latency of a message (p99 is four times)."),
    Knob(
      "duration", .span(.seconds(5) ... .hours(1)), standard: .span(.minutes(1)), role: .load,
      "How long customers begin transactions."),
    Knob(
      "settle", .span(.seconds(5) ... .hours(2)), standard: .span(.minutes(1)), role: .load,
      "How long the run goes on after that, with nothing wrong."),
  ]

  static let all = PlainTransactions.knobs + load
}
