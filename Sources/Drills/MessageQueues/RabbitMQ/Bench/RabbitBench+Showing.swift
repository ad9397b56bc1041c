import Kernel
import Patterns
import Presentation

extension RabbitBench {
  // MARK: Reading

  func word(_ line: BenchLine, _ index: Int, _ expected: String) throws(Diagnostic) -> String {
    guard index < line.arguments.count else {
      throw Diagnostic("Something is missing.", found: line.text, expected: expected)
    }
    return line.arguments[index]
  }

  func queue(_ line: BenchLine, _ index: Int) throws(Diagnostic) -> String {
    let name = try word(line, index, "a queue: \(broker.queueNames.joined(separator: ", "))")
    guard broker.queueNames.contains(name) else {
      throw .unknown("queue", name, known: broker.queueNames, column: line.column(index))
    }
    return name
  }

  func consumer(_ line: BenchLine) throws(Diagnostic) -> Int {
    let known = consumers.map(\.name)
    let name = try word(
      line, 0, known.isEmpty ? "a consumer; make one with 'consume orders ann'" : "a consumer")
    guard let place = known.firstIndex(of: name) else {
      throw .unknown("consumer", name, known: known, column: line.column(0))
    }
    return place
  }

  func count(_ line: BenchLine, _ index: Int, of number: Int) throws(Diagnostic) -> Int {
    guard (1...1_000).contains(number) else {
      throw Diagnostic(
        "'\(line.arguments[index])' is no number of messages.", column: line.column(index),
        found: line.arguments[index], expected: "a whole number from 1 to 1,000")
    }
    return number
  }

  func span(_ line: BenchLine, _ index: Int) throws(Diagnostic) -> TimeSpan {
    let text = try word(line, index, "a time, such as 500ms or 5s")
    guard let span = TimeSpan(text: text), span >= .zero, span <= .hours(1) else {
      throw Diagnostic(
        "'\(text)' is no time.", column: line.column(index), found: text,
        expected: "a time up to 1h, such as 500ms or 5s")
    }
    return span
  }

  // MARK: Telling

  /// What the command led to, and how the queues stand now.
  var reply: Document {
    var reply = Document()
    for line in news.prefix(8) { reply.add(line) }
    if news.count > 8 { reply.add("… and \(news.count - 8) more") }
    for name in broker.queueNames { reply.add(state(of: name)) }
    return reply
  }

  private func state(of name: String) -> Text {
    guard let queue = broker.queue(name) else { return Text(name) }
    return Text("\(now)   ") + .strong(name)
      + Text(": \(queue.waitingCount) waiting, \(queue.heldCount) held")
  }

  func show(_ line: BenchLine) throws(Diagnostic) -> Document {
    var reply = Document()
    let names = line.arguments.isEmpty ? broker.queueNames : [try queue(line, 0)]
    for name in names {
      guard let queue = broker.queue(name) else { continue }
      reply.add(state(of: name))
      let waiting = queue.waiting
      let rows = waiting.prefix(10).map { row(of: $0) }
      if !rows.isEmpty {
        let columns = ["waiting", "redelivered", "expires in", "deaths"].map { Table.Column($0) }
        reply.add(.table(Table(columns, Array(rows))))
      }
      if waiting.count > 10 { reply.add("… and \(waiting.count - 10) more") }
    }
    for consumer in consumers {
      let held = consumer.held.map(\.message.body)
      let list = held.prefix(10).joined(separator: " ") + (held.count > 10 ? " …" : "")
      reply.add(
        .strong(consumer.name)
          + Text(
            consumer.isAutoAck
              ? " consumes \(consumer.queue), auto-acknowledged"
              : " consumes \(consumer.queue) and holds \(held.count): \(list)"))
    }
    return reply
  }

  private func row(of entry: RabbitQueueEntry) -> [Text] {
    let deaths = entry.message.deaths.map { "\($0.queue) \($0.reason.rawValue) ×\($0.count)" }
    return [
      Text(entry.message.body), Text(entry.isRedelivered ? "yes" : "no"),
      Text(entry.expiresAt.map { "\(max(.zero, $0 - now))" } ?? "never"),
      Text(deaths.joined(separator: ", ")),
    ]
  }
}
