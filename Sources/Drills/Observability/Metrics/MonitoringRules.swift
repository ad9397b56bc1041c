import Kernel
import Patterns

/// The rules that Prometheus gets for the settings, as PromQL.
struct MonitoringRules: Sendable {
  let settings: MonitoringSettings
  /// The lowest rate of any request counter, which must not be negative.
  let lowestRate: PromExpression?

  init(_ settings: MonitoringSettings) {
    self.settings = settings
    let window = settings.window.nanoseconds / 1_000_000
    lowestRate = try? PromParser.expression(ServiceQuery.lowestRate(over: window))
  }

  private func milliseconds(_ span: TimeSpan) -> Int64 { span.nanoseconds / 1_000_000 }

  private func errorRatio(_ span: TimeSpan) -> String {
    ServiceQuery.errors.text(over: milliseconds(span))
  }

  /// What is recorded as `signal`: the figure that the alert compares.
  func signal(over window: TimeSpan) -> String {
    let span = settings.signal == .burn ? settings.burnLong : window
    return settings.signal.query.text(over: milliseconds(span))
  }

  private func text(_ bound: Double) -> String { DecimalText.significant(bound, digits: 12) }

  /// The condition of the page.
  var condition: String {
    if settings.signal == .burn { return burnCondition }
    let query = settings.signal.query
    let sign = settings.bounds.isFloor(query) ? "<" : ">"
    return "signal \(sign) \(text(settings.bounds.bound(of: query)))"
  }

  private var burnCondition: String {
    let bound = text(settings.burnFactor * (1 - settings.slo))
    let fast = "signal > \(bound) and signal:short > \(bound)"
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
    let wait = milliseconds(settings.wait)
    let keep = milliseconds(settings.keepFiring)
    let rules = texts.compactMap { text -> MonitoringRule? in
      text.isAlert
        ? try? .alert(text.name, text.query, for: wait, keepFiringFor: keep)
        : try? .record(text.name, text.query)
    }
    precondition(rules.count == texts.count, "a rule of the scenario cannot be read")
    return RuleGroup(rules, shortcut: settings.shortcut)
  }
}
