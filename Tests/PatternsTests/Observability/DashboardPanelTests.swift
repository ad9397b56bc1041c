import Kernel
import Patterns
import Testing

@Suite struct DashboardPanelTests {
  /// Range, points and scrape interval, all in seconds; then a step and $__rate_interval.
  @Test(arguments: [
    (3_600, 60, 15, 60, 75), (21_600, 60, 15, 300, 315), (1_800, 60, 60, 60, 240),
    (1_800, 60, 15, 30, 60), (300, 1_000, 15, 15, 60), (86_400, 1_500, 60, 60, 240),
    (604_800, 1_000, 30, 600, 630),
  ])
  func intervals(range: Int64, points: Int, scrape: Int64, step: Int64, rate: Int64) {
    let resolution = PanelResolution(
      range: range * 1_000, maxDataPoints: points, scrapeInterval: scrape * 1_000)
    #expect(resolution.step == step * 1_000 && resolution.rateInterval == rate * 1_000)
    let text = resolution.filled("x[$__rate_interval] $__interval ${__range_s} $__range")
    let spans = [rate, step].map { PromDuration.text($0 * 1_000) }
    #expect(text == "x[\(spans[0])] \(spans[1]) \(range) \(range)s")
  }

  /// Whatever the settings, a window of rates holds two samples, and no step is left out.
  @Test(arguments: UInt64(1)...20) func windowsReachFarEnough(seed: UInt64) {
    var random = RandomStream(seed: seed, name: "panels")
    for _ in 0..<100 {
      let scrape = Int64(1 + random.below(120)) * 1_000
      let range = Int64(1 + random.below(200_000)) * 1_000
      func resolution(_ shortcut: DashboardShortcut?) -> PanelResolution {
        PanelResolution(
          range: range, maxDataPoints: 2 + random.below(3_000), scrapeInterval: scrape,
          shortcut: shortcut)
      }
      let good = resolution(nil)
      #expect(good.fault == nil)
      #expect(good.rateInterval >= 2 * scrape && good.rateInterval >= good.interval)
      let bad = resolution(.rateOverOneStep)
      #expect(bad.fault != nil)
      let times = good.times(until: range * 2)
      #expect(times.allSatisfy { $0 % good.step == 0 } && times.count <= 11_002)
    }
  }

  @Test func nothingIsDrawnAsThePanelSays() throws {
    var store = SeriesStore()
    try store.load("m{job=\"a\"}", "1 _ _ 4 stale _ _ 7", interval: 1_000)
    let resolution = PanelResolution(range: 7_000, maxDataPoints: 7, scrapeInterval: 1_000)
    func drawn(_ mode: DashboardPanel.NullPointMode, _ bug: DashboardShortcut? = nil) throws
      -> PanelFrame
    {
      let panel = DashboardPanel(
        "m", [.init("m", legendFormat: "of {{job}}")], nullPointMode: mode)
      let frames = try panel.frames(
        PromEngine(store, lookback: 500),
        PanelResolution(
          range: 7_000, maxDataPoints: 7, scrapeInterval: 1_000, shortcut: bug), at: 7_000)
      return try #require(frames.first)
    }
    #expect(resolution.step == 1_000)
    #expect(try drawn(.null).drawn == [1, nil, nil, 4, nil, nil, nil, 7])
    #expect(try drawn(.connected).drawn == [1, 2, 3, 4, 4.75, 5.5, 6.25, 7])
    #expect(try drawn(.nullAsZero).drawn == [1, 0, 0, 4, 0, 0, 0, 7])
    #expect(try drawn(.null).legend == "of a")
    #expect(try drawn(.null).reduced(.mean) == 4 && drawn(.nullAsZero).reduced(.mean) == 1.5)
    #expect(try drawn(.null).fault(.null) == nil && drawn(.connected).fault(.connected) == nil)
    #expect(try drawn(.null, .zeroForNothing).fault(.null) != nil)
  }

  @Test(arguments: [
    (1_234.0, "1.23 K"), (0.5, "0.5"), (2.5e6, "2.5 Mil"), (80, "80"), (-1_500, "-1.5 K"),
  ])
  func shortNumbers(value: Double, text: String) {
    #expect(PanelUnit.short.text(value) == text)
  }

  /// A counter's family has no _total in OpenMetrics, its samples have, and the text ends.
  @Test func openMetrics() {
    var registry = MetricRegistry()
    registry.declare("a_total", .counter, help: "Things.")
    registry.add(3, to: "a_total", MetricLabels([("x", "1")]))
    registry.declare("b", .gauge, help: "Level.")
    registry.set(2, of: "b")
    let expected = """
      # HELP a Things.
      # TYPE a counter
      a_total{x="1"} 3
      # HELP b Level.
      # TYPE b gauge
      b 2
      # EOF

      """
    #expect(registry.text(as: .openMetrics) == expected)
    #expect(registry.text.contains("# TYPE a_total counter\n"))
  }
}
