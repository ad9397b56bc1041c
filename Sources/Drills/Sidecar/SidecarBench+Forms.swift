import Kernel
import Patterns
import Presentation

/// The ambassador and the adapters of the bench.
extension SidecarBench {
  static let callCommands = [
    BenchCommand(
      "call", usage: "call [COUNT]", example: "start; tick 20s; call 30",
      "Lets the application call localhost; the ambassador calls the ledger."),
    BenchCommand(
      "bad", usage: "bad LEDGER SHARE", example: "bad ledger-1 100%",
      "Makes an instance of the ledger answer this share of its calls with an error."),
    BenchCommand(
      "borrow", usage: "borrow [COUNT]", example: "borrow 10",
      "Asks the ambassador's pool for connections and keeps them."),
    BenchCommand(
      "return", usage: "return [COUNT]", example: "return 1", "Gives connections back."),
  ]

  static let adapterCommands = [
    BenchCommand(
      "write", usage: "write [COUNT]", example: "write 150",
      "Writes lines of the log to the adapter."),
    BenchCommand("down", usage: "down", example: "down", "Takes the store of logs away."),
    BenchCommand("up", usage: "up", example: "up", "Brings the store of logs back."),
    BenchCommand(
      "full", usage: "full drop|block", example: "full drop",
      "Chooses what the adapter does when it is full; it begins anew."),
    BenchCommand(
      "emit", usage: "emit LINE", example: "emit orders.placed:3|c",
      "Lets the application write a StatsD line: a counter |c, a gauge |g or a timer |ms."),
    BenchCommand(
      "scrape", usage: "scrape", example: "emit orders.placed:3|c; scrape",
      "Reads what the adapter exposes, and lets promtool's rules judge it."),
  ]

  mutating func call(_ count: Int) -> Document {
    guard life.sidecarTakesNew else {
      counters.calls += count
      return Document([.text("Nobody listens on localhost: all \(count) calls fail.")])
    }
    var tries = 0
    var good = 0
    var load = Self.ledgerNames.map { _ in 0 }
    for _ in 0..<count {
      var sequence = RetrySequence()
      var tried = HostsTried()
      while true {
        let isRetry = sequence.attempts > 1
        guard
          case .endpoint(let ledger, _)? = proxy.outbound?.choose(
            tried: tried, at: now, using: &random)
        else { break }
        tries += 1
        load[ledger] += 1
        tried.insert(ledger)
        proxy.outbound?.started(ledger, isRetry: isRetry, at: now)
        let failure = answer(of: ledger)
        proxy.outbound?.finished(
          ledger, failure == nil ? .success : failure == .error ? .serverError : .gatewayError,
          isRetry: isRetry, failure: failure, cost: Int(sequence.lastCost),
          latency: .milliseconds(10), at: now)
        guard let failure else {
          good += 1
          break
        }
        var budget = proxy.outbound?.budget ?? RetryBudget()
        let decision = sequence.failed(
          failure, at: now, policy: mesh.retry, budget: &budget, random: &random)
        proxy.outbound?.budget = budget
        guard case .retry = decision else { break }
      }
    }
    counters.calls += count
    counters.callsGood += good
    counters.lastTries = Double(tries) / Double(count)
    let rows = Self.ledgerNames.indices.map { ledger in
      let isOut = !(proxy.outbound?.isHealthy(ledger) ?? true)
      return [
        Text(Self.ledgerNames[ledger]), Text("\(load[ledger])"),
        isOut ? Text.toned("out", .bad) : Text("in"),
      ]
    }
    return Document([
      .text("\(good) of \(count) calls go well, with \(tries) tries."),
      .table(Table([.init("instance"), .init("tries", .trailing), .init("")], rows)),
    ])
  }

  private mutating func answer(of ledger: Int) -> CallFailure? {
    if proxy.connection(to: ledger, youngerThan: SidecarWorld.connectionAge, at: now) == nil {
      let shaken = proxy.connect(
        to: ledger, ledgers[ledger].side(at: now), mode: ledgers[ledger].inbound.mode,
        as: proxy.side(at: now), at: now)
      if case .refused = shaken {
        counters.handshakesRefused += 1
        return .refused
      }
    }
    return random.chance(badness[ledger]) ? .error : nil
  }

  mutating func makeBad(_ line: BenchLine) throws(Diagnostic) -> Document {
    let word = line.arguments.first ?? ""
    guard let ledger = Self.ledgerNames.firstIndex(of: word) else {
      throw .unknown("instance", word, known: Self.ledgerNames)
    }
    let text = line.arguments.count > 1 ? line.arguments[1] : ""
    guard let share = Unit.fraction.value(from: text), (0...1).contains(share) else {
      throw Diagnostic(
        "'\(text)' is no share.", column: text.isEmpty ? nil : line.column(1), found: text,
        expected: "a share from 0 % to 100 %")
    }
    badness[ledger] = share
    return Document([.text("\(word) fails \(Unit.fraction.text(share)) of its calls now.")])
  }

  mutating func borrow(_ count: Int) -> Document {
    for _ in 0..<count {
      counters.asked += 1
      switch pool.ask(counters.asked) {
      case .given: break
      case .waits: counters.waits += 1
      case .refused: counters.refused += 1
      }
    }
    return Document([
      .text("\(pool.inUse) connections are in use, \(pool.line.count) callers wait.")
    ])
  }

  mutating func giveBack(_ count: Int) -> Document {
    for _ in 0..<min(count, pool.inUse) { _ = pool.giveBack(isGood: true) }
    return Document([
      .text("\(pool.inUse) connections are in use, \(pool.line.count) callers wait.")
    ])
  }

  mutating func write(_ count: Int) -> Document {
    for _ in 0..<count {
      if adapter.write() == .blocked { counters.blocked += 1 }
      if isStoreUp { adapter.ship() }
    }
    return Document([
      .text(
        "\(adapter.shipped) lines are shipped, \(adapter.buffered) kept, \(adapter.lost) lost; "
          + "\(counters.blocked) times the application had to wait.")
    ])
  }

  mutating func chooseFull(_ line: BenchLine) throws(Diagnostic) -> Document {
    let word = line.arguments.first ?? ""
    guard word == "drop" || word == "block" else {
      throw .unknown("answer to a full buffer", word, known: ["drop", "block"])
    }
    adapter = LogAdapter(capacity: 100, isDropping: word == "drop")
    return Document([
      .text("A full adapter makes the application \(word == "drop" ? "lose lines" : "wait").")
    ])
  }

  mutating func emit(_ line: BenchLine) throws(Diagnostic) -> Document {
    let text = line.arguments.first ?? ""
    guard metrics.take(text) else {
      throw Diagnostic(
        "'\(text)' is no StatsD line.", column: text.isEmpty ? nil : line.column(0), found: text,
        expected: "a name, a number and a kind, such as orders.placed:3|c or db.latency:320|ms")
    }
    return Document([.text("The adapter has taken \(metrics.taken) lines.")])
  }

  mutating func scrape() -> Document {
    let report = ExpositionReport(checking: metrics.text)
    counters.lint = report.exit
    var reply = Document([.code(metrics.text.isEmpty ? "nothing" : metrics.text, language: nil)])
    for message in report.messages { reply.add(.paragraph(Text(message))) }
    reply.add(
      report.exit == 0 ? "promtool has no complaint." : "promtool ends with \(report.exit).")
    return reply
  }

  func show() -> Document {
    func word(_ container: PodLifecycle.Container) -> Text {
      switch container {
      case .off: .toned("off", .quiet)
      case .starting: Text("starting")
      case .running: Text("its process runs, not ready")
      case .ready: .toned("ready", .good)
      case .waiting: .toned("died, waits to be started again", .bad)
      case .preStopping: Text("its preStop hook runs")
      case .stopping: Text("stopping")
      case .done: Text("done")
      }
    }
    var rows = [
      [Text("sidecar"), word(life.sidecar)], [Text("application"), word(life.application)],
    ]
    if life.options.hasSetup { rows.insert([Text("init container"), word(life.setup)], at: 0) }
    let left = proxy.agent.certificate.map { "\($0.notAfter - now) left" } ?? "none"
    rows += [
      [Text("certificate"), Text(left)],
      [Text("routes"), Text(proxy.outbound?.routes == nil ? "none" : "to the ledger")],
      [Text("open requests"), Text("\(counters.open)")],
      [Text("ambassador"), Text("\(pool.inUse) of \(pool.size) connections in use")],
      [Text("adapter"), Text("\(adapter.buffered) of \(adapter.capacity) lines kept")],
    ]
    return Document([.table(Table([Table.Column(""), Table.Column("")], rows))])
  }
}
