import Kernel
import Patterns
import Presentation

/// The instances that are scraped: what they count, whether they run, what a scrape gets.
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

  mutating func setRunning(
    _ isRunning: Bool, _ line: BenchLine
  ) throws(Diagnostic) -> Document {
    let place = try member(line, 0)
    let name = members[place].name
    if members[place].isRunning == isRunning, !isRunning {
      throw Diagnostic("\(name) is down already.", found: line.text, expected: "start \(name)")
    }
    members[place].isRunning = isRunning
    members[place].registry = Self.registry
    return Document([
      .text(
        isRunning
          ? "\(name) runs, with its counters at 0."
          : "\(name) is down. The next scrape of it fails.")
    ])
  }

  func expose(_ line: BenchLine) throws(Diagnostic) -> Document {
    let registry = members[try member(line, 0)].registry
    var format = ExpositionFormat.prometheus
    if line.arguments.count > 1 {
      let known = ExpositionFormat.allCases.map(\.rawValue)
      guard let named = ExpositionFormat(rawValue: line.arguments[1]) else {
        throw .unknown("format", line.arguments[1], known: known, column: line.column(1))
      }
      format = named
    }
    return Document([
      .text("Content-Type: \(format.contentType)"),
      .code(registry.text(as: format), language: nil),
    ])
  }

  private func member(_ line: BenchLine, _ index: Int) throws(Diagnostic) -> Int {
    let name = index < line.arguments.count ? line.arguments[index] : ""
    guard let place = members.firstIndex(where: { $0.name == name }) else {
      throw .unknown(
        "instance", name, known: parts,
        column: index < line.arguments.count ? line.column(index) : nil)
    }
    return place
  }
}
