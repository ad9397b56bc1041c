import Kernel
import Patterns

/// The knobs of the gateway: design first, then the load and the surroundings.
enum GatewayKnobs {
  static let all = own + GatewayPreset.plain.tool.knobs + issuer + load + surroundings

  private static let own = [
    Knob(
      "stands", .choice(["balancer", "mesh", "gateway"]), standard: .word("gateway"),
      "What stands in front: a balancer knows instances, a mesh knows workloads, a gateway consumers."
    ),
    Knob(
      "limit.scope", .choice(["node", "divided", "shared"]), standard: .word("node"),
      source: "Kong rate-limiting policy: local",
      "Where limits are counted: at each node in full, at each node its part, or in one store."),
    Knob(
      "limit.fails", .choice(["open", "closed"]), standard: .word("open"),
      source: "Kong rate-limiting fault_tolerant: true",
      "Whether requests go on or are refused while the store of limits does not answer (shared)."),
    Knob(
      "workers", .integer(1...10_000), standard: .integer(100),
      "Requests that a node holds open at a time; more are answered 503."),
    Knob(
      "page.timeout", .span(.zero...(.minutes(1))), standard: .span(.zero),
      "How long a page waits for its parts; 0s for as long as they take."),
    Knob(
      "page.optional", .flag, standard: .flag(false),
      "Whether a page may be answered without its prices."),
  ]

  private static let issuer = [
    Knob(
      "rotate.ahead", .span(.zero...(.minutes(30))), standard: .span(.zero),
      "How long the issuer publishes its new key before it signs with it."),
    Knob(
      "rotate.keep", .span(.zero...(.minutes(30))), standard: .span(.minutes(5)),
      "How long the issuer goes on publishing the old key after that."),
  ]

  private static let load = [
    Knob(
      "rotate.at", .span(.zero...(.minutes(30))), standard: .span(.zero), role: .load,
      "When the issuer makes a new key; 0s for never."),
    Knob(
      "rate", .number(1...1_000, .perSecond), standard: .number(60), role: .load,
      "Requests a second of each of the three consumers."),
    Knob(
      "flood", .number(0...100, .ratio), standard: .number(1), role: .load,
      "How many times the usual rate the consumer crow sends."),
    Knob(
      "account.share", .number(0...1, .fraction), standard: .number(0.2), role: .load,
      "The share of requests for /account, whose answer is the consumer's own."),
    Knob(
      "page.share", .number(0...1, .fraction), standard: .number(0.2), role: .load,
      "The share of requests for /page, which is put together from catalog and prices."),
    Knob(
      "forged.rate", .number(0...1_000, .perSecond), standard: .number(5), role: .load,
      "Requests a second with tokens that must not count: made-up keys, no signature, run out, for "
        + "another audience."),
    Knob(
      "token.life", .span(.seconds(5)...(.hours(24))), standard: .span(.seconds(60)),
      role: .load, "How long the issuer's tokens count; clients fetch the next at four fifths."),
    Knob(
      "duration", .span(.seconds(5)...(.minutes(30))), standard: .span(.seconds(60)), role: .load,
      "How long the run lasts."),
  ]

  private static let surroundings = [
    Knob("gateways", .integer(1...8), standard: .integer(2), role: .load, "Nodes of the gateway."),
    Knob(
      "instances", .integer(1...8), standard: .integer(2), role: .load,
      "Instances of catalog, accounts and prices each."),
    Knob(
      "slots", .integer(1...1_000), standard: .integer(8), role: .load,
      "Calls that an instance works on at a time."),
    Knob(
      "service", .span(.milliseconds(1)...(.minutes(1))), standard: .span(.milliseconds(20)),
      role: .load, "The mean time of an instance's work."),
    Knob(
      "queue", .integer(0...100_000), standard: .integer(500), role: .load,
      "Calls that wait at an instance before it refuses more."),
    Knob(
      "network", .span(.zero...(.seconds(1))), standard: .span(.milliseconds(1)), role: .load,
      "The time of a message one way."),
  ]
}
