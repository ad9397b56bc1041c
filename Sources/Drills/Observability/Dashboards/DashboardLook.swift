import Kernel
import Patterns
import Simulation

/// The look that somebody takes at the panel when the run is over.
struct DashboardLook {
  /// What the panel shows.
  enum Panel: String, CaseIterable {
    case errors, traffic
    case errorsByInstance = "errors-by-instance"
    case latencyMean = "latency-mean"
    case latencyMeanOfP99 = "latency-mean-of-p99"
    case latencyP99 = "latency-p99"

    /// What it asks of the service.
    var query: ServiceQuery {
      switch self {
      case .errors: .errors
      case .errorsByInstance: .errorsByInstance
      case .traffic: .trafficRate
      case .latencyMean: .latencyMean
      case .latencyMeanOfP99: .latencyMeanOfP99
      case .latencyP99: .latencyP99
      }
    }
  }

  private let settings: Settings
  private let query: ServiceQuery
  private let bounds: ServiceBounds
  private let resolution: PanelResolution
  private let mode: DashboardPanel.NullPointMode

  init(_ settings: Settings, shortcut: DashboardShortcut?) {
    self.settings = settings
    query = (Panel(rawValue: settings.word("panel")) ?? .errors).query
    bounds = ServiceBounds(settings)
    mode = DashboardPanel.NullPointMode(rawValue: settings.word("nullPointMode")) ?? .null
    let least = GrafanaPreset.milliseconds(settings.span("interval"))
    resolution = PanelResolution(
      range: GrafanaPreset.milliseconds(settings.span("time.from")),
      maxDataPoints: settings.integer("maxDataPoints"), minInterval: least == 0 ? nil : least,
      scrapeInterval: GrafanaPreset.milliseconds(settings.span("timeInterval")),
      shortcut: shortcut)
  }

  /// The window of rates, in milliseconds.
  private var window: Int64 {
    settings.word("window") == "fixed"
      ? GrafanaPreset.milliseconds(settings.span("window.fixed")) : resolution.rateInterval
  }

  private func isRed(_ value: Double) -> Bool { bounds.isBeyond(value, query) }

  func outcome(_ world: MonitoringWorld, at end: Instant) -> Outcome {
    var world = world
    let now = GrafanaPreset.milliseconds(end - .zero)
    let drawing = DashboardPanel("panel", [.init(query.text(over: window))], nullPointMode: mode)
    let engine = PromEngine(world.store)
    let frames = (try? drawing.frames(engine, resolution, at: now)) ?? []
    let frame = frames.first
    let times = resolution.times(until: now)
    let values = frame?.drawn ?? Array(repeating: nil, count: times.count)
    tell(hidden(world.truth, times, values), values, &world, at: end)
    let figure = PanelFrame.Calculation(rawValue: settings.word("calcs")) ?? .lastNotNull
    let zeros = frame.map { frame in
      zip(frame.measured, frame.drawn).count { $0 == nil && $1 == 0 }
    }
    let empty = values.count { $0 == nil }
    let measurements = [
      world.measured(.outages),
      Measurement("hidden_outages", Double(hidden(world.truth, times, values).count), .count),
      Measurement("false_points", Double(falsePoints(world.truth, times, values)), .count),
      Measurement(
        "empty", values.isEmpty ? nil : Double(empty) / Double(values.count), .fraction),
      Measurement("zeros_for_nothing", Double(zeros ?? 0), .count),
      Measurement("drawn_peak", frame?.reduced(.max), .ratio),
      Measurement("drawn_figure", frame?.reduced(figure), .ratio),
      Measurement(
        "peak_true", world.truth.shares(step: 60).compactMap { $0 }.max(), .fraction),
      world.measured(.badShare),
      world.measured(.p99),
      Measurement("step", Double(resolution.step) / 1_000, .seconds),
      Measurement("rate_window", Double(window) / 1_000, .seconds),
      Measurement("points", Double(times.count), .count),
      world.measured(.samples),
    ]
    return Outcome(
      measurements: measurements, series: series(world.truth, times, values),
      verdicts: verdicts(frames, times, at: end), trace: world.environment.trace,
      duration: world.service.duration)
  }

  /// From the onset of an outage to its end, and as long as a window still holds some of it.
  private func span(of outage: MonitoringTruth.Outage) -> ClosedRange<Int64> {
    let onset = GrafanaPreset.milliseconds(outage.onset - .zero)
    let end = outage.end.map { GrafanaPreset.milliseconds($0 - .zero) } ?? Int64.max - window
    return onset...max(onset, end + window)
  }

  /// The outages of which nothing is seen, by their number.
  private func hidden(
    _ truth: MonitoringTruth, _ times: [Int64], _ values: [Double?]
  ) -> [Int] {
    truth.outages.indices.filter { number in
      let span = span(of: truth.outages[number])
      var gap = 0
      for (time, value) in zip(times, values) where span.contains(time) {
        gap = value == nil ? gap + 1 : 0
        if gap >= 2 || value.map(isRed) ?? false { return false }
      }
      return true
    }
  }

  private func falsePoints(
    _ truth: MonitoringTruth, _ times: [Int64], _ values: [Double?]
  ) -> Int {
    let spans = truth.outages.map(span)
    return zip(times, values).count { time, value in
      (value.map(isRed) ?? false) && !spans.contains { $0.contains(time) }
    }
  }

  private func tell(
    _ hidden: [Int], _ values: [Double?], _ world: inout MonitoringWorld, at end: Instant
  ) {
    let peak = values.compactMap { $0 }.max()
    for number in hidden {
      let outage = world.truth.outages[number]
      world.environment.trace.record(
        at: end, "panel", "hides",
        "the panel shows nothing of the outage that began at \(outage.onset): points every "
          + "\(PromDuration.text(resolution.step)), rates over \(PromDuration.text(window)), "
          + "highest \(peak.map(query.unit.text) ?? "nothing")", weight: .harm,
        cause: number < world.outageEvents.count ? world.outageEvents[number] : nil)
    }
  }

  private func series(
    _ truth: MonitoringTruth, _ times: [Int64], _ values: [Double?]
  ) -> [TimeSeries] {
    let first = times.first ?? 0
    let before = resolution.step == 0 ? 0 : Int(first / resolution.step)
    return [
      TimeSeries(
        "gone wrong", .fraction, .line, step: .seconds(10), values: truth.shares(step: 10)),
      TimeSeries(
        "drawn", query.unit, .line, step: .nanoseconds(resolution.step * 1_000_000),
        values: Array(repeating: nil, count: before) + values),
    ]
  }

  private func verdicts(
    _ frames: [PanelFrame], _ times: [Int64], at end: Instant
  ) -> [InvariantVerdict] {
    let drawn = frames.lazy.compactMap { $0.fault(mode) }.first
    let skewed = times.first { $0 % resolution.step != 0 }.map { "a point stands at \($0) ms" }
    let faults = [
      ("drawn as measured", drawn), ("rate window", resolution.fault), ("aligned", skewed),
    ]
    return faults.map { name, fault in
      InvariantVerdict(name, fault.map { .violated(at: end, witness: $0) } ?? .holds)
    }
  }
}
