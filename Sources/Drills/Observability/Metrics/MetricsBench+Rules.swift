import Kernel
import Patterns
import Presentation

/// Alerts and recording rules that are added while the bench runs.
extension MetricsBench {
  mutating func watch(_ line: BenchLine) throws(Diagnostic) -> Document {
    let query = try rest(line, after: 3, "a name, a time and a query")
    guard PromMetricName.isValid(line.arguments[0]) else {
      throw Diagnostic("'\(line.arguments[0])' is no name.", found: line.arguments[0])
    }
    guard let wait = TimeSpan(text: line.arguments[1]), wait >= .zero, wait <= .hours(24) else {
      throw Diagnostic(
        "'\(line.arguments[1])' is no time.", column: line.column(1), found: line.arguments[1],
        expected: "0s or a time such as 2m")
    }
    return add(
      try .alert(line.arguments[0], query, for: wait.nanoseconds / 1_000_000),
      "\(line.arguments[0]) is watched for from the next evaluation on.")
  }

  mutating func record(_ line: BenchLine) throws(Diagnostic) -> Document {
    let query = try rest(line, after: 2, "a name and a query")
    guard PromMetricName.isValid(line.arguments[0]) else {
      throw Diagnostic("'\(line.arguments[0])' is no name.", found: line.arguments[0])
    }
    return add(
      try .record(line.arguments[0], query),
      "\(line.arguments[0]) is recorded from the next evaluation on.")
  }

  private mutating func add(_ rule: MonitoringRule, _ reply: String) -> Document {
    rules.removeAll { $0.name == rule.name }
    rules.append(rule)
    group = RuleGroup(rules)
    return Document([.text(reply)])
  }
}
