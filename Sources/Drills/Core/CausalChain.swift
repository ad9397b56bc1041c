import Kernel

/// Why a run went as it did, read from its trace: what began it, what that led to, how far it
/// spread, and how it ended.
public struct CausalChain: Sendable {
  /// One step of the story: an event, and the other parts that the same kind of event befell.
  public struct Step: Sendable, Hashable {
    /// The first event of its kind.
    public let event: Trace.Event
    /// Other parts with an event of the same kind from the same root, in the order of the first.
    public let also: [String]
  }

  /// From the root to the first harm and on to the last consequence, in order of time.
  public let steps: [Step]
  /// The first event that clients or an objective suffered from.
  public let firstHarm: Trace.Event?
  /// How many harmful events follow from the same root.
  public let harmCount: Int
  /// The parts that those events touched, in the order of their first harm.
  public let parts: [String]
  /// From the first harm to the last.
  public let lasted: TimeSpan
  /// The first recovery after the last of that harm; nil when things were still bad at the end.
  public let recovery: Trace.Event?
  /// Harmful events that follow from other roots.
  public let otherHarms: Int
  /// Events that did not fit into the trace.
  public let overflow: Int

  /// Reads the chain of the first harm in `trace`; at most `limit` steps are named.
  public init(_ trace: Trace, limit: Int = 9) {
    let events = trace.events
    overflow = trace.overflow
    guard let harm = events.firstIndex(where: { $0.weight == .harm }) else {
      steps = events.filter { $0.weight == .fault }.prefix(limit).map { Step(event: $0, also: []) }
      firstHarm = nil
      harmCount = 0
      parts = []
      lasted = .zero
      recovery = nil
      otherHarms = 0
      return
    }
    var path = [harm]
    while let cause = events[path[0]].cause?.index, cause < path[0], events.indices.contains(cause)
    {
      path.insert(cause, at: 0)
    }
    let descends = Self.descendants(of: path[0], in: events)
    let harms = events.indices.filter { events[$0].weight == .harm }
    let own = harms.filter { descends[$0] }
    firstHarm = events[harm]
    harmCount = own.count
    otherHarms = harms.count - own.count
    parts = Self.distinct(own.map { events[$0].part })
    lasted = own.last.map { events[$0].at - events[harm].at } ?? .zero
    recovery = events[(own.last ?? harm)...].first { $0.weight == .recovery }

    // After the path: the first event of each kind that follows from the root.
    var seen = Set(path.map { events[$0].kind })
    var later: [Int] = []
    for index in events.indices where index > path[0] && descends[index] && !path.contains(index) {
      if seen.insert(events[index].kind).inserted { later.append(index) }
    }
    let chosen = path.suffix(limit) + later.prefix(max(0, limit - path.count))
    steps = chosen.sorted().map { place in
      let alike = events.indices.filter {
        descends[$0] && events[$0].kind == events[place].kind && $0 >= place
      }
      let parts = Self.distinct(alike.map { events[$0].part })
      return Step(event: events[place], also: parts.filter { $0 != events[place].part })
    }
  }

  private static func descendants(of root: Int, in events: [Trace.Event]) -> [Bool] {
    var descends = [Bool](repeating: false, count: events.count)
    descends[root] = true
    for index in events.indices where index > root {
      if let cause = events[index].cause?.index, descends.indices.contains(cause) {
        descends[index] = descends[cause]
      }
    }
    return descends
  }

  private static func distinct(_ names: [String]) -> [String] {
    var seen = Set<String>()
    return names.filter { seen.insert($0).inserted }
  }
}
