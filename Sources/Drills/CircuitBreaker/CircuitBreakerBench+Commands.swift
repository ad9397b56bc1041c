import Kernel
import Patterns
import Presentation

extension CircuitBreakerBench {
  /// What can be typed.
  public var commands: [BenchCommand] {
    [
      BenchCommand(
        "call", usage: "call [COUNT]", example: "call 10",
        "Makes calls that succeed at once, if they are let through."),
      BenchCommand(
        "fail", usage: "fail [COUNT]", example: "fail 10",
        "Makes calls that fail at once, if they are let through."),
      BenchCommand(
        "slow", usage: "slow [COUNT] [TIME]", example: "slow 5 2s",
        "Makes calls that succeed but take TIME; the clock does not move."),
      BenchCommand(
        "start", usage: "start [COUNT]", example: "start 2",
        "Begins calls and leaves them under way."),
      BenchCommand(
        "finish", usage: "finish ok|fail [COUNT]", example: "finish ok 1",
        "Ends the oldest calls under way."),
      BenchCommand(
        "cancel", usage: "cancel [COUNT]", example: "cancel 1",
        "Gives the oldest calls under way up, without an outcome."),
      BenchCommand(
        "tick", usage: "tick TIME", example: "tick 5s", "Lets time pass."),
      BenchCommand("trip", usage: "trip", example: "trip", "Opens the breaker, as an operator."),
      BenchCommand(
        "reset", usage: "reset", example: "reset",
        "Closes the breaker with an empty window, as an operator."),
      BenchCommand(
        "force", usage: "force none|open|closed|disabled|metrics-only", example: "force open",
        "Holds the breaker to a state, or lets it decide again."),
      BenchCommand(
        "retries", usage: "retries [COUNT]", example: "retries 5",
        "Shows the waits of one request whose every call fails, by the retry knobs."),
      BenchCommand(
        "storm", usage: "storm [COUNT]", example: "storm 1000",
        "Sends requests, 100 a second, whose every call fails, and counts the calls."),
      BenchCommand("show", usage: "show", example: "show", "Shows the breaker."),
    ]
  }

  /// Carries out one command.
  public mutating func perform(_ line: BenchLine) throws(Diagnostic) -> Document {
    switch line.name {
    case "call": return make(try count(line, 0), .success)
    case "fail": return make(try count(line, 0), .failure)
    case "slow":
      let span = try line.arguments.count > 1 ? span(line, 1) : nil
      let standard = breaker.options.slowAfter + .milliseconds(1)
      return make(try count(line, 0), .success, took: span ?? standard)
    case "start": return start(try count(line, 0))
    case "finish": return try finish(line)
    case "cancel": return cancel(try count(line, 0))
    case "tick": return tick(try span(line, 0))
    case "trip": return changing { bench in bench.breaker.trip(at: bench.now) }
    case "reset": return changing { bench in bench.breaker.reset(at: bench.now) }
    case "force": return try force(line)
    case "retries": return retries(try count(line, 0, standard: 5))
    case "storm": return storm(try count(line, 0, standard: 1_000))
    default: return show()
    }
  }

  /// The count at an argument, 1 (or `standard`) when there is none.
  private func count(
    _ line: BenchLine, _ index: Int, standard: Int = 1
  ) throws(Diagnostic) -> Int {
    guard index < line.arguments.count else { return standard }
    let text = line.arguments[index]
    guard let value = Unit.count.value(from: text), value >= 1, value <= 100_000,
      value == value.rounded()
    else {
      throw Diagnostic(
        "'\(text)' is no number of calls.", column: line.column(index), found: text,
        expected: "a whole number from 1 to 100,000")
    }
    return Int(value)
  }

  private func span(_ line: BenchLine, _ index: Int) throws(Diagnostic) -> TimeSpan {
    guard index < line.arguments.count else {
      throw Diagnostic(
        "Say how long.", found: line.text, expected: "\(line.name) TIME, such as 500ms or 5s")
    }
    let text = line.arguments[index]
    guard let span = TimeSpan(text: text), span >= .zero, span <= .hours(24) else {
      throw Diagnostic(
        "'\(text)' is no time.", column: line.column(index), found: text,
        expected: "a time up to 24h, such as 500ms or 5s")
    }
    return span
  }

  private mutating func make(
    _ count: Int, _ outcome: CircuitBreaker.Outcome, took span: TimeSpan = .zero
  ) -> Document {
    var reply = changing { bench in
      for _ in 0..<count {
        bench.advance()
        guard let permit = bench.acquire() else { continue }
        bench.watching { $0.breaker.record(outcome, for: permit, took: span, at: $0.now) }
      }
      return nil
    }
    let ending = outcome == .failure ? "failed" : span > .zero ? "took \(span)" : "succeeded"
    let admitted = counters.lastAdmitted
    let tail = admitted == 0 ? "" : ", \(admitted == 1 ? "it" : "they") \(ending)"
    var text = Text("\(admitted) of \(count) let through\(tail)")
    if counters.lastRejected > 0 {
      text = text + "; " + .toned("\(counters.lastRejected) refused", .bad)
    }
    reply.blocks.insert(.paragraph(text + "."), at: 0)
    return reply
  }

  private mutating func start(_ count: Int) -> Document {
    var reply = changing { bench in
      for _ in 0..<count {
        bench.advance()
        if let permit = bench.acquire() { bench.flying.append((permit, bench.now)) }
      }
      return nil
    }
    reply.blocks.insert(
      .text("\(counters.lastAdmitted) of \(count) let through; \(flying.count) under way."), at: 0)
    return reply
  }

  private mutating func finish(_ line: BenchLine) throws(Diagnostic) -> Document {
    guard let word = line.arguments.first, word == "ok" || word == "fail" else {
      throw Diagnostic(
        "Say how the calls end.", column: line.arguments.isEmpty ? nil : line.column(0),
        found: line.arguments.first ?? line.text, expected: "finish ok or finish fail")
    }
    let count = try count(line, 1)
    return end(count) { bench, call in
      bench.breaker.record(
        word == "ok" ? .success : .failure, for: call.permit, took: bench.now - call.since,
        at: bench.now)
    }
  }

  private mutating func cancel(_ count: Int) -> Document {
    end(count) { bench, call in bench.breaker.cancel(call.permit, at: bench.now) }
  }

  private mutating func end(
    _ count: Int,
    _ settle: (
      inout CircuitBreakerBench, (permit: CircuitBreaker.Permit, since: Instant)
    ) -> CircuitBreaker.Transition?
  ) -> Document {
    let ending = min(count, flying.count)
    var reply = changing { bench in
      for _ in 0..<ending {
        let call = bench.flying.removeFirst()
        bench.watching { settle(&$0, call) }
      }
      return nil
    }
    let words = ending == 0 ? "No call is under way" : "\(ending) ended"
    reply.blocks.insert(.text("\(words); \(flying.count) under way."), at: 0)
    return reply
  }

  private mutating func tick(_ span: TimeSpan) -> Document {
    changing { bench in
      bench.now += span
      return nil
    }
  }

  private mutating func force(_ line: BenchLine) throws(Diagnostic) -> Document {
    let known = CircuitBreaker.Forcing.allCases.map(\.rawValue)
    guard let word = line.arguments.first, let forcing = CircuitBreaker.Forcing(rawValue: word)
    else {
      throw .unknown(
        "state to force", line.arguments.first ?? "", known: known,
        column: line.arguments.isEmpty ? nil : line.column(0))
    }
    return changing { bench in bench.breaker.force(forcing, at: bench.now) }
  }
}
