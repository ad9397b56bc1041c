import Kernel

/// The balancer of Linkerd's proxy: peak EWMA over two hosts drawn at random.
enum LinkerdBalancing {
  private static let source =
    "github.com/linkerd/linkerd2-proxy linkerd/ewma/src/lib.rs @29637b64f"

  static let tool = ToolPreset(
    id: BalancerPreset.linkerd.rawValue, title: "Linkerd proxy, peak EWMA", knobs: knobs,
    leavesOut: [
      "A failed answer counts here with the latency it had; nothing else is made of it.",
      "Failure accrual, which takes hosts out, is left out.",
    ])

  private static let knobs = [
    Knob(
      "decay", .span(.milliseconds(1)...(.hours(1))), standard: .span(.seconds(10)),
      source: source, "The time over which a peak of latency is forgotten."),
    Knob(
      "default_rtt", .span(.milliseconds(1)...(.seconds(10))),
      standard: .span(.milliseconds(30)), source: source,
      "The latency assumed of a host that nothing is known of."),
  ]

  static func setup(_ settings: Settings) -> BalancerSetup {
    var setup = BalancerSetup()
    setup.algorithm = .peakEWMA
    setup.options.ewmaDecay = settings.span("decay")
    setup.options.ewmaStart = settings.span("default_rtt")
    return setup
  }
}
