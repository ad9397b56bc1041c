import Kernel

/// A balancer under our own names.
enum PlainBalancing {
  static let tool = ToolPreset(
    id: BalancerPreset.plain.rawValue, title: "A balancer", knobs: knobs, leavesOut: [])

  private static let knobs = [
    Knob(
      "algorithm", .choice(BalancingAlgorithm.allCases.map(\.rawValue)),
      standard: .word("round-robin"), "How it chooses among its hosts."),
    Knob(
      "tries", .integer(1...8), standard: .integer(1),
      "The most hosts that a request is sent to, one after the other."),
    Knob(
      "max.fails", .integer(0...100), standard: .integer(0),
      "Failed tries that take a host out; 0: failures are not looked at."),
    Knob(
      "fail.timeout", .span(.seconds(1)...(.hours(1))), standard: .span(.seconds(10)),
      "How long they keep it out; then one request looks again."),
    Knob(
      "max.inflight", .integer(0...10_000), standard: .integer(0),
      "The most requests under way at one host; 0: no limit."),
    Knob(
      "load.factor", .integer(101...1_000), standard: .integer(125),
      "For bounded-load: the most load of a host in percent of the mean."),
    Knob(
      "failure.penalty", .span(.zero...(.minutes(1))), standard: .span(.zero),
      "For peak-ewma: the latency that a failed answer counts for at least."),
    Knob(
      "slow.start", .span(.zero...(.hours(1))), standard: .span(.zero),
      "How long the weight of a host that comes in is brought up."),
    Knob(
      "panic", .integer(0...100), standard: .integer(0),
      "Below this percentage of healthy hosts, health is ignored; 0: never."),
    Knob("fall", .integer(1...100), standard: .integer(3), "Failed probes that take a host out."),
    Knob("rise", .integer(1...100), standard: .integer(2), "Good probes that bring it back."),
  ]

  static func setup(_ settings: Settings) -> BalancerSetup {
    var setup = BalancerSetup()
    setup.algorithm = BalancingAlgorithm(rawValue: settings.word("algorithm")) ?? .roundRobin
    setup.options.maxFails = settings.integer("max.fails")
    setup.options.failTimeout = settings.span("fail.timeout")
    setup.options.maxInflight = settings.integer("max.inflight")
    setup.options.balanceFactorPercent = settings.integer("load.factor")
    setup.options.failurePenalty = settings.span("failure.penalty")
    setup.options.slowStart = settings.span("slow.start")
    setup.options.panicPercent = settings.integer("panic")
    setup.fall = settings.integer("fall")
    setup.rise = settings.integer("rise")
    setup.rule.statuses = [500, 503]
    setup.rule.tries = settings.integer("tries")
    return setup
  }
}
