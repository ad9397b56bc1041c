import Kernel
import Patterns
import Simulation

/// What Sentinels and clusters with fencing do, as the trace tells it.
extension FailoverStory {
  mutating func tell(
    _ event: SentinelEvent, by sentinel: NodeID, cause: Trace.ID?, in cluster: inout World
  ) {
    let roster = cluster.environment.roster
    var words = [event.name.rawValue]
    if let node = event.node { words.append(roster.name(node)) }
    if let other = event.other { words.append(roster.name(other)) }
    if let number = event.number {
      words.append(event.name == .objectivelyDown ? "#quorum \(number)" : "\(number)")
    }
    var reason = cause ?? lastChange
    if event.name == .subjectivelyDown, let node = event.node {
      reason =
        cluster.environment.blame(
          node, seenBy: sentinel,
          since: max(.zero, cluster.now - min(.minutes(1), cluster.now - .zero)))
        ?? reason
    }
    let told = cluster.record(
      roster.name(sentinel), Fact(event.name.rawValue, words.joined(separator: " ")), cause: reason)
    // The end of a silence explains nothing that follows.
    if event.name != .subjectivelyUp { lastChange = told }
  }

  mutating func returned(_ node: NodeID, in cluster: inout World) {
    lastChange = cluster.record(
      cluster.environment.roster.name(node),
      Fact("returned", "is back, and still takes itself for the primary", weight: .harm),
      cause: lastChange)
  }

  mutating func ordersFence(
    _ source: NodeID, _ target: NodeID, cause: Trace.ID?, in cluster: inout World
  ) {
    let roster = cluster.environment.roster
    let culprit = cluster.environment.blame(target, seenBy: source)
    lastChange = cluster.record(
      roster.name(source),
      Fact("fences", "has lost \(roster.name(target)) and has its power cut"),
      cause: culprit ?? cause ?? lastChange)
  }

  mutating func fenced(_ target: NodeID, by source: NodeID, in cluster: inout World) {
    let roster = cluster.environment.roster
    lastChange = cluster.record(
      roster.name(target), Fact("fenced", "loses its power: \(roster.name(source)) asked for it"),
      cause: lastChange)
  }
}
