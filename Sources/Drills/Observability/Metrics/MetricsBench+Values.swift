import Kernel
import Patterns
import Presentation

/// What an instance counts of itself, by hand.
extension MetricsBench {
  mutating func increment(_ line: BenchLine) throws(Diagnostic) -> Document {
    let name = line.arguments.first ?? ""
    guard PromMetricName.isValid(name) else {
      throw Diagnostic(
        "'\(name)' is no name of a counter.", found: name, expected: "as in 'incr orders_total 5'")
    }
    let amount = line.arguments.count > 1 ? GoText.number(line.arguments[1]) ?? .nan : 1
    guard amount >= 0, amount <= 1e12 else {
      throw Diagnostic(
        "A counter only grows.", column: line.column(1), found: line.arguments[1],
        expected: "a number from 0 on")
    }
    let place = line.arguments.count > 2 ? try member(line, 2) : 0
    guard members[place].isRunning else {
      throw Diagnostic("\(members[place].name) is down.", expected: "start \(members[place].name)")
    }
    if let kind = members[place].registry.kind(name), kind != .counter {
      throw Diagnostic("\(name) is a \(kind.rawValue).", found: name, expected: "a counter")
    }
    members[place].registry.declare(name, .counter, help: "Counted at the bench.")
    members[place].registry.add(amount, to: name)
    return Document([
      .text("\(name) of \(members[place].name) grew by \(GoText.general(amount)).")
    ])
  }

  mutating func took(_ line: BenchLine) throws(Diagnostic) -> Document {
    let span = try line.span(upTo: .hours(1), expected: "a time up to 1h, such as 300ms")
    let count = try line.count(1, of: "requests", upTo: 100_000)
    guard members[0].isRunning else {
      throw Diagnostic("api-1 is down.", expected: "start api-1")
    }
    for _ in 0..<count {
      members[0].registry.observe(span.seconds, in: "http_request_duration_seconds")
    }
    return Document([.text("\(count) requests of \(span) are counted.")])
  }

  mutating func setGauge(_ line: BenchLine) throws(Diagnostic) -> Document {
    let name = line.arguments.first ?? ""
    guard PromMetricName.isValid(name) else {
      throw Diagnostic(
        "'\(name)' is no name of a gauge.", found: name, expected: "as in 'gauge queue_length 40'")
    }
    let text = line.arguments.count > 1 ? line.arguments[1] : ""
    guard let value = GoText.number(text), value.magnitude <= 1e12 else {
      throw Diagnostic(
        "'\(text)' is no value of a gauge.", found: text,
        expected: "a number, as in 'gauge queue_length 40'")
    }
    let place = line.arguments.count > 2 ? try member(line, 2) : 0
    guard members[place].isRunning else {
      throw Diagnostic("\(members[place].name) is down.", expected: "start \(members[place].name)")
    }
    if let kind = members[place].registry.kind(name), kind != .gauge {
      throw Diagnostic("\(name) is a \(kind.rawValue).", found: name, expected: "a gauge")
    }
    members[place].registry.declare(name, .gauge, help: "Set at the bench.")
    members[place].registry.set(value, of: name)
    return Document([.text("\(name) of \(members[place].name) is \(GoText.general(value)).")])
  }
}
