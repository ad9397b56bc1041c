import Kernel
import Patterns
import Presentation

extension RateLimitingBench {
  /// What can be typed, besides `set`.
  public var commands: [BenchCommand] {
    [
      BenchCommand(
        "send", usage: "send KEY [COUNT [COST]]", example: "send a 5",
        "Sends requests with a key, all now; a cost above 1 takes more permits each."),
      BenchCommand(
        "burst", usage: "burst COUNT", example: "burst 30",
        "Sends requests with the key a, all now."),
      BenchCommand(
        "finish", usage: "finish KEY [COUNT]", example: "finish a",
        "Ends requests in progress, which only a concurrency limit counts."),
      BenchCommand("tick", usage: "tick TIME", example: "tick 500ms", "Lets time pass."),
      BenchCommand("show", usage: "show", example: "show", "Shows what each key has left."),
    ]
  }

  /// Carries out one command.
  public mutating func perform(_ line: BenchLine) throws(Diagnostic) -> Document {
    switch line.name {
    case "send":
      let key = try key(line)
      send(key, try count(line, 1), cost: try count(line, 2))
      return reply()
    case "burst":
      send("a", try count(line, 0), cost: 1)
      return reply()
    case "finish":
      let key = try key(line)
      let count = try count(line, 1)
      table.release(key, count)
      return Document([.text("\(count) ended with the key \(key).")])
    case "tick":
      now += try line.span(
        upTo: .hours(24), expected: "a time up to 24h, such as 500ms")
      return Document([.text("It is \(now).")])
    default: return show()
    }
  }

  private func key(_ line: BenchLine) throws(Diagnostic) -> String {
    guard let key = line.arguments.first, key.count <= 40 else {
      throw Diagnostic(
        "Say with which key.", found: line.text,
        expected: "a word of up to 40 letters, as in '\(line.name) a'")
    }
    return key
  }

  private func count(_ line: BenchLine, _ index: Int) throws(Diagnostic) -> Int {
    try line.count(index, of: "requests", upTo: 10_000)
  }

  private func reply() -> Document {
    var text = Text("\(counters.lastAdmitted) admitted")
    if counters.lastDelayed > 0 {
      text =
        text
        + Text(", \(counters.lastDelayed) of them delayed by up to \(counters.longestWait)")
    }
    if counters.lastRefused > 0 {
      text = text + "; " + .toned("\(counters.lastRefused) refused", .bad)
      if let after = counters.retryAfter { text = text + Text(", the first until \(after) later") }
    }
    var reply = Document()
    reply.add(text + ".")
    return reply
  }

  private func show() -> Document {
    let rows = keys.map { key -> [Text] in
      guard let limiter = table.limiter(of: key) else {
        return [Text(key), Text("evicted"), "", ""]
      }
      switch limiter.peek(at: now) {
      case .allow(let left, let reset):
        return [Text(key), .toned("admits", .good), Text("\(left)"), Text("\(reset)")]
      case .delay(let span): return [Text(key), Text("delays by \(span)"), "", ""]
      case .deny(let after):
        let until = after.map { "refuses for \($0)" } ?? "refuses"
        return [Text(key), .toned(until, .bad), "", ""]
      }
    }
    let columns = [
      Table.Column("key"), Table.Column("one request now"), Table.Column("then left", .trailing),
      Table.Column("unused after", .trailing),
    ]
    return Document([
      rows.isEmpty
        ? .text("No key has asked yet: 'burst 30' sends 30 requests with the key a.")
        : .table(Table(columns, rows)),
      .text("It is \(now). Keys held: \(table.count), evicted: \(table.evictions)."),
    ])
  }

  /// What can be measured right now.
  public var facts: [Measurement] {
    [
      Measurement("admitted", Double(counters.admitted), .count),
      Measurement("refused", Double(counters.refused), .count),
      Measurement("last_admitted", Double(counters.lastAdmitted), .count),
      Measurement("last_refused", Double(counters.lastRefused), .count),
      Measurement("last_delayed", Double(counters.lastDelayed), .count),
      Measurement("longest_wait", counters.longestWait.seconds, .seconds),
      Measurement("retry_after", counters.retryAfter?.seconds, .seconds),
      Measurement("most_in_window", Double(counters.mostInWindow), .count),
      Measurement("keys_held", Double(table.count), .count),
      Measurement("evictions", Double(table.evictions), .count),
    ]
  }
}
