import Kernel
import Patterns
import Presentation

extension LoadSheddingBench {
  /// Windows in which calls take so long.
  mutating func windows(_ line: BenchLine) throws(Diagnostic) -> Document {
    let count = try line.count(0, of: "windows", upTo: 1_000)
    let text = line.arguments.count > 1 ? line.arguments[1] : ""
    guard let time = TimeSpan(text: text), time >= .milliseconds(1), time <= .minutes(1) else {
      throw Diagnostic(
        "'\(text)' is no time of a call.", found: text, expected: "a time from 1ms to 1m")
    }
    let inside =
      line.arguments.count > 2 ? try line.count(2, of: "calls", upTo: 1_000_000) : nil
    counters.limitBefore = limiter.limit
    for _ in 0..<count { pass(time: time, inside: inside) }
    return moved()
  }

  /// One window of calls that each took `time`.
  mutating func pass(
    time: TimeSpan = .milliseconds(20), inside: Int? = nil, lost: Bool = false
  ) {
    let inFlight = min(inside ?? limiter.limit, limiter.limit)
    limiter.learn(calls: inFlight, rtt: time, didDrop: lost, begun: clock)
    if case .gradient(let rule) = limiter.rule {
      clock = clock + max(time, rule.options.concurrencyUpdateInterval)
    } else {
      clock = clock + max(time, design.limiter.window)
    }
  }

  func moved() -> Document {
    Document([
      .paragraph(
        Text("The limit was \(counters.limitBefore ?? limiter.limit) and is now ")
          + .strong("\(limiter.limit)") + ".")
    ])
  }

  /// Who is let in.
  func door(inside: Int) -> Document {
    let rows = Criticality.allCases.map { criticality in
      let most = limiter.threshold(criticality)
      return [
        Text(criticality.description), Text(most >= 1_000_000 ? "any number" : "\(most)"),
        Text(inside < most ? "let in" : "refused"),
      ]
    }
    return Document([
      .table(
        Table(
          [
            Table.Column("class"), Table.Column("let in below", .trailing),
            Table.Column("with \(inside) inside"),
          ], rows))
    ])
  }

  /// How likely a client refuses itself.
  mutating func ask(_ requests: Int, _ accepts: Int) -> Document {
    guard let options = design.throttle ?? (preset == .plain ? AdaptiveThrottle.Options() : nil)
    else {
      counters.probability = nil
      return Document([.text("There is no throttle at the client here.")])
    }
    var throttle = AdaptiveThrottle(options)
    throttle.saw(requests: requests, accepts: accepts, at: .zero)
    counters.probability = throttle.probability
    return Document([
      .paragraph(
        Text("\(accepts) of \(requests) requests were accepted: the client refuses the next with ")
          + .strong(Unit.fraction.text(throttle.probability)) + ".")
    ])
  }

  /// Calls come twice as fast as the server can work.
  mutating func rush(_ line: BenchLine) throws(Diagnostic) -> Document {
    let count = try line.count(0, of: "calls", upTo: 100_000)
    let text = line.arguments.count > 1 ? line.arguments[1] : "100ms"
    guard let patience = TimeSpan(text: text), patience > .zero, patience <= .hours(1) else {
      throw Diagnostic("'\(text)' is no patience.", found: text, expected: "a time up to 1h")
    }
    var queue = AdmissionQueue(design.queue)
    var result = Counters(late: 0, dropped: 0, refused: 0, longestWait: .zero)
    result.limitBefore = counters.limitBefore
    result.probability = counters.probability
    var good = 0
    var arrived = 0
    var now = Instant.zero
    let end = { (call: Int) in Instant.zero + .milliseconds(Int64(call)) }
    while arrived < count || queue.count > 0 {
      while arrived < count, end(arrived) <= now {
        let deadline = end(arrived) + patience
        if !queue.offer(arrived, deadline: deadline, at: end(arrived)) {
          result.refused = (result.refused ?? 0) + 1
        }
        arrived += 1
      }
      switch queue.next(at: now) {
      case nil: now = now + .milliseconds(1)
      case .drop: result.dropped = (result.dropped ?? 0) + 1
      case .work(let call):
        result.longestWait = max(result.longestWait ?? .zero, now - end(call))
        now = now + .milliseconds(2)
        if now <= end(call) + patience {
          good += 1
        } else {
          result.late = (result.late ?? 0) + 1
        }
      }
    }
    result.inTime = Double(good) / Double(count)
    counters = result
    return Document([
      .paragraph(
        Text("Of \(Unit.count.text(Double(count))) calls ")
          + .strong(Unit.fraction.text(Double(good) / Double(count)))
          + " were answered within \(patience); \(Unit.count.text(Double(result.late ?? 0))) were "
          + "worked on too late, \(Unit.count.text(Double(result.dropped ?? 0))) dropped in line, "
          + "\(Unit.count.text(Double(result.refused ?? 0))) refused at once.")
    ])
  }

  /// The limit and what has been measured.
  func show() -> Document {
    var rows: [[Text]] = []
    for fact in facts where fact.value != nil { rows.append([Text(fact.name), Text(fact.text)]) }
    if rows.isEmpty { return Document([.text("Every call is let in; nothing is measured yet.")]) }
    return Document([.table(Table([Table.Column(""), Table.Column("")], rows))])
  }
}
