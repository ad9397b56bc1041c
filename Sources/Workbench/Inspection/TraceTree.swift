import Drills
import Kernel
import Presentation

/// What followed from what in a run: the events of a trace as trees, by their causes.
struct TraceTree {
  private let events: [Trace.Event]
  private let children: [[Int]]
  /// The events without a cause that led to others, in order of time.
  let roots: [Int]

  init(_ trace: Trace) {
    events = trace.events
    var children = [[Int]](repeating: [], count: events.count)
    var hasCause = [Bool](repeating: false, count: events.count)
    for (index, event) in events.enumerated() {
      guard let cause = event.cause?.index, cause < index, events.indices.contains(cause) else {
        continue
      }
      children[cause].append(index)
      hasCause[index] = true
    }
    self.children = children.map { own in
      own.sorted { (trace.events[$0].at, $0) < (trace.events[$1].at, $1) }
    }
    roots = events.indices.filter { !hasCause[$0] && !children[$0].isEmpty }
  }

  /// Everything that followed from the event at `root`, itself first, with its depth.
  func descendants(of root: Int) -> [(place: Int, depth: Int)] {
    var found: [(place: Int, depth: Int)] = []
    var open = [(place: root, depth: 0)]
    while let next = open.popLast() {
      found.append(next)
      open += children[next.place].reversed().map { ($0, next.depth + 1) }
    }
    return found
  }

  func event(_ place: Int) -> Trace.Event { events[place] }

  /// The roots as a table: when, where, what, and how much followed for how long.
  func overview(limit: Int) -> Table {
    let rows = roots.prefix(limit).enumerated().map { number, root -> [Text] in
      let all = descendants(of: root).map { events[$0.place] }
      let harms = all.count { $0.weight == .harm }
      let last = all.map(\.at).max() ?? events[root].at
      return [
        .code("\(number + 1)"), Text(events[root].at.description), Text(events[root].part),
        Text(events[root].kind), Text("\(all.count - 1)"), Text("\(harms)"),
        Text("\(last - events[root].at)"),
      ]
    }
    return Table(
      [
        .init("", .trailing), .init("began"), .init("part"), .init("with"),
        .init("led to", .trailing), .init("harm", .trailing), .init("lasted", .trailing),
      ], rows)
  }

  /// One tree: a waterfall of its events, then what each of them was, in order of time.
  func tree(of root: Int, limit: Int) -> Document {
    let all = descendants(of: root)
    let shown = Array(all.prefix(limit))
    let inTime = shown.sorted { (events[$0.place].at, $0.place) < (events[$1.place].at, $1.place) }
    var numbers: [Int: Int] = [:]
    for (number, row) in inTime.enumerated() { numbers[row.place] = number + 1 }
    var document = Document()
    if let chart = waterfall(shown, numbers) { document.add(.chart(chart)) }
    let start = events[root].at
    document.add(
      .timeline(
        inTime.map { place, depth in
          let event = events[place]
          let number = numbers[place].map { "\($0) " } ?? ""
          let cause = event.cause.flatMap { numbers[$0.index] }
          let because = place == root ? "" : cause.map { " (after \($0))" } ?? ""
          return Moment(
            time: place == root ? start.description : "+\(event.at - start)", part: event.part,
            text: Text("\(number)\(event.detail)\(because)"),
            tone: event.weight == .harm ? .bad : event.weight == .recovery ? .good : nil)
        }))
    if all.count > limit { document.add(.text("And \(all.count - limit) more events.")) }
    return document
  }

  private static let columns = 48

  /// A bar for each event, from its time to that of the last event that followed from it; nil
  /// where all happened at once.
  private func waterfall(
    _ rows: [(place: Int, depth: Int)], _ numbers: [Int: Int]
  ) -> TimeChart? {
    guard let root = rows.first?.place else { return nil }
    let ends = rows.map { row in
      descendants(of: row.place).map { events[$0.place].at }.max() ?? events[row.place].at
    }
    let start = events[root].at
    let length = (ends[0] - start).nanoseconds
    guard length > 0 else { return nil }
    func column(_ time: Instant) -> Int {
      Int((time - start).nanoseconds * Int64(Self.columns - 1) / length)
    }
    let names = rows.map { row in
      let indent = String(repeating: " ", count: min(row.depth, 4))
      return String("\(numbers[row.place] ?? 0)\(indent) \(events[row.place].part)".prefix(18))
    }
    let series = rows.indices.map { place in
      let begin = column(events[rows[place].place].at)
      let bar = begin...max(begin, column(ends[place]))
      return TimeChart.Series(
        names[place], (0..<Self.columns).map { bar.contains($0) ? 1 : 0 }, style: .band,
        text: { "\($0)" })
    }
    return TimeChart(
      series, start: start.description, end: ends[0].description, isOutline: true)
  }
}
