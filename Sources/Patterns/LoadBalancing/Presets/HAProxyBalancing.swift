import Kernel

/// A `backend` of HAProxy.
enum HAProxyBalancing {
  private static let manual = "github.com/haproxy/haproxy doc/configuration.txt @50872daa6"
  private static let defaults =
    "github.com/haproxy/haproxy include/haproxy/defaults.h @50872daa6"

  static let tool = ToolPreset(
    id: BalancerPreset.haproxy.rawValue, title: "HAProxy backend", knobs: knobs,
    leavesOut: [
      "random draws two and takes the less loaded, without regard to weights here.",
      "`retries` (3) repeats the connection to the same server; it is left out.",
      "slowstart raises the weight; that it also raises maxconn is left out.",
      "hash-balance-factor (0, off) and the queue of a server that is full are left out.",
      "Checks come at once for all servers and not spread over `inter`.",
    ])

  private static let knobs = [
    Knob(
      "balance", .choice(["roundrobin", "static-rr", "leastconn", "random", "uri"]),
      standard: .word("roundrobin"), source: manual, "How a server is chosen."),
    Knob(
      "hash-type", .choice(["map-based", "consistent"]), standard: .word("map-based"),
      source: manual, "For balance uri: a table by weight, or the tree on which few keys move."),
    Knob(
      "inter", .span(.milliseconds(100)...(.hours(1))), standard: .span(.seconds(2)),
      source: manual, "The time between two checks of a server."),
    Knob(
      "fall", .integer(1...100), standard: .integer(3), source: defaults,
      "Failed checks in a row that take a server down."),
    Knob(
      "rise", .integer(1...100), standard: .integer(2), source: defaults,
      "Good checks in a row that bring it up."),
    Knob(
      "slowstart", .span(.zero...(.hours(1))), standard: .span(.zero), source: manual,
      "How long a server that comes up is brought to its weight."),
    Knob(
      "maxconn", .integer(0...100_000), standard: .integer(0), source: manual,
      "The most requests under way at a server; 0: no limit."),
  ]

  static func setup(_ settings: Settings) -> BalancerSetup {
    var setup = BalancerSetup()
    switch settings.word("balance") {
    case "static-rr": setup.algorithm = .staticRoundRobin
    case "leastconn": setup.algorithm = .leastConnectionsTree
    case "random": setup.algorithm = .powerOfTwo
    case "uri":
      setup.algorithm = .elasticRoundRobin
      setup.hash = settings.word("hash-type") == "consistent" ? .tree : .map
    default: setup.algorithm = .elasticRoundRobin
    }
    setup.options.slowStart = settings.span("slowstart")
    setup.options.ramp = .steps
    setup.options.maxInflight = settings.integer("maxconn")
    setup.fall = settings.integer("fall")
    setup.rise = settings.integer("rise")
    setup.checkEvery = settings.span("inter")
    return setup
  }
}
