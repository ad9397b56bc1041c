import Kernel
import Patterns
import Presentation

extension LoadBalancingBench {
  /// What can be typed, besides `set`.
  public var commands: [BenchCommand] {
    [
      BenchCommand(
        "send", usage: "send [COUNT [KEY]]", example: "send 6",
        "Sends requests that end at once; without a key each has its own."),
      BenchCommand(
        "post", usage: "post [COUNT]", example: "post 2",
        "Sends requests that must not be carried out twice."),
      BenchCommand(
        "hold", usage: "hold [COUNT [KEY]]", example: "hold 3",
        "Sends requests that stay under way, unless they fail."),
      BenchCommand(
        "finish", usage: "finish HOST [COUNT]", example: "finish a",
        "Ends requests that are held at a host; all of them without a number."),
      BenchCommand(
        "weights", usage: "weights N N ...", example: "weights 5 1 1",
        "Begins anew with hosts a, b and so on of these weights."),
      BenchCommand(
        "add", usage: "add HOST [WEIGHT]", example: "add d", "A host joins."),
      BenchCommand(
        "drain", usage: "drain HOST", example: "drain b",
        "A host ends what it has and gets nothing new."),
      BenchCommand(
        "kill", usage: "kill HOST", example: "kill c",
        "A host refuses connections; what it held is lost."),
      BenchCommand(
        "spoil", usage: "spoil HOST", example: "spoil b",
        "A host answers every request with 500, at once."),
      BenchCommand(
        "latency", usage: "latency HOST TIME", example: "latency a 200ms",
        "How long a host takes for an answer, for algorithms that look at it."),
      BenchCommand(
        "mend", usage: "mend HOST", example: "mend b", "A host is well again, and drains no more."),
      BenchCommand(
        "probe", usage: "probe [COUNT]", example: "probe 3",
        "A health check of every host: does it take connections?"),
      BenchCommand("tick", usage: "tick TIME", example: "tick 11s", "Lets time pass."),
      BenchCommand(
        "map", usage: "map [COUNT]", example: "map 1000",
        "Where keys would go, and the share of them that moved since the last time."),
      BenchCommand("show", usage: "show", example: "show", "Shows every host."),
    ]
  }

  /// Carries out one command.
  public mutating func perform(_ line: BenchLine) throws(Diagnostic) -> Document {
    switch line.name {
    case "send", "post", "hold": return try send(line)
    case "finish": return try finish(line)
    case "weights":
      lay(try weights(line))
      return show()
    case "add": return try add(line)
    case "drain":
      let host = try host(line)
      hosts[host].isDraining = true
      refresh(host)
      return Document([.text("\(hosts[host].name) ends what it has and gets nothing new.")])
    case "kill": return try change(line, to: .dead)
    case "spoil": return try change(line, to: .broken)
    case "mend": return try change(line, to: .good)
    case "latency": return try latency(line)
    case "probe":
      for _ in 0..<(try line.count(0, of: "probes", upTo: 1_000)) { probe() }
      return show()
    case "tick":
      let span = try line.span(upTo: .hours(1), expected: "a time up to 1h, such as 10s")
      pass(span)
      return Document([.text("It is \(now).")])
    case "map": return try map(line)
    default: return show()
    }
  }

  private func host(_ line: BenchLine) throws(Diagnostic) -> Int {
    let name = line.arguments.first ?? ""
    guard let host = hosts.firstIndex(where: { $0.name == name }) else {
      throw .unknown(
        "host", name, known: parts, column: line.arguments.isEmpty ? nil : line.column(0))
    }
    return host
  }

  private mutating func send(_ line: BenchLine) throws(Diagnostic) -> Document {
    let count = try line.count(0, of: "requests", upTo: 10_000)
    let key = line.arguments.count > 1 ? line.arguments[1] : nil
    beginSending()
    let first = counters.sent
    for number in 0..<count {
      send(
        key ?? "k\(first + number)", method: line.name == "post" ? "POST" : "GET",
        isHeld: line.name == "hold")
    }
    return reply()
  }

  private mutating func finish(_ line: BenchLine) throws(Diagnostic) -> Document {
    let host = try host(line)
    let held = balancer.inflight(of: host)
    let wanted =
      line.arguments.count > 1 ? try line.count(1, of: "requests", upTo: 10_000) : held
    let count = min(held, wanted)
    for _ in 0..<count { end(host, nil) }
    return Document([.text("\(count) ended at \(hosts[host].name).")])
  }

  private func weights(_ line: BenchLine) throws(Diagnostic) -> [Int] {
    let values = line.arguments.compactMap { Int($0) }
    guard values.count == line.arguments.count, (1...Self.limit).contains(values.count),
      values.allSatisfy({ (1...100).contains($0) })
    else {
      throw Diagnostic(
        "These are no weights.", found: line.text,
        expected: "1 to \(Self.limit) whole numbers from 1 to 100, as in 'weights 5 1 1'")
    }
    return values
  }

  private mutating func add(_ line: BenchLine) throws(Diagnostic) -> Document {
    let name = line.arguments.first ?? ""
    let isName = name.allSatisfy { $0.isLetter || $0.isNumber } && (1...12).contains(name.count)
    guard isName, !parts.contains(name), hosts.count < Self.limit else {
      throw Diagnostic(
        "No host can be added under this name.", found: line.text,
        expected: "a new name of letters and digits, and at most \(Self.limit) hosts")
    }
    let weight = try line.count(1, of: "weight", upTo: 100)
    balancer.append(weight: weight, at: now)
    hosts.append(Host(name: name, health: fresh()))
    if let options = setup.outliers {
      detector = OutlierDetector(options, hostCount: hosts.count, at: now)
      for host in hosts.indices { refresh(host) }
    }
    return show()
  }

  private mutating func change(
    _ line: BenchLine, to behaviour: Behaviour
  ) throws(Diagnostic) -> Document {
    let host = try host(line)
    hosts[host].behaviour = behaviour
    if behaviour == .dead {
      for _ in 0..<balancer.inflight(of: host) { end(host, .closed) }
    }
    if behaviour == .good, hosts[host].isDraining {
      hosts[host].isDraining = false
      refresh(host)
    }
    return Document([.text("\(hosts[host].name) \(behaviour.rawValue) from now on.")])
  }

  private mutating func latency(_ line: BenchLine) throws(Diagnostic) -> Document {
    let host = try host(line)
    let text = line.arguments.count > 1 ? line.arguments[1] : ""
    guard let span = TimeSpan(text: text), span > .zero, span <= .minutes(1) else {
      throw Diagnostic(
        "'\(text)' is no latency.", found: line.text, expected: "a time up to 1m, such as 200ms")
    }
    hosts[host].latency = span
    return Document([.text("\(hosts[host].name) takes \(span) for an answer.")])
  }

  private mutating func map(_ line: BenchLine) throws(Diagnostic) -> Document {
    let count =
      line.arguments.isEmpty ? 1_000 : try line.count(0, of: "keys", upTo: 10_000)
    var copy = self
    let hash = hash(HostsTried())
    let before = mapped
    mapped = (0..<count).map { number in
      let key = "k\(number)"
      if let host = hash?.server(of: key) { return hosts[host].name }
      let host = copy.balancer.pick(
        key: XXHash64.hash(key), at: now, using: &copy.random)
      return host.map { hosts[$0].name } ?? "-"
    }
    let both = min(before.count, mapped.count)
    counters.moved =
      both == 0
      ? nil : Double((0..<both).count { before[$0] != mapped[$0] }) / Double(both)
    let rows = hosts.map { host -> [Text] in
      [Text(host.name), Text("\(mapped.count { $0 == host.name })")]
    }
    var reply = Document([.table(Table([.init("host"), .init("keys", .trailing)], rows))])
    if let moved = counters.moved { reply.add(Text("\(Unit.fraction.text(moved)) moved.")) }
    return reply
  }
}
