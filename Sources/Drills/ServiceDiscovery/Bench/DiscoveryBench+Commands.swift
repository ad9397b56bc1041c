import Kernel
import Patterns
import Presentation
import Simulation

extension DiscoveryBench {
  /// What can be typed.
  var commands: [BenchCommand] {
    [
      BenchCommand(
        "show", usage: "show", example: "show",
        "Shows each instance, which servers name it and which pickers see it."),
      BenchCommand("tick", usage: "tick TIME", example: "tick 30s", "Lets time pass."),
      BenchCommand(
        "call", usage: "call CALLER [COUNT]", example: "call caller-1 20",
        "Makes calls, ten a second, and says what became of them."),
      BenchCommand(
        "register", usage: "register APP", example: "register app-3",
        "Starts an instance, anew if it runs; it registers as its registry wants it."),
      BenchCommand(
        "deregister", usage: "deregister APP", example: "deregister app-3",
        "Takes an instance out of the registry in good order; its process goes on."),
      BenchCommand(
        "stop", usage: "stop APP", example: "stop app-3",
        "Shuts an instance down in good order; a new one starts 10 s after it is gone."),
      BenchCommand(
        "heartbeat", usage: "heartbeat APP", example: "heartbeat app-3",
        "Sends one more sign of life for an instance, now."),
      BenchCommand(
        "log", usage: "log [COUNT]", example: "log 10", "Shows the last events of the story."),
    ]
      + Self.faults.map { fault in
        BenchCommand(
          fault.verb.rawValue, usage: fault.verb.usage, example: fault.example,
          fault.verb.summary)
      }
  }

  /// The faults that can be typed without `at TIME`, each with a line that works here.
  private static let faults: [(verb: FaultVerb, example: String)] = [
    (.crash, "crash app-3"), (.restart, "restart app-3"), (.pause, "pause app-3 for 20s"),
    (.resume, "resume app-3"),
    (.partition, "partition app-1,host-1 | registry-1,registry-2,registry-3 for 2m"),
    (.drop, "drop 10% app-1 -> registry-1 for 1m"),
    (.delay, "delay 50ms app-1 <-> registry-1 for 1m"), (.heal, "heal"),
  ]

  /// Carries out one command.
  mutating func perform(_ line: BenchLine) throws(Diagnostic) -> Document {
    if Self.faults.contains(where: { $0.verb.rawValue == line.name }) {
      return try fault(line)
    }
    switch line.name {
    case "show": return show()
    case "log": return try log(line)
    case "tick": return try tick(line)
    case "call": return try call(line)
    case "register":
      let app = try node(line, of: setup.roster.apps, "an instance")
      return act(.fault(TimedFault(at: now, .restart(app))))
    case "deregister": return act(.deregister(try node(line, of: setup.roster.apps, "an instance")))
    case "stop": return act(.stop(try node(line, of: setup.roster.apps, "an instance")))
    case "heartbeat": return try heartbeat(line)
    default: throw .unknown("bench command", line.name, known: commands.map(\.name), column: 1)
    }
  }

  private mutating func fault(_ line: BenchLine) throws(Diagnostic) -> Document {
    let fault = try TimedFault.parse(line.text, roster: setup.roster.roster, now: now)
    guard fault.at >= now else {
      throw Diagnostic(
        "That time is over.", found: line.text, expected: "a time from \(now) on")
    }
    return act(.fault(fault))
  }

  private mutating func heartbeat(_ line: BenchLine) throws(Diagnostic) -> Document {
    let app = try node(line, of: setup.roster.apps, "an instance")
    guard setup.registry != .kubernetes else {
      throw Diagnostic(
        "Instances on Kubernetes send no heartbeats: the kubelet probes them.",
        found: line.text, expected: "another registry, or 'tick' until the next probe")
    }
    return act(.heartbeat(app))
  }

  /// Takes a step now and lets a second pass, so that its first consequences show.
  private mutating func act(_ kind: Step.Kind) -> Document {
    let seen = view.events.count
    steps.append(Step(at: now, kind: kind))
    now += .seconds(1)
    replay()
    return news(since: seen)
  }

  private mutating func tick(_ line: BenchLine) throws(Diagnostic) -> Document {
    let text = try word(line, "a time")
    guard let span = TimeSpan(text: text), span > .zero, span <= .hours(1) else {
      throw Diagnostic(
        "'\(text)' is no time to let pass.", column: line.column(0), found: text,
        expected: "a time up to 1h, such as 30s or 5m")
    }
    guard now + span <= .zero + .hours(4) else {
      throw Diagnostic(
        "The bench's universe ends after 4 hours.", column: line.column(0), found: text,
        expected: "less, 'undo', or 'set' to begin anew")
    }
    let seen = view.events.count
    now += span
    replay()
    return news(since: seen)
  }

  private mutating func call(_ line: BenchLine) throws(Diagnostic) -> Document {
    let caller = try node(line, of: setup.roster.callers, "a caller")
    var count = 1
    if line.arguments.count > 1 {
      guard let number = Int(line.arguments[1]), (1...500).contains(number) else {
        throw Diagnostic(
          "'\(line.arguments[1])' is no number of calls.", column: line.column(1),
          found: line.arguments[1], expected: "a whole number from 1 to 500")
      }
      count = number
    }
    let seen = view.events.count
    let before = view.outcomes
    steps.append(Step(at: now, kind: .calls(by: caller, count: count)))
    let patience = setup.timeout * (setup.retries + 2) + .seconds(6)
    now += Self.callGap * count + patience
    replay()
    let good = view.outcomes.filter { before[$0.key] == nil && $0.value }.count
    let failed = view.outcomes.filter { before[$0.key] == nil && !$0.value }.count
    var reply = Document()
    reply.add("\(good) of \(good + failed) calls of \(line.arguments[0]) succeeded.")
    return reply + news(since: seen)
  }

  /// The argument at `index`, which must be there.
  func word(_ line: BenchLine, _ what: String, at index: Int = 0) throws(Diagnostic) -> String {
    guard index < line.arguments.count else {
      let command = commands.first { $0.name == line.name }
      throw Diagnostic(
        "'\(line.text)' needs \(what).", column: line.text.count + 1, found: "the end of the line",
        expected: command?.usage, suggestion: command?.example)
    }
    return line.arguments[index]
  }

  private func node(
    _ line: BenchLine, of nodes: [NodeID], _ what: String
  ) throws(Diagnostic) -> NodeID {
    let name = try word(line, what)
    let roster = setup.roster.roster
    guard let node = nodes.first(where: { roster.name($0) == name }) else {
      throw .unknown(
        "name here", name, known: nodes.map { roster.name($0) }, column: line.column(0))
    }
    return node
  }
}
