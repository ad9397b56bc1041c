import Kernel
import Presentation
import Simulation

extension ReplicatedStoreBench {
  /// What can be typed.
  var commands: [BenchCommand] {
    [
      BenchCommand(
        "put", usage: "put CLIENT KEY VALUE", example: "put c1 k1 7",
        "A client writes a register and waits for the answer."),
      BenchCommand(
        "get", usage: "get CLIENT KEY", example: "get c2 k1",
        "A client reads a register, or k0 of a counter."),
      BenchCommand(
        "increment", usage: "increment CLIENT", example: "set workload=counter; increment c1",
        "A client increments the counter, as the knob 'increment' says."),
      BenchCommand(
        "work", usage: "work TIME", example: "work 5s",
        "All clients read and write by themselves for that long."),
      BenchCommand(
        "partition", usage: "partition A,B | C,D", example: "partition n1,c1 | n2,n3,monitor,c2",
        "Cuts every link between the sides."),
      BenchCommand(
        "crash", usage: "crash NODE", example: "crash n1", "A process dies; its disk stays."),
      BenchCommand(
        "restart", usage: "restart NODE", example: "crash n1; restart n1",
        "A dead process starts again from its disk."),
      BenchCommand(
        "pause", usage: "pause NODE", example: "pause n1",
        "A process stands still, as in a long garbage collection."),
      BenchCommand(
        "resume", usage: "resume NODE", example: "pause n1; resume n1",
        "A process that stands still goes on."),
      BenchCommand(
        "heal", usage: "heal", example: "heal", "Ends every partition and restarts what is down."),
      BenchCommand("tick", usage: "tick TIME", example: "tick 5s", "Lets time pass."),
      BenchCommand("show", usage: "show", example: "show", "What every replica is and holds."),
      BenchCommand(
        "seen", usage: "seen", example: "put c1 k1 7; seen", "What clients did and saw, in order."),
      BenchCommand(
        "judge", usage: "judge", example: "put c1 k1 7; judge",
        "What the checkers say of everything that clients saw so far."),
      BenchCommand(
        "events", usage: "events", example: "events", "What happened to the store, in order."),
      BenchCommand(
        "cap", usage: "cap", example: "cap",
        "The same clients and the same partition over every store: what each gave up."),
    ]
  }

  /// Carries out one command.
  mutating func perform(_ line: BenchLine) throws(Diagnostic) -> Document {
    switch line.name {
    case "put": return try put(line)
    case "get": return try act(line, .get(client: client(line, 0), key: key(line, 1)), count: 2)
    case "increment":
      guard setup.isCounter else {
        throw Diagnostic(
          "There is no counter on this bench.", found: "increment",
          expected: "'set workload=counter' first, or 'put CLIENT KEY VALUE'")
      }
      return try act(line, .increment(client: client(line, 0)), count: 1)
    case "work":
      let span = try span(line)
      return act(.work(until: now + span))
    case "tick":
      now += try span(line)
      replay()
      return passed
    case "show": return standing
    case "seen": return seen
    case "judge": return judged
    case "events": return happened
    case "cap": return CapExperiment(settings).document
    default: return try fault(line)
    }
  }

  private mutating func put(_ line: BenchLine) throws(Diagnostic) -> Document {
    guard !setup.isCounter else {
      throw Diagnostic(
        "A counter is incremented, not written.", found: line.text,
        expected: "'increment CLIENT', or 'set workload=registers'")
    }
    guard line.arguments.count == 3, let value = Int(line.arguments[2]) else {
      throw Diagnostic(
        "A write needs a client, a key and a whole number.", found: line.text,
        expected: "put CLIENT KEY VALUE, as in 'put c1 k1 7'")
    }
    return act(.put(client: try client(line, 0), key: try key(line, 1), value: value))
  }

  private mutating func act(
    _ line: BenchLine, _ kind: Step.Kind, count: Int
  ) throws(Diagnostic) -> Document {
    guard line.arguments.count == count else {
      throw Diagnostic(
        "'\(line.name)' takes \(count == 1 ? "a client" : "a client and a key").",
        found: line.text, expected: commands.first { $0.name == line.name }?.usage)
    }
    return act(kind)
  }

  private mutating func act(_ kind: Step.Kind) -> Document {
    let before = view.done.count
    steps.append(Step(at: now, kind: kind))
    replay()
    return report(since: before)
  }

  private mutating func fault(_ line: BenchLine) throws(Diagnostic) -> Document {
    let fault = try TimedFault.parse(line.text, roster: setup.roster.roster, now: now)
    steps.append(Step(at: now, kind: .fault(fault)))
    now += .milliseconds(1)
    replay()
    return passed
  }

  private func span(_ line: BenchLine) throws(Diagnostic) -> TimeSpan {
    guard line.arguments.count == 1, let span = TimeSpan(text: line.arguments[0]),
      span > .zero, span <= .minutes(10)
    else {
      throw Diagnostic(
        "How long?", column: line.column(0), found: line.text,
        expected: "a time up to 10m, as in '\(line.name) 5s'")
    }
    return span
  }

  private func client(_ line: BenchLine, _ place: Int) throws(Diagnostic) -> Int {
    let word = line.arguments.indices.contains(place) ? line.arguments[place] : ""
    guard let client = view.clients.firstIndex(of: word) else {
      throw .unknown("client", word, known: view.clients, column: line.column(place))
    }
    return client
  }

  private func key(_ line: BenchLine, _ place: Int) throws(Diagnostic) -> Int {
    let word = line.arguments.indices.contains(place) ? line.arguments[place] : ""
    guard let key = view.keys.firstIndex(of: word) else {
      throw .unknown("key", word, known: view.keys, column: line.column(place))
    }
    return key
  }
}
