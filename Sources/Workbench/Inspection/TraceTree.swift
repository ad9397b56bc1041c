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
    self.children = children
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

  /// One tree: each event below its cause, indented, with the time since the root.
  func tree(of root: Int, limit: Int) -> Document {
    let all = descendants(of: root)
    let start = events[root].at
    let lines = all.prefix(limit).map { place, depth in
      let event = events[place]
      let indent = String(repeating: "  ", count: min(depth, 6))
      return Moment(
        time: place == root ? start.description : "+\(event.at - start)", part: event.part,
        text: Text(indent + event.detail),
        tone: event.weight == .harm ? .bad : event.weight == .recovery ? .good : nil)
    }
    var document = Document([.timeline(lines)])
    if all.count > limit { document.add(.text("And \(all.count - limit) more events.")) }
    return document
  }
}
