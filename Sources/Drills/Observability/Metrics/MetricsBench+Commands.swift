import Kernel
import Patterns
import Presentation

extension MetricsBench {
  /// What can be typed, besides `set`.
  public var commands: [BenchCommand] {
    [
      BenchCommand(
        "tick", usage: "tick TIME", example: "tick 2m",
        "Lets time pass: requests come, instances are scraped, rules are evaluated."),
      BenchCommand(
        "query", usage: "query PROMQL", example: "query sum(rate(http_requests_total[1m]))",
        "Asks the store as of now."),
      BenchCommand(
        "graph", usage: "graph PROMQL", example: "graph sum(rate(http_requests_total[1m]))",
        "Draws a query over the time range of the dashboard."),
      BenchCommand(
        "pin", usage: "pin PROMQL", example: "pin sum(rate(http_requests_total[1m]))",
        "Adds a query to the dashboard; the same again takes it away."),
      BenchCommand(
        "board", usage: "board [RANGE]", example: "board",
        "Draws every panel of the dashboard, over RANGE instead of its own time range."),
      BenchCommand(
        "incr", usage: "incr COUNTER [BY [INSTANCE]]", example: "incr orders_total 5",
        "Adds to a counter of an instance, api-1 unless another is named."),
      BenchCommand(
        "gauge", usage: "gauge NAME VALUE [INSTANCE]", example: "gauge queue_length 40",
        "Sets a gauge of an instance, api-1 unless another is named."),
      BenchCommand(
        "took", usage: "took TIME [COUNT]", example: "took 300ms 10",
        "Counts requests of this length in api-1's histogram."),
      BenchCommand(
        "crash", usage: "crash INSTANCE", example: "crash api-2",
        "An instance dies: its counters are gone, scrapes of it fail."),
      BenchCommand(
        "start", usage: "start INSTANCE", example: "start api-2",
        "An instance begins anew, with its counters at 0."),
      BenchCommand(
        "watch", usage: "watch NAME FOR PROMQL", example: "watch Down 1m up == 0",
        "Adds an alert; FOR is how long the condition must hold, as in 0s or 2m."),
      BenchCommand(
        "record", usage: "record NAME PROMQL",
        example: "record traffic sum(rate(http_requests_total[1m]))",
        "Adds a rule that records a query as a series."),
      BenchCommand(
        "load", usage: "load SERIES VALUES", example: "load m 0 10 20 30 5 15",
        "Stores samples a minute apart from 0 on, as 0+10x5, _ or stale, and sets the clock to the "
          + "last."),
      BenchCommand(
        "expose", usage: "expose INSTANCE [openmetrics]", example: "expose api-1 openmetrics",
        "Shows the text that a scrape of an instance gets, in Prometheus' format or OpenMetrics."),
      BenchCommand("show", usage: "show", example: "show", "Shows instances, rules and the store."),
    ]
  }

  /// Carries out one command.
  public mutating func perform(_ line: BenchLine) throws(Diagnostic) -> Document {
    do {
      return try carryOut(line)
    } catch {
      // Prometheus' own complaints are no sentences; at the prompt others follow them.
      var complaint = error
      if complaint.message.last != "." { complaint.message += "." }
      throw complaint
    }
  }

  private mutating func carryOut(_ line: BenchLine) throws(Diagnostic) -> Document {
    switch line.name {
    case "tick": return try tick(line)
    case "query": return try query(line)
    case "graph":
      let text = try rest(line, after: 1, "what to draw")
      return try graph(text)
    case "pin": return try pin(try rest(line, after: 1, "what to pin"))
    case "board": return try board(line)
    case "incr": return try increment(line)
    case "gauge": return try setGauge(line)
    case "took": return try took(line)
    case "crash": return try setRunning(false, line)
    case "start": return try setRunning(true, line)
    case "watch": return try watch(line)
    case "record": return try record(line)
    case "load": return try load(line)
    case "expose": return try expose(line)
    default: return show()
    }
  }

  private func expose(_ line: BenchLine) throws(Diagnostic) -> Document {
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

  /// The text behind the first `count` words.
  func rest(_ line: BenchLine, after count: Int, _ what: String) throws(Diagnostic)
    -> String
  {
    let words = line.text.split(maxSplits: count, whereSeparator: \.isWhitespace)
    guard words.count > count else {
      throw Diagnostic("Say \(what).", found: line.text, expected: "as in '\(example(line.name))'")
    }
    return String(words[count])
  }

  private func example(_ name: String) -> String {
    commands.first { $0.name == name }?.example ?? name
  }

  func member(_ line: BenchLine, _ index: Int) throws(Diagnostic) -> Int {
    let name = index < line.arguments.count ? line.arguments[index] : ""
    guard let place = members.firstIndex(where: { $0.name == name }) else {
      throw .unknown(
        "instance", name, known: parts,
        column: index < line.arguments.count ? line.column(index) : nil)
    }
    return place
  }

  private mutating func tick(_ line: BenchLine) throws(Diagnostic) -> Document {
    let span = try line.span(upTo: .hours(2), expected: "a time up to 2h, such as 2m")
    guard span >= .seconds(1) else {
      throw Diagnostic("Time passes in whole seconds.", found: line.text, expected: "1s or more")
    }
    var reply = Document()
    for _ in 0..<(span.nanoseconds / 1_000_000_000) {
      for change in pass() {
        if change.event == .firing { pages += 1 }
        let isBad = change.event == .firing
        reply.add(
          Text("\(now): ") + .toned(change.event.rawValue, isBad ? .bad : .good)
            + Text(" \(change.labels.selector)"))
      }
    }
    if let opened = try refreshed() { reply = reply + opened }
    reply.add(.text("It is \(now). \(store.seriesCount) series, \(store.sampleCount) samples."))
    for (rule, failure) in zip(group.rules, group.failures) {
      if let failure { reply.add(.aside(.warning, [.text("\(rule.name): \(failure)")])) }
    }
    return reply
  }

  func engine() -> PromEngine { PromEngine(store, lookback: lookback) }

  private mutating func query(_ line: BenchLine) throws(Diagnostic) -> Document {
    let expression = try PromParser.expression(try rest(line, after: 1, "what to ask"))
    switch try engine().evaluate(expression, at: milliseconds) {
    case .scalar(let value):
      result = try engine().samples(expression, at: milliseconds)
      return Document([.text(GoText.general(value))])
    case .text(let text): return Document([.text(text)])
    case .matrix(let series):
      result = []
      let rows = series.prefix(40).map { one in
        let points = one.points.suffix(8).map { point in
          "\(GoText.general(point.value)) @ \(Double(point.at) / 1_000)"
        }
        return [Text(one.labels.selector), Text(points.joined(separator: ", "))]
      }
      return Document([.table(Table([Table.Column("series"), Table.Column("samples")], rows))])
    case .vector(let samples):
      result = samples
      guard !samples.isEmpty else { return Document([.text("Nothing: no series fits.")]) }
      let rows = samples.prefix(40).map {
        [Text($0.labels.selector), Text(GoText.general($0.value))]
      }
      return Document([
        .table(Table([Table.Column("series"), Table.Column("value", .trailing)], rows))
      ])
    }
  }

  private mutating func setRunning(
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

  private func show() -> Document {
    let rows = members.map { member -> [Text] in
      [
        Text(member.name), member.isRunning ? .toned("runs", .good) : .toned("down", .bad),
        member.target.isUp ? Text("1") : Text("0"), Text("\(member.target.seen.count)"),
      ]
    }
    var reply = Document([
      .table(
        Table(
          [
            Table.Column("instance"), Table.Column("process"), Table.Column("up", .trailing),
            Table.Column("series", .trailing),
          ], rows)),
      .text("It is \(now). \(store.seriesCount) series, \(store.sampleCount) samples."),
    ])
    for rule in rules {
      if case .record = rule.action {
        let last = store.points(MetricLabels(rule.name)).last?.value
        let value = last.flatMap { SeriesStore.isStale($0) ? nil : GoText.general($0) }
        reply.add(.text("\(rule.name): recorded, now \(value ?? "nothing")."))
        continue
      }
      let active = group.active.filter { $0.labels["alertname"] == rule.name }
      let states = active.map { "\($0.state.rawValue) since \(Double($0.activeAt) / 1_000) s" }
      let text = states.isEmpty ? "nothing" : states.joined(separator: ", ")
      reply.add(.text("\(rule.name): \(text)."))
    }
    return reply
  }
}
