import Kernel
import Patterns
import Simulation

extension QueueUniverse {
  /// Counts what waits where.
  mutating func sample() {
    var inQueues = 0
    for node in setup.brokers {
      guard case .broker(let part)? = cluster.participants[node.index]?.role else { continue }
      let count = setup.workQueues.reduce(0) {
        $0 + (part.broker.queue($1)?.waitingCount ?? 0)
      }
      waiting[node.index] = count
      inQueues = max(inQueues, count)
    }
    var held = 0
    var idle = 0
    for node in setup.consumers {
      guard case .consumer(let part)? = cluster.participants[node.index]?.role else { continue }
      held = max(held, part.inHand)
      if part.isIdle { idle += 1 }
    }
    var backlog = 0
    for node in setup.producers {
      guard case .producer(let part)? = cluster.participants[node.index]?.role else { continue }
      backlog += part.backlog
    }
    let allInHand = setup.consumers.reduce(0) { $0 + (inHand[$1]?.count ?? 0) }
    meters.note(
      waiting: inQueues, held: held, idle: idle, consumers: setup.consumerCount,
      hasWork: inQueues + allInHand > setup.consumerCount, backlog: backlog)
    guard now < setup.end else { return }
    cluster.setAlarm(Alarm.sample, at: now + Self.sampleInterval)
  }

  /// Looks at who died: operating systems close the connections of the dead.
  mutating func look() {
    for node in setup.roster.nodes {
      let life = cluster.environment.processes.incarnation(node)
      let isDown = cluster.environment.processes.isDown(node)
      let mark = life * 2 + (isDown ? 1 : 0)
      guard mark != lives[node.index] else { continue }
      let hasDied = isDown || mark / 2 != lives[node.index] / 2
      lives[node.index] = mark
      if hasDied { mourn(node) }
    }
  }

  private mutating func mourn(_ node: NodeID) {
    let cause = cluster.environment.blame(node, seenBy: node)
    for other in setup.roster.nodes where other != node {
      let areBothClients = node.index >= setup.brokerCount && other.index >= setup.brokerCount
      // It goes the way of the last words, behind them, and gets lost where they would.
      if !areBothClients { cluster.send(.reset, from: node, to: other, cause: cause) }
    }
    if node.index < setup.brokerCount {
      tellLossOnDisk(of: node, cause: cause)
    } else if let lost = inHand.removeValue(forKey: node), !lost.isEmpty {
      tellLossInHand(of: node, lost, cause: cause)
    }
  }

  private mutating func tellLossInHand(of node: NodeID, _ lost: [Int], cause: Trace.ID?) {
    let count = "\(lost.count) deliver\(lost.count == 1 ? "y" : "ies") in hand"
    let isForGood = setup.isAutoAck || setup.acksBeforeWork
    let detail =
      setup.isAutoAck
      ? "dies with \(count), all settled when they were sent: nobody has them now"
      : setup.acksBeforeWork
        ? "dies with \(count); the one it worked on is acknowledged already"
        : "dies with \(count), none acknowledged: the queue gives them to others"
    cluster.record(
      name(node), Fact("in-hand-gone", detail, weight: isForGood ? .harm : .change),
      cause: cause)
  }

  private mutating func tellLossOnDisk(of node: NodeID, cause: Trace.ID?) {
    guard setup.arguments.kind == .classic, node == setup.brokers[0] else { return }
    let onDisk = setup.workQueues.reduce(0) {
      $0 + cluster.durable(node).storedCount(of: $1)
    }
    let before = waiting[node.index]
    guard before > onDisk else { return }
    cluster.record(
      name(node),
      Fact(
        "memory-gone",
        "about \(before) messages waited in the queue, \(onDisk) of them on disk: the rest is gone",
        weight: .harm),
      cause: cause)
  }

  /// Tells what a broker states, where it changes the story.
  mutating func tell(_ fact: RabbitFact, of node: NodeID, cause: Trace.ID?) {
    guard let told = story.fact(fact) else { return }
    cluster.record(name(node), told, cause: cause)
  }
}
