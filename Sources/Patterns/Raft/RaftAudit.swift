import Kernel

/// Holds a cluster against the four safety properties of Raft after every step.
///
/// It sees all nodes at once, which no node can, and remembers what was true: who led in which
/// term, what was committed. Each call looks only at what the one node that stepped has changed,
/// so it costs as much as the change. `RaftProperties` states the same properties over whole
/// logs, without memory.
///
/// - **Election Safety**: at most one leader in a term.
/// - **Log Matching**: logs that hold an entry of the same index and term are the same up to it.
/// - **Leader Completeness**: a committed entry is in the log of every leader of a later term.
/// - **State Machine Safety**: no two nodes apply different entries at an index.
///
/// Source: Ongaro and Ousterhout 2014 (extended), figure 3.
public struct RaftAudit<Command: Sendable & Hashable, Image: Sendable & Hashable>: Sendable {
  /// The kind of node that it looks at.
  public typealias Node = RaftNode<Command, Image>

  private struct Place: Hashable {
    let index: RaftIndex
    let term: RaftTerm
  }

  /// What an entry is and stands on: by induction, nodes that agree on it agree on all before.
  private struct Record {
    let payload: RaftEntry<Command>.Payload
    let previousTerm: RaftTerm?
  }

  private struct Committed {
    let entry: RaftEntry<Command>
    /// The term in which it was first seen to be committed.
    let seenIn: RaftTerm
  }

  /// What the last call saw of a node.
  private struct Sight {
    var logTerms: [RaftTerm] = []
    var base = 0
    var commit = 0
    var leads: RaftTerm?
  }

  private var leaders: [RaftTerm: NodeID] = [:]
  private var records: [Place: Record] = [:]
  private var committed: [Committed] = []
  private var sights: [NodeID: Sight] = [:]

  /// An audit of a cluster that has not done anything yet, or whose past logs are all good.
  public init() {}

  /// How many entries are known to be committed.
  public var committedCount: Int { committed.count }

  /// The entry committed at `index`, or nil when none is known to be.
  public func committedEntry(at index: RaftIndex) -> RaftEntry<Command>? {
    committed.indices.contains(index - 1) ? committed[index - 1].entry : nil
  }

  /// Forgets what `node` looked like, because it has restarted from its disk.
  public mutating func restarted(_ node: NodeID) { sights[node] = nil }

  /// Looks at a node that has just stepped; `members` are all nodes, nil where one is down.
  ///
  /// Returns the first property that does not hold, or nil.
  public mutating func observe(_ node: Node, among members: [Node?]) -> InvariantViolation? {
    var sight = sights[node.id] ?? Sight()
    let found =
      matchLog(of: node, &sight) ?? elect(node, &sight) ?? commit(node, &sight, members)
    sights[node.id] = sight
    return found
  }

  private mutating func elect(_ node: Node, _ sight: inout Sight) -> InvariantViolation? {
    guard node.role == .leader, sight.leads != node.term else { return nil }
    sight.leads = node.term
    if let other = leaders[node.term], other != node.id {
      return InvariantViolation(
        "election safety", witness: "\(other) and \(node.id) both lead in term \(node.term)")
    }
    leaders[node.term] = node.id
    guard let last = committed.lastIndex(where: { $0.seenIn < node.term }) else { return nil }
    return incompleteness(of: node, committed[last])
  }

  private func incompleteness(of leader: Node, _ committed: Committed) -> InvariantViolation? {
    let entry = committed.entry
    if entry.index <= leader.log.base.index { return nil }
    if leader.log.term(at: entry.index) == entry.term { return nil }
    return InvariantViolation(
      "leader completeness",
      witness: "\(leader.id) leads in term \(leader.term) without the entry \(entry), "
        + "committed in term \(committed.seenIn)")
  }

  /// Compares what is new in a node's log, from its end back to what the last call saw.
  private mutating func matchLog(of node: Node, _ sight: inout Sight) -> InvariantViolation? {
    let log = node.log
    var firstNew = log.lastIndex + 1
    while firstNew - 1 > log.base.index, let entry = log[firstNew - 1] {
      let seen = entry.index - sight.base - 1
      if sight.logTerms.indices.contains(seen), sight.logTerms[seen] == entry.term { break }
      firstNew -= 1
    }
    var found: InvariantViolation?
    for index in firstNew..<(log.lastIndex + 1) where found == nil {
      guard let entry = log[index] else { continue }
      found = match(entry, on: log.term(at: index - 1), node.id)
    }
    rememberLog(log, from: firstNew, &sight)
    return found
  }

  private func rememberLog(
    _ log: RaftLog<Command, Image>, from firstNew: RaftIndex, _ sight: inout Sight
  ) {
    if sight.base != log.base.index {
      let dropped = log.base.index - sight.base
      if dropped > 0 && dropped <= sight.logTerms.count {
        sight.logTerms.removeFirst(dropped)
      } else {
        sight.logTerms = []
      }
      sight.base = log.base.index
    }
    let kept = min(sight.logTerms.count, max(0, firstNew - 1 - sight.base))
    sight.logTerms.removeSubrange(kept...)
    for index in (sight.base + kept + 1)..<(log.lastIndex + 1) {
      sight.logTerms.append(log.term(at: index) ?? 0)
    }
  }

  private mutating func match(
    _ entry: RaftEntry<Command>, on previousTerm: RaftTerm?, _ node: NodeID
  ) -> InvariantViolation? {
    let place = Place(index: entry.index, term: entry.term)
    guard let record = records[place] else {
      records[place] = Record(payload: entry.payload, previousTerm: previousTerm)
      return nil
    }
    let sameBefore =
      record.previousTerm == nil || previousTerm == nil || record.previousTerm == previousTerm
    if record.payload == entry.payload, sameBefore { return nil }
    return InvariantViolation(
      "log matching",
      witness: "\(node) holds another \(entry), or another entry before it, than was seen before")
  }

  /// Takes note of what a node has newly committed, and compares it with what others have.
  private mutating func commit(
    _ node: Node, _ sight: inout Sight, _ members: [Node?]
  ) -> InvariantViolation? {
    let from = max(sight.commit, node.log.base.index)
    sight.commit = node.commit
    guard node.commit > from else { return nil }
    for index in (from + 1)...node.commit {
      guard let entry = node.log[index] else { continue }
      if committed.indices.contains(index - 1) {
        if committed[index - 1].entry != entry {
          return InvariantViolation(
            "state machine safety",
            witness: "\(node.id) commits \(entry) at index \(index), where "
              + "\(committed[index - 1].entry) is committed")
        }
      } else if index == committed.count + 1 {
        let news = Committed(entry: entry, seenIn: node.term)
        committed.append(news)
        for case .some(let leader) in members
        where leader.role == .leader && leader.term > node.term {
          if let found = incompleteness(of: leader, news) { return found }
        }
      }
    }
    return nil
  }
}
