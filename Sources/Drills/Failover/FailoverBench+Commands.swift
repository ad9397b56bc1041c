import Kernel
import Patterns
import Presentation
import Simulation

extension FailoverBench {
  mutating func perform(_ line: BenchLine) throws(Diagnostic) -> Document {
    switch line.name {
    case "write": return try write(line)
    case "tick":
      let span = try line.span(upTo: .hours(1), expected: "a time such as 5s")
      return try pass(span)
    case "crash": return try inject("crash \(try part(line))")
    case "restart": return try inject("restart \(try part(line))")
    case "pause":
      let name = try part(line)
      guard line.arguments.count > 1, TimeSpan(text: line.arguments[1]) != nil else {
        throw Diagnostic(
          "'pause' needs a time.", column: line.text.count + 1, found: "the end of the line",
          expected: "pause \(name) 20s")
      }
      return try inject("pause \(name) for \(line.arguments[1])")
    case "cut": return try inject("partition \(line.arguments.joined(separator: " "))")
    case "errors":
      let name = try part(line)
      guard line.arguments.count > 1 else {
        throw Diagnostic(
          "'errors' needs a share.", column: line.text.count + 1, found: "the end of the line",
          expected: "errors \(name) 90%")
      }
      return try inject("errors \(name) \(line.arguments[1])")
    case "mend": return try inject("heal")
    case "switchover":
      steps.append(Step(at: now, kind: .switchover))
      return try pass(.milliseconds(1))
    case "checks": return try checks(line)
    case "phi": return try phi(line)
    case "token": return try token(line)
    case "deaths": return try deaths(line)
    case "uptime": return try uptime(line)
    default: return show()
    }
  }

  private func part(_ line: BenchLine) throws(Diagnostic) -> String {
    guard let name = line.arguments.first, parts.contains(name) else {
      throw .unknown(
        "part", line.arguments.first ?? "", known: parts,
        column: line.arguments.isEmpty ? nil : line.column(0))
    }
    return name
  }

  private mutating func inject(_ text: String) throws(Diagnostic) -> Document {
    let fault = try TimedFault.parse(text, roster: setup.roster.roster, now: now)
    steps.append(Step(at: now, kind: .fault(fault)))
    return try pass(.milliseconds(1))
  }

  private mutating func pass(_ span: TimeSpan) throws(Diagnostic) -> Document {
    guard now + span <= .zero + .hours(2) else {
      throw Diagnostic(
        "The bench's universe ends after 2 hours.", found: "\(now + span)",
        expected: "less, 'undo', or 'set' to begin anew")
    }
    let seen = view.events.count
    now += span
    replay()
    return news(since: seen)
  }

  private mutating func write(_ line: BenchLine) throws(Diagnostic) -> Document {
    let count = try line.count(0, of: "writes", upTo: 2_000)
    let seen = view.events.count
    let before = view
    steps.append(Step(at: now, kind: .writes(count)))
    now += Self.writeGap * count + .seconds(2) + setup.timeout * (setup.retries + 1)
    replay()
    var reply = Document()
    let good = view.answered - before.answered
    reply.add("\(good) of \(count) writes were answered well.")
    return reply + news(since: seen)
  }

  private mutating func checks(_ line: BenchLine) throws(Diagnostic) -> Document {
    let text = line.arguments.joined()
    guard !text.isEmpty, text.allSatisfy({ $0 == "+" || $0 == "-" }) else {
      throw Diagnostic(
        "'\(text)' are no results of checks.", column: line.name.count + 2, found: text,
        expected: "+ for a good one and - for a bad one, as in +---")
    }
    let plain = plain
    var checker =
      figures.checker ?? HealthChecker(rise: plain.integer("rise"), fall: plain.integer("fall"))
    var reply = Document()
    for mark in text {
      figures.checks += 1
      if let isUp = checker.record(mark == "+") {
        let at = plain.span("check.interval") * figures.checks
        reply.add("check \(figures.checks), after \(at): \(isUp ? "up" : "down")")
      }
    }
    figures.checker = checker
    reply.add(
      "The target is \(checker.isUp ? "up" : "down"); \(checker.streak) results in a row speak "
        + "against it.")
    return reply
  }

  private mutating func token(_ line: BenchLine) throws(Diagnostic) -> Document {
    let token = try line.count(0, of: "a token", upTo: 1_000_000)
    var gate = figures.gate ?? FencedResource(isFenced: plain.flag("fencing"))
    let isTaken = gate.write(gate.writes.count + 1, token: token)
    figures.gate = gate
    return Document([
      .text(
        isTaken
          ? "applied; the highest token seen is \(gate.highest)"
          : "refused: a write with token \(gate.highest) was seen")
    ])
  }

  private mutating func deaths(_ line: BenchLine) throws(Diagnostic) -> Document {
    let count = line.arguments.isEmpty ? 6 : try line.count(0, of: "deaths", upTo: 100)
    let plain = plain
    let burst = plain.integer("restart.burst")
    let policy = RestartPolicy(
      base: plain.span("restart.base"), cap: plain.span("restart.cap"),
      grows: plain.flag("restart.grows"), waitsFirst: plain.flag("restart.waits.first"),
      resetAfter: plain.span("restart.reset"), burst: burst == 0 ? nil : burst,
      interval: plain.span("restart.interval"))
    var history = RestartHistory(startedAt: .zero)
    var at = Instant.zero
    var rows: [[Text]] = []
    (figures.gaveUp, figures.lastWait, figures.restarts) = (false, nil, 0)
    for number in 1...count {
      let died = at + .seconds(1)
      guard let next = history.died(at: died, policy) else {
        figures.gaveUp = true
        break
      }
      rows.append([Text("\(number)"), Text("\(died)"), Text("\(next - died)")])
      figures.lastWait = next - died
      figures.restarts = number
      at = next
    }
    let columns = ["death", "at", "wait"].map { Table.Column($0, .trailing) }
    var reply = Document([.table(Table(columns, Array(rows.suffix(12))))])
    if figures.gaveUp == true {
      reply.add("It is not started again: too many starts within \(policy.interval).")
    }
    return reply
  }
}

extension FailoverUniverse {
  /// Carries out one step of a bench.
  mutating func perform(_ step: FailoverBench.Step) {
    switch step.kind {
    case .fault(let fault): cluster.add(fault)
    case .writes(let count):
      for number in 0..<count {
        run(until: step.at + FailoverBench.writeGap * number)
        begin(client: number % clients.count, key: number % setup.keys)
      }
    case .switchover:
      // Redis is asked by SENTINEL FAILOVER, whichever Sentinel is there.
      let asked =
        setup.sentinel == nil
        ? leaders.first
        : setup.roster.stores.first { cluster.environment.processes.runs($0) }
      if let asked { cluster.submit(.switchover, to: asked) }
    }
  }
}
