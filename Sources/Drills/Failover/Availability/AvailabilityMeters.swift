import Kernel
import Patterns
import Simulation

/// For how long the service was served, and what it was down for.
struct AvailabilityMeters: Sendable {
  /// How things stand at a moment.
  enum Condition: Int, Sendable, Hashable, CaseIterable {
    case served
    /// Enough replicas are up, and not all that are needed serve.
    case switching
    /// Too few replicas are up.
    case tooFew
    /// The replicas serve, and something that they need is down.
    case dependency
  }

  /// Points of the charts.
  static let steps = 240

  private let step: TimeSpan
  private(set) var condition = Condition.served
  private var changedAt = Instant.zero
  private var spent = Array(repeating: TimeSpan.zero, count: Condition.allCases.count)
  private var servedThisStep = TimeSpan.zero
  private var outagesThisStep = 0
  private var downSince: Instant?
  private(set) var outages = 0
  private var longest = TimeSpan.zero
  private var servedShares: [Double] = []
  private var outageCounts: [Double] = []
  private var detections = 0
  private var detecting = TimeSpan.zero
  private var degradedSince: Instant?
  private var degraded = TimeSpan.zero
  var switches = 0
  var shared = 0

  init(_ duration: TimeSpan) { step = duration / Self.steps }

  var stepLength: TimeSpan { step }

  /// Takes note of how things stand from `now` on.
  mutating func entered(_ next: Condition, at now: Instant) {
    close(at: now)
    if condition == .served, next != .served {
      downSince = now
      outages += 1
      outagesThisStep += 1
    } else if next == .served, let since = downSince {
      longest = max(longest, now - since)
      downSince = nil
    }
    condition = next
  }

  /// For how long the present outage has lasted.
  func down(at now: Instant) -> TimeSpan { downSince.map { now - $0 } ?? .zero }

  private mutating func close(at now: Instant) {
    let span = now - changedAt
    spent[condition.rawValue] = spent[condition.rawValue] + span
    if condition == .served { servedThisStep = servedThisStep + span }
    changedAt = now
  }

  mutating func closeStep(at now: Instant) {
    close(at: now)
    servedShares.append(servedThisStep.seconds / step.seconds)
    outageCounts.append(Double(outagesThisStep))
    servedThisStep = .zero
    outagesThisStep = 0
  }

  mutating func found(after span: TimeSpan) {
    detections += 1
    detecting = detecting + span
  }

  /// Whether a soft dependency is missing from `now` on while its bridge lasts.
  mutating func isDegraded(_ isIt: Bool, at now: Instant) {
    if isIt {
      degradedSince = degradedSince ?? now
    } else if let since = degradedSince {
      degraded = degraded + (now - since)
      degradedSince = nil
    }
  }

  /// Ends the accounts; returns what they add up to.
  mutating func end(at now: Instant) -> TimeSpan {
    close(at: now)
    if let downSince { longest = max(longest, now - downSince) }
    isDegraded(false, at: now)
    return spent.reduce(.zero, +)
  }

  private func nines(_ share: Double) -> Double? {
    share < 1 ? -PortableMath.log10(1 - share) : nil
  }

  func measurements(_ settings: AvailabilitySettings) -> [Measurement] {
    let all = settings.duration.seconds
    let measured = spent[Condition.served.rawValue].seconds / all
    let (computed, explained) = (settings.computed, settings.explained)
    let year = AvailabilitySettings.year.seconds
    let down = all - spent[Condition.served.rawValue].seconds
    func lost(_ condition: Condition) -> Double {
      spent[condition.rawValue].seconds / Double(settings.years)
    }
    return [
      Measurement("computed", computed, .fraction),
      Measurement("measured", measured, .fraction),
      Measurement("difference", computed - measured, .fraction),
      Measurement("explained", explained, .fraction),
      Measurement("computed_nines", nines(computed), .ratio),
      Measurement("measured_nines", nines(measured), .ratio),
      Measurement("computed_downtime", (1 - computed) * year, .seconds),
      Measurement("measured_downtime", (1 - measured) * year, .seconds),
      Measurement("times_worse", computed < 1 ? (1 - measured) / (1 - computed) : nil, .ratio),
      Measurement("outages", Double(outages), .count),
      Measurement("longest_outage", longest.seconds, .seconds),
      Measurement("mean_outage", outages == 0 ? nil : down / Double(outages), .seconds),
      Measurement("lost_switching", lost(.switching), .seconds),
      Measurement("lost_parts", lost(.tooFew), .seconds),
      Measurement("lost_dependencies", lost(.dependency), .seconds),
      Measurement("degraded", degraded.seconds / all, .fraction),
      Measurement(
        "detection_time", detections == 0 ? nil : detecting.seconds / Double(detections), .seconds),
      Measurement("switches", Double(switches), .count),
      Measurement("shared_failures", Double(shared), .count),
      Measurement("copies", Double(settings.set.replicas), .count),
    ]
  }

  var series: [TimeSeries] {
    [
      TimeSeries("served", .fraction, .line, step: step, values: servedShares),
      TimeSeries("outages", .count, .strip, step: step, values: outageCounts),
    ]
  }

  static let metrics: [Metric] = [
    Metric(
      "computed", .fraction,
      "The availability on paper: replicas that fail independently, times what they depend on."),
    Metric("measured", .fraction, "The share of the run's time that the service was served."),
    Metric("difference", .fraction, "What the paper promises beyond what was measured."),
    Metric(
      "explained", .fraction,
      "By a formula that also knows shared failures, detection and the switch, if spares are checked."
    ),
    Metric("computed_nines", .ratio, "The nines of the paper: -log10 of the share of downtime."),
    Metric("measured_nines", .ratio, "The nines that were measured."),
    Metric("computed_downtime", .seconds, "Downtime a year, on paper."),
    Metric("measured_downtime", .seconds, "Downtime a year, measured."),
    Metric("times_worse", .ratio, "The measured downtime over that of the paper."),
    Metric("outages", .count, "How often the service stopped being served."),
    Metric("longest_outage", .seconds, "The longest time that it was not."),
    Metric("mean_outage", .seconds, "How long an outage lasted on average."),
    Metric(
      "lost_switching", .seconds,
      "Downtime a year while enough replicas were up: not noticed yet, or switching."),
    Metric("lost_parts", .seconds, "Downtime a year while too few replicas were up."),
    Metric(
      "lost_dependencies", .seconds,
      "Downtime a year while the replicas served and something that they need was down."),
    Metric(
      "degraded", .fraction, "The share of time that a soft dependency was down and bridged."),
    Metric(
      "detection_time", .seconds, "From a replica's failure until it counted as dead, on average."),
    Metric("switches", .count, "How often a replica took over."),
    Metric("shared_failures", .count, "Failures of a zone or of all replicas together."),
    Metric("copies", .count, "Replicas that are paid for."),
  ]
}
