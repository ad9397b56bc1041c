import Kernel
import Patterns
import Presentation
import Simulation

extension LogBench {
  /// What can be typed.
  var commands: [BenchCommand] {
    [
      BenchCommand(
        "produce", usage: "produce KEY [COUNT]", example: "produce key-1 5",
        "A producer sends records with that key, 10 ms apart."),
      BenchCommand(
        "where", usage: "where KEY", example: "where key-1",
        "Which partition a key belongs to, by murmur2."),
      BenchCommand(
        "stop", usage: "stop CONSUMER", example: "stop c1",
        "A consumer ends in order and leaves the group."),
      BenchCommand(
        "crash", usage: "crash NODE", example: "crash b1",
        "A machine dies; what was not flushed is gone."),
      BenchCommand(
        "restart", usage: "restart NODE", example: "crash b1; restart b1",
        "A dead machine starts again from its disk."),
      BenchCommand(
        "pause", usage: "pause NODE", example: "pause c1",
        "A process stands still, as in a long garbage collection."),
      BenchCommand(
        "resume", usage: "resume NODE", example: "pause c1; resume c1",
        "A process that stands still goes on."),
      BenchCommand(
        "partition", usage: "partition A | B,C", example: "partition b1 | b2,b3",
        "Cuts every link between the sides."),
      BenchCommand("heal", usage: "heal", example: "heal", "Ends every fault."),
      BenchCommand("tick", usage: "tick TIME", example: "tick 5s", "Lets time pass."),
      BenchCommand(
        "show", usage: "show", example: "show",
        "Each partition: leader, in-sync replicas, log end, high watermark, the group's position."),
      BenchCommand(
        "judge", usage: "judge", example: "produce key-1 5; tick 5s; judge",
        "What producers and consumers saw: loss, duplicates, order."),
      BenchCommand(
        "events", usage: "events", example: "events", "What happened to brokers and group."),
    ]
  }

  /// Carries out one command.
  mutating func perform(_ line: BenchLine) throws(Diagnostic) -> Document {
    switch line.name {
    case "produce": return try produce(line)
    case "where":
      let key = try key(line)
      let partition = KafkaPartitioning.partition(forKey: "key-\(key)", of: setup.partitions)
      askedPartition = partition
      let hash = KafkaPartitioning.murmur2(Array("key-\(key)".utf8))
      return Document([
        .text(
          "key-\(key): murmur2 \(hash), without its sign bit mod \(setup.partitions) = "
            + "partition \(partition).")
      ])
    case "stop":
      let word = line.arguments.first ?? ""
      guard let node = setup.roster.node(word), setup.consumers.contains(node) else {
        throw .unknown(
          "consumer", word, known: setup.consumers.map(setup.roster.name), column: line.column(0))
      }
      return pass(.stop(node), .milliseconds(10))
    case "tick":
      guard let span = TimeSpan(text: line.arguments.first ?? ""), span > .zero,
        span <= .minutes(10)
      else {
        throw Diagnostic(
          "How long?", column: line.column(0), found: line.text,
          expected: "a time up to 10m, as in 'tick 5s'")
      }
      now += span
      replay()
      return passed
    case "show": return passed
    case "judge": return FindingView.document(view.findings)
    case "events": return happened
    default:
      let fault = try TimedFault.parse(line.text, roster: setup.roster, now: now)
      return pass(.fault(fault), .milliseconds(1))
    }
  }

  private mutating func pass(_ kind: Step.Kind, _ span: TimeSpan) -> Document {
    steps.append(Step(at: now, kind: kind))
    now += span
    replay()
    return passed
  }

  private mutating func produce(_ line: BenchLine) throws(Diagnostic) -> Document {
    let key = try key(line)
    let count = line.arguments.count > 1 ? Int(line.arguments[1]) : 1
    guard let count, (1...1_000).contains(count) else {
      throw Diagnostic(
        "'\(line.arguments[1])' is no number of records.", column: line.column(1),
        found: line.arguments[1], expected: "a whole number from 1 to 1,000")
    }
    return pass(.produce(key: key, count: count), .milliseconds(10) * (count + 5))
  }

  private func key(_ line: BenchLine) throws(Diagnostic) -> Int {
    let word = line.arguments.first ?? ""
    let digits = word.hasPrefix("key-") ? String(word.dropFirst(4)) : word
    guard let key = Int(digits), (0..<10_000).contains(key) else {
      throw Diagnostic(
        "'\(word)' is no key.", column: line.column(0), found: word,
        expected: "a key from key-0 to key-9999")
    }
    return key
  }

  private var passed: Document {
    var document = Document([.text("It is \(now).")])
    if !view.faults.isEmpty {
      document.add(.text("In force: \(view.faults.joined(separator: "; "))."))
    }
    document.add(
      .table(
        Table(
          [
            Table.Column("partition", .trailing), Table.Column("leader"),
            Table.Column("epoch", .trailing), Table.Column("in sync"),
            Table.Column("log end", .trailing), Table.Column("committed", .trailing),
            Table.Column("group at", .trailing),
          ], view.partitions.map { $0.map { Text($0) } })))
    if !view.consumers.isEmpty {
      document.add(
        .table(
          Table(
            [Table.Column("member"), Table.Column("reads partitions")],
            view.consumers.map { $0.map { Text($0) } })))
    }
    let figures = view.facts.filter {
      ["published", "confirmed", "drained", "duplicates", "reordered"].contains($0.name)
    }
    document.add(.text(figures.map { "\($0.name) \($0.text)" }.joined(separator: ", ") + "."))
    return document
  }

  private var happened: Document {
    guard !view.events.isEmpty else { return Document([.text("Nothing happened yet.")]) }
    return Document([
      .timeline(
        view.events.suffix(24).map { event in
          Moment(
            time: "\(event.at)", part: event.part, text: Text(event.detail),
            tone: event.weight == .harm || event.weight == .fault ? .bad : nil)
        })
    ])
  }
}
