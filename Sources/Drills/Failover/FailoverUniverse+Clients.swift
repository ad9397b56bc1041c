import Kernel
import Patterns
import Simulation

/// How an attempt at a write ended.
enum AttemptEnd: Equatable {
  case done
  case refused(FailoverMessage.Refusal)
  case silent
}

extension FailoverUniverse {
  /// A write of the load arrives at a random client, and the next one is on its way.
  mutating func arrive() {
    let rate = setup.rate * cluster.environment.loadFactor
    let gap = TimeSpan(seconds: arrivals.exponential() / rate)
    // The last writes must have time to end.
    if now + gap < setup.end - setup.timeout {
      cluster.setAlarm(Alarm.arrival.number, at: now + gap)
    }
    begin(client: picks.below(clients.count), key: picks.below(setup.keys))
  }

  /// Begins a write and returns its number.
  @discardableResult
  mutating func begin(client: Int, key: Int) -> Int {
    nextRequest += 1
    writes[nextRequest] = Write(client: client, key: key, target: setup.roster.nodes[0])
    meters.began += 1
    send(nextRequest)
    return nextRequest
  }

  /// Sends a write to where its client takes the leader to be.
  mutating func send(_ request: Int) {
    guard var write = writes[request] else { return }
    nextAttempt += 1
    write.tries += 1
    write.attempt = nextAttempt
    attempts[nextAttempt] = request
    cluster.setAlarm(Alarm.timeout(nextAttempt).number, at: now + setup.timeout)
    let client = clients[write.client].node
    if let target = target(of: write) {
      write.target = target
      cluster.send(.write(request: request, key: write.key), from: client, to: target)
    }
    writes[request] = write
  }

  private mutating func target(of write: Write) -> NodeID? {
    let nodes = setup.roster.nodes
    if setup.isActiveActive {
      if setup.rule == .home { return nodes[write.key % nodes.count] }
      return nodes[(write.client + write.tries - 1) % nodes.count]
    }
    switch setup.route {
    case .vip: return announced[write.client % 2]
    case .dns:
      let client = clients[write.client]
      if let address = client.address, now < client.validUntil { return address }
      clients[write.client].address = record
      // Clients did not all look the name up at the same moment.
      let age = picks.unit()
      let isFirst = client.validUntil == .zero
      clients[write.client].validUntil = now + setup.dnsTTL * (isFirst ? age : 1)
      return record
    }
  }

  /// A message reached a group of clients.
  mutating func receive(_ message: FailoverMessage, from source: NodeID, by group: NodeID) {
    switch message {
    case .announce(let token):
      let place = setup.roster.clients.firstIndex(of: group) ?? 0
      announced[place] = source
      if token > recordToken {
        recordToken = token
        record = source
      }
    case .primaryIs(let primary, let epoch):
      let place = setup.roster.clients.firstIndex(of: group) ?? 0
      // Clients make sure by ROLE; here the epoch tells an old answer from a new one.
      guard epoch >= announcedEpochs[place] else { return }
      announcedEpochs[place] = epoch
      announced[place] = primary
      if epoch > recordToken {
        recordToken = epoch
        record = primary
      }
    case .written(let request, let refusal):
      guard let write = writes[request], write.target == source,
        attempts.removeValue(forKey: write.attempt) != nil
      else { return }
      // A node that fails at its work still answers, renews its lease, and copies.
      let rate = errorRate(source)
      let isFailing = refusal == nil && rate > 0 && errors.chance(rate)
      let end = isFailing ? .refused(.failing) : refusal.map { AttemptEnd.refused($0) } ?? .done
      observe(end == .done, of: source)
      ended(request, write.attempt, end)
    default: break
    }
  }

  /// Real writes tell more than a heartbeat: too many failures in a row move the lead away.
  private mutating func observe(_ isGood: Bool, of node: NodeID) {
    guard node == lastOpened, watch?.record(isGood) == false else { return }
    watch?.record(true)
    story.givenUp(node, after: setup.errorLimit, in: &cluster)
    cluster.submit(.switchover, to: node)
  }

  /// An attempt came to its end.
  mutating func ended(_ request: Int, _ attempt: Int, _ end: AttemptEnd) {
    guard let write = writes[request], write.attempt == attempt else { return }
    if end == .done {
      writes[request] = nil
      answered.append(request)
      meters.good(at: now)
      story.served(in: &cluster)
      return
    }
    if write.tries <= setup.retries {
      cluster.setAlarm(Alarm.again(request).number, at: now + .seconds(1))
      return
    }
    writes[request] = nil
    meters.failed(at: now)
    let reason =
      switch end {
      case .refused(let why): "is refused: \(why.rawValue)"
      case .done, .silent: "is not answered within \(setup.timeout)"
      }
    story.failed(
      "a write to \(name(write.target)) \(reason)", about: write.target,
      seenBy: clients[write.client].node, in: &cluster)
  }

  /// A node stated something.
  mutating func take(_ fact: FailoverFact, from node: NodeID, cause: Trace.ID?) {
    switch fact {
    case .suspects:
      if let firstFault, now >= firstFault, meters.detection == nil {
        meters.detection = now - firstFault
      }
    case .restarts:
      restarts(node)
      return
    case .elected(let token):
      checkFenced(node)
      starts(node)
      if isMeasured, token > highestOpened, let lastOpened, lastOpened != node,
        cluster.environment.processes.runs(lastOpened)
      {
        meters.needless += 1
      }
    case .opened(let token):
      guard token >= highestOpened || setup.sentinel == nil else {
        story.returned(node, in: &cluster)
        return
      }
      highestOpened = max(highestOpened, token)
      let isMoved = !restarting.contains(node.index)
      restarting = []
      if isMeasured, isMoved { meters.failovers += 1 }
      if let firstFault, now >= firstFault, meters.takeover == nil {
        meters.takeover = now - firstFault
      }
      let before = lastOpened
      lastOpened = node
      if isMeasured, !setup.isShared, let before, before != node {
        let log = Set((self.node(node)?.log ?? []).map(\.request))
        let missing = answered.count { !log.contains($0) }
        meters.behind = max(meters.behind, missing)
        story.opened(node, missing: missing, before: before, in: &cluster)
        return
      }
    case .dropped(let entries):
      let known = Set(answered)
      let lost = entries.count { known.contains($0.request) }
      story.dropped(node, entries.count, answered: lost, in: &cluster)
      return
    case .stepped, .barred, .fenced: break
    }
    story.tell(fact, by: node, leader: lastOpened, cause: cause, in: &cluster)
  }
}
