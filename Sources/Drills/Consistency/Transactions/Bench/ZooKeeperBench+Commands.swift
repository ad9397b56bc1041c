import Kernel
import Patterns
import Presentation

extension ZooKeeperBench {
  /// What can be typed.
  public var commands: [BenchCommand] {
    [
      BenchCommand(
        "connect", usage: "connect SESSION [TIMEOUT]", example: "connect C 1s",
        "Opens a session that asks for a timeout, 10 s if none is given."),
      BenchCommand(
        "create", usage: "create SESSION PATH [DATA] [-s] [-e]", example: "create A /n- -s -e",
        "Creates a node: -s numbers it, -e makes it go with the session."),
      BenchCommand(
        "delete", usage: "delete SESSION PATH", example: "delete A /x", "Deletes a node."),
      BenchCommand(
        "write", usage: "write SESSION PATH DATA", example: "write A / hello",
        "Sets the data of a node."),
      BenchCommand(
        "get", usage: "get SESSION PATH [-w]", example: "get A / -w",
        "Reads the data of a node; -w watches it."),
      BenchCommand(
        "stat", usage: "stat SESSION PATH [-w]", example: "stat A /x -w",
        "Asks about a node; -w watches it, even if it does not exist."),
      BenchCommand(
        "ls", usage: "ls SESSION PATH [-w]", example: "ls A / -w",
        "Lists the children of a node; -w watches them."),
      BenchCommand(
        "pause", usage: "pause SESSION", example: "pause A", "The client stops pinging."),
      BenchCommand(
        "resume", usage: "resume SESSION", example: "resume B", "The client pings again."),
      BenchCommand(
        "close", usage: "close SESSION", example: "close A", "Ends a session, as its client does."),
      BenchCommand("tick", usage: "tick TIME", example: "tick 2s", "Lets time pass."),
      BenchCommand("show", usage: "show", example: "show", "Shows sessions and nodes."),
    ]
  }

  /// Carries out one command.
  public mutating func perform(_ line: BenchLine) throws(Diagnostic) -> Document {
    if line.name == "show" { return show() }
    news = []
    if line.name == "tick" {
      tick(try span(line, 0))
      return told()
    }
    if line.name == "connect" {
      try open(line)
      return told()
    }
    let place = try client(line)
    switch line.name {
    case "pause": clients[place].isPaused = true
    case "resume":
      clients[place].isPaused = false
      ask(place, .ping)
    case "close":
      let client = clients.remove(at: place)
      give(.close(client.id))
      news.append(Text("\(client.name)   is closed"))
    default: ask(place, try request(line))
    }
    return told()
  }

  private mutating func open(_ line: BenchLine) throws(Diagnostic) {
    guard let name = line.arguments.first, name.first?.isLetter ?? false,
      !clients.contains(where: { $0.name == name })
    else {
      throw Diagnostic(
        "Give the session a new name.", column: line.arguments.isEmpty ? nil : line.column(0),
        found: line.text, expected: "a name that begins with a letter, besides \(known)")
    }
    connect(name, line.arguments.count > 1 ? try span(line, 1) : .seconds(10))
  }

  private var known: String { clients.map(\.name).joined(separator: ", ") }

  private func client(_ line: BenchLine) throws(Diagnostic) -> Int {
    guard let place = clients.firstIndex(where: { $0.name == line.arguments.first }) else {
      throw .unknown(
        "session", line.arguments.first ?? "", known: clients.map(\.name),
        column: line.arguments.isEmpty ? nil : line.column(0), madeBy: "connect C 1s")
    }
    return place
  }

  private func request(_ line: BenchLine) throws(Diagnostic) -> ZooKeeperRequest {
    let words = line.arguments.dropFirst().filter { !["-s", "-e", "-w"].contains($0) }
    guard let path = words.first, path.hasPrefix("/") else {
      throw Diagnostic(
        "Say which node.", found: line.text, expected: "\(line.name) SESSION /PATH …")
    }
    let data = words.dropFirst().first
    let isWatching = line.arguments.contains("-w")
    switch line.name {
    case "create":
      return .create(
        path, data: data ?? "", isEphemeral: line.arguments.contains("-e"),
        isSequential: line.arguments.contains("-s"))
    case "delete": return .delete(path)
    case "get": return .getData(path, watch: isWatching)
    case "stat": return .exists(path, watch: isWatching)
    case "ls": return .getChildren(path, watch: isWatching)
    default:
      guard let data else {
        throw Diagnostic(
          "Say what to write.", found: line.text, expected: "write SESSION /PATH DATA")
      }
      return .setData(path, data)
    }
  }

  private func span(_ line: BenchLine, _ index: Int) throws(Diagnostic) -> TimeSpan {
    guard index < line.arguments.count, let span = TimeSpan(text: line.arguments[index]),
      span >= .zero, span <= .hours(1)
    else {
      throw Diagnostic(
        "Say how long.", column: index < line.arguments.count ? line.column(index) : nil,
        found: line.text, expected: "a time up to 1h, such as 500ms or 2s")
    }
    return span
  }

  private mutating func ask(_ place: Int, _ request: ZooKeeperRequest) {
    clients[place].lastSent = now
    give(.request(clients[place].id, request))
  }

  /// Lets time pass: clients ping after a third of their timeout, the server ends silent sessions.
  private mutating func tick(_ span: TimeSpan) {
    let end = now + span
    while true {
      let pings = clients.filter { !$0.isPaused }.map { $0.lastSent + $0.timeout / 3 }
      let ends = server.sessions.map(\.expires)
      guard let next = (pings + ends).min(), next <= end else { break }
      now = max(now, next)
      give(.wake)
      for place in clients.indices
      where !clients[place].isPaused && clients[place].lastSent + clients[place].timeout / 3 <= now
      {
        clients[place].lastSent = now
        _ = server.step(.request(clients[place].id, .ping), at: now)
      }
    }
    now = end
  }
}
