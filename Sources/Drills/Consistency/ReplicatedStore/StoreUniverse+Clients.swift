import Kernel
import Patterns
import Simulation
import Verification

extension StoreUniverse {
  /// A client that has thought begins something, if there is still something to do.
  mutating func begin(_ client: Int) {
    guard clients[client].errand == nil else { return }
    if looksInTheEnd, now >= setup.lookFrom { return look(client) }
    guard let worksUntil, now < worksUntil else {
      guard looksInTheEnd else { return }
      clients[client].looks = Array(0..<setup.keys)
      cluster.setAlarm(StoreAlarm.begin(client: client).number, at: setup.lookFrom)
      return
    }
    let (keys, share) = (setup.keys, setup.writeShare)
    let key = clients[client].random.below(keys)
    let isWrite = clients[client].random.chance(share)
    start(client, key: key, isWrite: isWrite)
  }

  /// When all is quiet a client reads every key once more.
  private mutating func look(_ client: Int) {
    guard !clients[client].looks.isEmpty else { return }
    start(client, key: clients[client].looks.removeFirst(), isWrite: false)
  }

  /// Begins an operation; `value` is what a register is to hold, a fresh one unless given.
  mutating func start(_ client: Int, key: Int, isWrite: Bool, value: Int? = nil) {
    let action: StoreAction
    if !isWrite {
      action = .read
    } else if setup.isCounter {
      // Reading comes first, unless the store adds by itself.
      action = setup.increment == .add ? .add(1) : .read
    } else {
      nextValue += 1
      action = .write(value ?? nextValue)
    }
    let isTroubled = !cluster.environment.active.isEmpty
    clients[client].errand = StoreClient.Errand(
      key: key, isWrite: isWrite, beganAt: now, isTroubled: isTroubled,
      request: request(client, key, action), target: setup.roster.replicas[0])
    meters.begin(
      clients[client].process, key: key, isWrite: isWrite, action: action,
      isCounter: setup.isCounter, at: now)
    choose(client)
    send(client)
  }

  private mutating func request(
    _ client: Int, _ key: Int, _ action: StoreAction
  ) -> StoreRequest {
    clients[client].nextNumber += 1
    // Where versions are timestamps, those of another key say nothing about this one.
    let seenOfKey = clients[client].seenOf[key] ?? StoreVersion.none
    let seen = setup.kind.isLeaderless ? seenOfKey : clients[client].seen
    let node = clients[client].node
    return StoreRequest(
      id: .init(client: node, number: clients[client].nextNumber), key: key, action: action,
      atLeast: setup.hasSession ? seen : nil,
      madeAt: setup.kind.isLeaderless ? cluster.environment.clock(node).wall(at: now) : nil)
  }

  /// Picks the replica to ask.
  private mutating func choose(_ client: Int) {
    guard let errand = clients[client].errand else { return }
    let roster = setup.roster
    let isRead = errand.request.action.isRead && !errand.isWrite
    let target: NodeID
    switch (isRead ? setup.readFrom : .primary, setup.kind) {
    case (.nearest, _), (.primary, .raft), (.primary, .quorum), (.primary, .crdt):
      target = roster.nearest(to: clients[client].node)
    case (.any, _):
      target = roster.replicas[clients[client].turn % roster.replicas.count]
      clients[client].turn += 1
    case (.primary, _): target = clients[client].believed
    }
    clients[client].errand?.target = target
  }

  /// Sends the request under way, with a time limit.
  mutating func send(_ client: Int) {
    guard let errand = clients[client].errand else { return }
    clients[client].errand?.tries += 1
    let alarm = StoreAlarm.timeout(
      client: client, number: errand.request.id.number, attempt: errand.tries + 1)
    cluster.setAlarm(alarm.number, at: now + setup.timeout)
    cluster.send(.ask(errand.request), from: clients[client].node, to: errand.target)
  }

  /// Nobody answered that attempt of the request in time.
  mutating func timedOut(_ client: Int, _ number: Int, _ attempt: Int) {
    guard let errand = clients[client].errand, errand.request.id.number == number,
      errand.tries == attempt
    else { return }
    if !errand.request.action.isRead { clients[client].errand?.mayHaveHappened = true }
    clients[client].errand?.refusal = nil
    goOn(client, ask: setup.roster.next(after: errand.target))
  }

  /// Tries again at `node`, or gives up.
  private mutating func goOn(_ client: Int, ask node: NodeID) {
    guard let errand = clients[client].errand else { return }
    guard errand.tries <= setup.retries else { return giveUp(client) }
    clients[client].errand?.target = node
    let isPrimaryWanted = setup.readFrom == .primary || !errand.request.action.isRead
    if isPrimaryWanted { clients[client].believed = node }
    let number = errand.request.id.number
    if errand.refusal == nil {
      send(client)
    } else {
      // A refusal comes at once; asking again at once would only be refused again.
      cluster.setAlarm(
        StoreAlarm.again(client: client, number: number).number, at: now + .milliseconds(50))
    }
  }

  private mutating func giveUp(_ client: Int) {
    guard let errand = clients[client].errand else { return }
    let isUnknown = errand.mayHaveHappened
    meters.end(
      clients[client].process, errand, client: client, outcome: isUnknown ? .unknown : .failed,
      at: now)
    tellGivingUp(client, errand, isUnknown: isUnknown)
    if isUnknown {
      clients[client].process = nextProcess
      nextProcess += 1
    }
    rest(client)
  }

  private mutating func tellGivingUp(
    _ client: Int, _ errand: StoreClient.Errand, isUnknown: Bool
  ) {
    let name = setup.roster.roster.name(clients[client].node)
    guard told.insert("\(name)/given-up").inserted else { return }
    let what = errand.isWrite ? "write" : "read"
    let why = errand.refusal.map { "was refused: \($0.rawValue)" } ?? "was not answered in time"
    let detail =
      "gives up a \(what) of k\(errand.key), which \(why)"
      + (isUnknown ? "; nobody knows whether it took effect" : "")
    cluster.record(
      name,
      Fact("gave-up", detail, weight: .harm),
      cause: cluster.environment.blame(errand.target, seenBy: clients[client].node)
        ?? cluster.environment.active.last?.event)
  }

  /// The client thinks before it begins something else.
  mutating func rest(_ client: Int) {
    clients[client].errand = nil
    guard worksUntil != nil else { return }
    let mean = setup.think
    let pause = Distribution.exponential(mean: mean).sample(&clients[client].random)
    cluster.setAlarm(StoreAlarm.begin(client: client).number, at: now + pause)
  }

  /// A replica answered.
  mutating func answered(_ reply: StoreReply, by replica: NodeID, to node: NodeID) {
    let client = place(of: node)
    guard clients.indices.contains(client), let errand = clients[client].errand,
      errand.request.id == reply.id
    else { return }
    switch reply.result {
    case .refused(let reason, let other):
      clients[client].errand?.refusal = reason
      goOn(client, ask: other ?? setup.roster.next(after: replica))
    case .holds(let value, let version):
      note(version, of: client)
      if errand.isWrite, setup.isCounter {
        write(back: value, client, errand)
      } else {
        finish(client, value: value, version: version)
      }
    case .written(let version):
      note(version, of: client)
      finish(client, value: nil, version: version)
    case .mismatch(let value, let version):
      note(version, of: client)
      clients[client].errand?.mismatches += 1
      if errand.mismatches >= 20 { return giveUp(client) }
      write(back: value, client, errand)
    }
  }

  private mutating func note(_ version: StoreVersion, of client: Int) {
    let newest = max(clients[client].seen, version)
    clients[client].seen = newest
    guard let key = clients[client].errand?.key else { return }
    let known = clients[client].seenOf[key] ?? StoreVersion.none
    clients[client].seenOf[key] = max(known, version)
  }

  /// Increments what was read, as the counter's clients do it.
  private mutating func write(back value: Int?, _ client: Int, _ errand: StoreClient.Errand) {
    let next = (value ?? 0) + 1
    let action: StoreAction =
      setup.increment == .compareAndSet
      ? .compareAndSet(from: value, to: next) : .write(next)
    let request = request(client, errand.key, action)
    clients[client].errand?.request = request
    clients[client].errand?.tries = 0
    clients[client].errand?.mayHaveHappened = false
    choose(client)
    send(client)
  }

  private mutating func finish(_ client: Int, value: Int?, version: StoreVersion) {
    guard let errand = clients[client].errand else { return }
    meters.succeed(
      clients[client].process, errand, client: client, value: value, version: version, at: now)
    rest(client)
  }
}
