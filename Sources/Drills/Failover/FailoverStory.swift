import Kernel
import Patterns
import Simulation

/// What the trace was told, so that each trouble is told once.
struct FailoverStory: Sendable {
  private var failing: Trace.ID?
  private var two: Trace.ID?
  private var stale: Trace.ID?
  var lastChange: Trace.ID?

  typealias World = Cluster<FailoverFamily>

  mutating func tell(
    _ fact: FailoverFact, by node: NodeID, leader: NodeID?, cause: Trace.ID?,
    in cluster: inout World
  ) {
    let name = cluster.environment.roster.name(node)
    let told: Fact?
    var reason = cause ?? lastChange
    switch fact {
    case .suspects(let silent):
      if let leader {
        reason = cluster.environment.blame(leader, seenBy: node, since: cluster.now - silent)
      }
      reason = reason ?? cluster.environment.active.last?.event
      told = Fact("suspects", "has seen no sign of the leader for \(silent)")
    case .elected(let token): told = Fact("elected", "is elected, with token \(token)")
    case .opened(let token): told = Fact("opened", "takes writes, with token \(token)")
    case .stepped(let why):
      reason = cluster.environment.active.last?.event ?? reason
      told = Fact("stepped-down", "leads no more: \(why)")
    case .barred(let lag):
      told = Fact("barred", "may not lead: \(lag) writes behind the last leader")
    case .fenced(let token):
      told = Fact("fenced", "is refused by the storage: token \(token) is out of date")
    case .dropped, .restarts: told = nil
    }
    guard let told else { return }
    lastChange = cluster.record(name, told, cause: reason)
  }

  mutating func opened(
    _ node: NodeID, missing: Int, before: NodeID, in cluster: inout World
  ) {
    let name = cluster.environment.roster.name(node)
    guard missing > 0 else {
      lastChange = cluster.record(
        name, Fact("opened", "takes writes, with every answered write"), cause: lastChange)
      return
    }
    let cause = cluster.environment.blame(
      before, seenBy: node, since: max(.zero, cluster.now - min(.minutes(2), cluster.now - .zero)))
    lastChange = cluster.record(
      name,
      Fact(
        "opened-behind",
        "takes writes without \(missing) writes that "
          + "\(cluster.environment.roster.name(before)) had answered", weight: .harm),
      cause: lastChange ?? cause)
  }

  mutating func dropped(
    _ node: NodeID, _ count: Int, answered: Int, in cluster: inout World
  ) {
    let detail =
      "drops \(count) writes that the leader does not have, \(answered) of them answered"
    lastChange = cluster.record(
      cluster.environment.roster.name(node),
      Fact("dropped", detail, weight: answered > 0 ? .harm : .change), cause: lastChange)
  }

  mutating func failed(
    _ detail: String, about node: NodeID, seenBy client: NodeID, in cluster: inout World
  ) {
    guard failing == nil else { return }
    let since = max(.zero, cluster.now - min(.seconds(5), cluster.now - .zero))
    let cause = cluster.environment.blame(node, seenBy: client, since: since)
    failing = cluster.record(
      "clients", Fact("failed", detail, weight: .harm),
      cause: cause ?? lastChange ?? cluster.environment.active.last?.event)
  }

  mutating func givenUp(_ node: NodeID, after count: Int, in cluster: inout World) {
    let cause = cluster.environment.active.last?.event
    lastChange = cluster.record(
      cluster.environment.roster.name(node),
      Fact("given-up", "is given up after \(count) failed writes in a row, though it runs"),
      cause: cause ?? lastChange)
  }

  mutating func served(in cluster: inout World) {
    guard let told = failing else { return }
    cluster.record(
      "clients", Fact("served", "writes are answered again", weight: .recovery), cause: told)
    failing = nil
  }

  mutating func twoLead(_ names: [String], in cluster: inout World) {
    guard two == nil else { return }
    two = cluster.record(
      "service",
      Fact(
        "two-leaders", "\(names.joined(separator: " and ")) both take writes", weight: .harm),
      cause: lastChange ?? cluster.environment.active.last?.event)
  }

  mutating func oneLeads(in cluster: inout World) {
    guard let told = two else { return }
    cluster.record(
      "service", Fact("one-leader", "one node takes writes", weight: .recovery), cause: told)
    two = nil
  }

  mutating func staleWrite(_ count: Int, in cluster: inout World) {
    guard stale == nil else { return }
    let pause = cluster.environment.trace.events.lastIndex { $0.weight == .fault }
    stale = cluster.record(
      "storage",
      Fact(
        "stale-write",
        "\(count) writes of a former leader were applied after writes of its successor",
        weight: .harm),
      cause: pause.map { Trace.ID($0) } ?? lastChange)
  }
}
