import Kernel
import Patterns
import Presentation

extension SharedLimitBench {
  /// What can be typed, besides `set`.
  public var commands: [BenchCommand] {
    [
      BenchCommand(
        "send", usage: "send GATEWAY [COUNT]", example: "send g1 20",
        "Sends requests to one gateway, all now."),
      BenchCommand(
        "spread", usage: "spread COUNT", example: "spread 40",
        "Sends requests to all gateways in turn, all now."),
      BenchCommand("silence", usage: "silence", example: "silence", "The store answers no more."),
      BenchCommand("recover", usage: "recover", example: "recover", "The store answers again."),
      BenchCommand("tick", usage: "tick TIME", example: "tick 500ms", "Lets time pass."),
      BenchCommand(
        "show", usage: "show", example: "show", "Shows what the gateways hold and the store counts."
      ),
    ]
  }

  /// Carries out one command.
  public mutating func perform(_ line: BenchLine) throws(Diagnostic) -> Document {
    switch line.name {
    case "send":
      let place = try gateway(line)
      send(try count(line, 1), first: place, isSpread: false)
      return reply()
    case "spread":
      send(try count(line, 0), first: 0, isSpread: true)
      return reply()
    case "silence", "recover":
      isSilent = line.name == "silence"
      return Document([.text(isSilent ? "The store is silent." : "The store answers.")])
    case "tick":
      pass(
        try line.span(
          upTo: .hours(1), expected: "a time up to 1h, such as 500ms"))
      let decided = counters.lastAdmitted + counters.lastRefused
      guard decided > 0 else { return Document([.text("It is \(now).")]) }
      return Document([
        .text(
          "It is \(now). \(decided) gave up on the store: \(counters.lastAdmitted) let through, "
            + "\(counters.lastRefused) refused.")
      ])
    default: return show()
    }
  }

  private func gateway(_ line: BenchLine) throws(Diagnostic) -> Int {
    let text = line.arguments.first ?? ""
    guard let place = parts.firstIndex(of: text) else {
      throw .unknown("gateway", text, known: parts)
    }
    return place
  }

  private func count(_ line: BenchLine, _ index: Int) throws(Diagnostic) -> Int {
    try line.count(index, of: "requests", upTo: 10_000)
  }

  private var waiting: Int { nodes.reduce(0) { $0 + $1.waitingCount } }

  private func reply() -> Document {
    var text = Text("\(counters.lastAdmitted) admitted")
    if counters.lastRefused > 0 {
      text = text + "; " + .toned("\(counters.lastRefused) refused", .bad)
    }
    if waiting > 0 { text = text + Text("; \(waiting) wait for the store") }
    var reply = Document()
    reply.add(text + ".")
    return reply
  }

  private func show() -> Document {
    let rows = zip(parts, nodes).map { name, node in
      [Text(name), Text("\(node.permits)"), Text("\(node.waitingCount)")]
    }
    let columns = [
      Table.Column("gateway"), Table.Column("leased, unused", .trailing),
      Table.Column("waiting", .trailing),
    ]
    let state = isSilent ? "is silent" : "answers"
    return Document([
      .table(Table(columns, rows)),
      .text(
        "It is \(now). The store \(state); it counts \(store.used) of \(store.limit.permits) and was "
          + "asked \(store.operations) times."),
    ])
  }

  /// What can be measured right now.
  public var facts: [Measurement] {
    let unused = nodes.reduce(0) { $0 + $1.permits }
    return [
      Measurement("admitted", Double(counters.admitted), .count),
      Measurement("refused", Double(counters.refused), .count),
      Measurement("last_admitted", Double(counters.lastAdmitted), .count),
      Measurement("last_refused", Double(counters.lastRefused), .count),
      Measurement("waiting", Double(waiting), .count),
      Measurement("fallbacks", Double(counters.fallbacks), .count),
      Measurement("most_in_window", Double(counters.mostInWindow), .count),
      Measurement("leased_unused", Double(unused), .count),
      Measurement("questions", Double(store.operations), .count),
    ]
  }
}
