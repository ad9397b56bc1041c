import Kernel
import Patterns

/// The rules that Prometheus gets for the settings, as PromQL.
struct MonitoringRules: Sendable {
  let settings: MonitoringSettings
  /// The lowest rate of any request counter, which must not be negative.
  let lowestRate: PromExpression?

  init(_ settings: MonitoringSettings) {
    self.settings = settings
    let span = PromDuration.text(settings.window.nanoseconds / 1_000_000)
    lowestRate = try? PromParser.expression("min(rate(\(Self.total)[\(span)]))")
  }

  private static let total = "http_requests_total"
  private static let histogram = "http_request_duration_seconds"

  private func range(_ span: TimeSpan) -> String {
    PromDuration.text(span.nanoseconds / 1_000_000)
  }

  private func errorRatio(_ span: TimeSpan) -> String {
    "sum(rate(\(Self.total){code=\"500\"}[\(range(span))])) / "
      + "sum(rate(\(Self.total)[\(range(span))]))"
  }

  /// What is recorded as `signal`: the figure that the alert compares.
  func signal(over window: TimeSpan) -> String {
    let span = range(window)
    switch settings.signal {
    case .errors: return errorRatio(window)
    case .burn: return errorRatio(settings.burnLong)
    case .trafficRaw:
      return "(sum(\(Self.total)) - sum(\(Self.total) offset \(span))) / "
        + GoText.plain(window.seconds)
    case .trafficRate: return "sum(rate(\(Self.total)[\(span)]))"
    case .latencyMean:
      return "sum(rate(\(Self.histogram)_sum[\(span)])) / "
        + "sum(rate(\(Self.histogram)_count[\(span)]))"
    case .latencyMeanOfP99:
      return "avg(histogram_quantile(0.99, sum by (instance, le) "
        + "(rate(\(Self.histogram)_bucket[\(span)]))))"
    case .latencyP99:
      return "histogram_quantile(0.99, sum by (le) (rate(\(Self.histogram)_bucket[\(span)])))"
    }
  }

  private var bound: Double {
    switch settings.signal {
    case .errors: settings.errorsAbove
    case .burn: settings.burnFactor * (1 - settings.slo)
    case .trafficRaw, .trafficRate: settings.trafficBelow * settings.rate
    case .latencyMean, .latencyMeanOfP99, .latencyP99: settings.latencyAbove.seconds
    }
  }

  private func text(_ bound: Double) -> String { DecimalText.significant(bound, digits: 12) }

  /// The condition of the page.
  var condition: String {
    switch settings.signal {
    case .trafficRaw, .trafficRate: "signal < \(text(bound))"
    case .burn: burnCondition
    case .errors, .latencyMean, .latencyMeanOfP99, .latencyP99: "signal > \(text(bound))"
    }
  }

  private var burnCondition: String {
    let fast = "signal > \(text(bound)) and signal:short > \(text(bound))"
    guard settings.hasSlowBurn else { return fast }
    let slow = text(settings.slowFactor * (1 - settings.slo))
    return "(\(fast)) or (slow > \(slow) and slow:short > \(slow))"
  }

  /// Every rule as a name and a query, alerts last.
  var texts: [(name: String, query: String, isAlert: Bool)] {
    var texts = [("signal", signal(over: settings.window), false)]
    if settings.signal == .burn {
      texts.append(("signal:short", errorRatio(settings.burnShort), false))
      if settings.hasSlowBurn {
        texts.append(("slow", errorRatio(settings.burnLong * 6), false))
        texts.append(("slow:short", errorRatio(settings.burnShort * 6), false))
      }
    }
    texts.append(("Page", condition, true))
    if settings.hasUpAlert { texts.append(("NothingUp", "sum(up) < 1 or absent(up)", true)) }
    return texts.map { (name: $0.0, query: $0.1, isAlert: $0.2) }
  }

  /// The group; a query that cannot be read would be a mistake of this file, and none is.
  var group: RuleGroup {
    let wait = settings.wait.nanoseconds / 1_000_000
    let keep = settings.keepFiring.nanoseconds / 1_000_000
    let rules = texts.compactMap { text -> MonitoringRule? in
      text.isAlert
        ? try? .alert(text.name, text.query, for: wait, keepFiringFor: keep)
        : try? .record(text.name, text.query)
    }
    precondition(rules.count == texts.count, "a rule of the scenario cannot be read")
    return RuleGroup(rules, shortcut: settings.shortcut)
  }
}
