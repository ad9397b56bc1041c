import Kernel
import Presentation
import Simulation

extension DiscoveryBench {
  /// What can be measured right now.
  var facts: [Measurement] { view.facts }

  /// Who is who: the process, the servers that name it, the pickers that see it.
  func show() -> Document {
    let columns =
      [Table.Column("instance"), Table.Column("process")]
      + (view.servers + view.pickers).map { Table.Column($0) }
    let rows = view.rows.map { row in
      [Text(row.name), Text.toned(row.process, row.process == "runs" ? .good : .bad)]
        + row.named.map { Self.cell($0, isAlive: row.process == "runs", word: "named") }
        + row.seen.map { Self.cell($0, isAlive: row.process == "runs", word: "seen") }
    }
    var reply = Document([.table(Table(columns, rows))])
    for note in view.notes { reply.add(Text(note)) }
    reply.add(Text("It is \(now) since the universe began."))
    return reply
  }

  private static func cell(_ isThere: Bool?, isAlive: Bool, word: String) -> Text {
    switch isThere {
    case nil: Text("down")
    case true?: isAlive ? Text(word) : .toned(word, .bad)
    case false?: isAlive ? .toned("-", .bad) : Text("-")
    }
  }

  /// The last events of the story.
  func log(_ line: BenchLine) throws(Diagnostic) -> Document {
    var count = 20
    if let text = line.arguments.first {
      guard let number = Int(text), (1...500).contains(number) else {
        throw Diagnostic(
          "'\(text)' is no number of events.", column: line.column(0), found: text,
          expected: "a whole number from 1 to 500")
      }
      count = number
    }
    guard !view.events.isEmpty else { return Document([.text("Nothing has happened yet.")]) }
    return Document([timeline(view.events.suffix(count))])
  }

  /// What was told since there were `seen` events, and how things stand.
  func news(since seen: Int) -> Document {
    let events = view.events.dropFirst(seen)
    var reply = Document()
    if !events.isEmpty { reply.add(timeline(events.suffix(16))) }
    if events.count > 16 {
      reply.add("\(events.count - 16) earlier events are not shown; see 'log'.")
    }
    let figures = view.facts.filter { $0.value != nil }
    let shown = ["running", "registered", "seen"].compactMap { name in
      figures.first { $0.name == name }.map { "\($0.text) \(name)" }
    }
    reply.add(Text("\(now): " + shown.joined(separator: ", ")))
    return reply
  }

  private func timeline(_ events: ArraySlice<Trace.Event>) -> Block {
    .timeline(
      events.map { event in
        let tone: Tone? =
          switch event.weight {
          case .fault, .harm: .bad
          case .recovery: .good
          case .change: nil
          }
        return Moment(
          time: "\(event.at)", part: event.part, text: Text(event.detail), tone: tone)
      })
  }
}
