import Kernel
import Patterns

/// The knobs of the mesh: design first, then the load and the surroundings.
enum MeshKnobs {
  static let all = MeshPreset.plain.tool.knobs + layers + rollout + change + load + surroundings

  private static let layers = [
    Knob(
      "retry.app", .integer(0...10), standard: .integer(0),
      "How often the code of each service repeats a call that its sidecar gave up on."),
    Knob(
      "batch.sidecar", .flag, standard: .flag(false),
      "Whether the nightly job that calls stock has a sidecar, or speaks plaintext."),
    Knob(
      "authz.allow", .choice(["nobody", "orders", "orders+batch"]), standard: .word("orders"),
      "Whom the policy of stock allows to call, once it is pushed (change=authz)."),
    Knob(
      "root.overlap", .span(.zero...(.hours(48))), standard: .span(.zero),
      "How long the new root is trusted before certificates are signed with it."),
    Knob(
      "root.keep", .span(.zero...(.hours(48))), standard: .span(.zero),
      "How long the old root stays trusted after that."),
  ]

  private static let rollout = [
    Knob(
      "change.order", .choice(["routes-first", "clusters-first"]),
      standard: .word("clusters-first"),
      "Which half of a change to routes reaches the control plane first."),
    Knob(
      "change.gap", .span(.zero...(.hours(1))), standard: .span(.seconds(5)),
      "How much later the other half follows; with push.stages, how long a stage is watched."),
    Knob(
      "push.checks", .flag, standard: .flag(false),
      "Whether the control plane turns down routes that name a subset it does not know."),
    Knob(
      "push.stages", .flag, standard: .flag(false),
      "Whether a change goes to zone a first and is taken back when errors rise there."),
    Knob(
      "canary.weight", .number(0...1, .fraction), standard: .number(0.05),
      "The share of requests for orders that the new version gets (change=canary)."),
    Knob(
      "canary.mirror", .number(0...1, .fraction), standard: .number(0),
      "The share of requests for orders that is copied to the new version instead."),
    Knob(
      "canary.watch", .flag, standard: .flag(false),
      "Whether the new version is taken out when its errors exceed the old one's by 5 % of 50 calls."
    ),
  ]

  private static let change = [
    Knob(
      "change",
      .choice(["none", "strict", "authz", "canary", "rotate-root", "typo"]),
      standard: .word("none"), role: .load,
      "What is changed while the mesh runs: strict mutual TLS, a policy at stock, a new version of "
        + "orders, another root, or a route with a wrong name."),
    Knob(
      "change.at", .span(.seconds(1)...(.hours(48))), standard: .span(.seconds(15)), role: .load,
      "When."),
    Knob(
      "canary.errors", .number(0...1, .fraction), standard: .number(0), role: .load,
      "The share of requests that the new version of orders answers with an error."),
  ]

  private static let load = [
    Knob(
      "rate", .number(0.1...2_000, .perSecond), standard: .number(200), role: .load,
      "Requests a second from clients, whatever becomes of them."),
    Knob(
      "arrivals", .choice(["poisson", "steady"]), standard: .word("poisson"), role: .load,
      "Whether requests come independently of each other or evenly spaced."),
    Knob(
      "duration", .span(.seconds(5)...(.hours(72))), standard: .span(.seconds(60)), role: .load,
      "How long the run lasts."),
    Knob(
      "batch.rate", .number(0...500, .perSecond), standard: .number(10), role: .load,
      "Requests a second of the nightly job to stock."),
    Knob(
      "intruder.rate", .number(0...500, .perSecond), standard: .number(0), role: .load,
      "Requests a second to stock from a workload of the mesh that has no business there."),
  ]

  private static let surroundings = [
    Knob("zones", .integer(1...3), standard: .integer(3), role: .load, "Zones: a, b and c."),
    Knob(
      "replicas", .integer(1...4), standard: .integer(2), role: .load,
      "Instances of each service in each zone."),
    Knob(
      "slots", .integer(1...1_000), standard: .integer(4), role: .load,
      "Calls that an instance of stock works on at a time."),
    Knob(
      "service", .span(.milliseconds(1)...(.minutes(1))), standard: .span(.milliseconds(20)),
      role: .load, "The mean time of stock's work; orders and front take none of their own."),
    Knob(
      "queue", .integer(0...100_000), standard: .integer(200), role: .load,
      "Calls that wait at an instance before it refuses more."),
    Knob(
      "timeout", .span(.milliseconds(10)...(.minutes(10))), standard: .span(.milliseconds(500)),
      role: .load,
      "The longest wait for one try of a call to stock; each layer above waits twice as long."),
    Knob(
      "network", .span(.zero...(.seconds(1))), standard: .span(.microseconds(500)), role: .load,
      "The time of a message one way within a zone, sidecars included."),
    Knob(
      "network.zone", .span(.zero...(.seconds(1))), standard: .span(.milliseconds(1)),
      role: .load, "What a message to another zone takes more."),
    Knob(
      "push.delay", .span(.zero...(.minutes(10))), standard: .span(.seconds(1)), role: .load,
      "How long a sidecar takes to apply a part of its configuration, on average."),
    Knob(
      "connection.age", .span(.milliseconds(100)...(.hours(24))), standard: .span(.seconds(30)),
      role: .load, "How long a connection is used before a new handshake."),
    Knob(
      "discovery", .span(.zero...(.minutes(10))), standard: .span(.seconds(10)), role: .load,
      "How long after an instance died, or came, the control plane tells sidecars."),
  ]
}
