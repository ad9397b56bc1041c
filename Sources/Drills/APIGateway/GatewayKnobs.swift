import Kernel
import Patterns

/// The knobs of the gateway: design first, then the load and the surroundings.
enum GatewayKnobs {
  static let all = own + GatewayPreset.plain.tool.knobs + issuer + load + surroundings

  private static let own = [
    Knob(
      "stands", .choice(["balancer", "mesh", "gateway", "both"]), standard: .word("gateway"),
      "What stands before the services: a balancer knows instances, a mesh workloads, a gateway "
        + "consumers; both is a gateway before a mesh."
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
    Knob(
      "canary.weight", .number(0...1, .fraction), standard: .number(0),
      "The share of requests for /catalog that its next version gets."),
    Knob(
      "canary.sticks", .choice(["request", "client"]), standard: .word("request"),
      "Whether the version is chosen for each request, or once for each client."),
    Knob(
      "canary.watch", .flag, standard: .flag(false),
      "Whether the next version gets no more when it fails more often than the one beside it."),
    Knob(
      "log.sample", .number(0...1, .fraction), standard: .number(1),
      "The share of requests that leaves a record in the access log."),
    Knob(
      "log.errors", .flag, standard: .flag(true),
      "Whether every answer of 400 and above leaves a record, whatever the share."),
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
      "Requests a second with tokens that must not count, of eight kinds: no signature, made-up keys, "
        + "for another audience, run out, and more."),
    Knob(
      "keyed.share", .number(0...1, .fraction), standard: .number(0), role: .load,
      "The share of the consumers' requests that come with an API key and not with a token."),
    Knob(
      "thief.rate", .number(0...1_000, .perSecond), standard: .number(0), role: .load,
      "Requests a second for /account with a key of acme that has leaked."),
    Knob(
      "revoke.at", .span(.zero...(.minutes(30))), standard: .span(.zero), role: .load,
      "When that key is revoked; acme's clients have a new one then. 0s for never."),
    Knob(
      "spoof.rate", .number(0...1_000, .perSecond), standard: .number(0), role: .load,
      "Requests a second of crow for /account that say in a header that they come from acme."),
    Knob(
      "inside.rate", .number(0...1_000, .perSecond), standard: .number(0), role: .load,
      "Calls a second of a job inside to accounts, past whatever stands in front."),
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
      "Instances of catalog, accounts, prices and the next version of catalog, each."),
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
