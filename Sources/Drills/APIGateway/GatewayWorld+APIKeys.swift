import Kernel
import Patterns
import Simulation

/// What nodes ask the table of API keys, and when they hear that a key was revoked.
extension GatewayWorld {
  /// Asks the table whose key a visit has; the visit waits.
  mutating func lookUp(_ number: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    tally.keyLookups += 1
    visits[number].askedAt = now
    visits[number].lookup = queue.schedule(
      .lookupIsOver(Int32(number)), after: Self.sideTimeout)
    guard
      let there = transmit(from: NodeID(visits[number].gateway), to: keystoreNode, at: now)
    else { return }
    visits[number].holders += 1
    queue.schedule(.lookupArrives(Int32(number)), at: there)
  }

  mutating func lookupArrives(_ number: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    let visit = visits[number]
    guard !isSilent(keystoreNode), let key = visit.request.apiKey,
      let back = transmit(from: keystoreNode, to: NodeID(visit.gateway), at: now)
    else { return release(number) }
    let consumer = keyTable.consumer(of: key) ?? -1
    queue.schedule(.lookupAnswered(Int32(number), Int32(consumer)), at: back)
  }

  mutating func lookupAnswered(
    _ number: Int, _ consumer: Int, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    defer { release(number) }
    let visit = visits[number]
    // An answer that comes after the wait for it was over is not waited for any more.
    guard let timer = visit.lookup, let key = visit.request.apiKey, let asked = visit.askedAt
    else { return }
    queue.cancel(timer)
    visits[number].lookup = nil
    visits[number].hasWaited = true
    gateways[visit.gateway].node.apiKeys.answered(
      key, consumer < 0 ? nil : consumer, askedAt: asked)
    admit(number, at: now, in: &queue)
  }

  mutating func lookupIsOver(_ number: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    guard visits[number].lookup != nil else { return }
    visits[number].lookup = nil
    if visits[number].sender == .consumer {
      tally.noKeys += 1
      noteNoKeystore(visits[number].gateway, at: now)
    }
    end(number, .refused(500, "the table of API keys does not answer"), at: now, in: &queue)
  }

  /// Acme's clients have a new key, and the one that has leaked counts no more.
  mutating func revoke(at now: Instant) {
    keysInUse[0] = keyTable.issue(to: 0)
    _ = keyTable.revoke(leakedKey)
    revokedAt = now
    noteRevoked(at: now)
  }

  /// A node asks which keys were revoked, again and again.
  mutating func poll(_ gateway: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    queue.schedule(.poll(Int32(gateway)), after: settings.design.apiKeyPoll)
    guard !environment.processes.isDown(NodeID(gateway)) else { return }
    tally.keyLookups += 1
    if let there = transmit(from: NodeID(gateway), to: keystoreNode, at: now) {
      queue.schedule(.pollArrives(Int32(gateway)), at: there)
    }
  }

  mutating func pollArrives(_ gateway: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    guard !isSilent(keystoreNode),
      let back = transmit(from: keystoreNode, to: NodeID(gateway), at: now)
    else { return }
    queue.schedule(
      .revocationsArrive(Int32(gateway), Int32(keyTable.revoked.count)), at: back)
  }

  mutating func revocationsArrive(_ gateway: Int, _ count: Int) {
    gateways[gateway].node.apiKeys.revoked(Array(keyTable.revoked.prefix(count)))
  }

  /// Whether a key that was revoked is taken for longer than a node may remember whose it is.
  mutating func checkKey(_ visit: GatewayVisit, at now: Instant) {
    guard visit.request.apiKey == leakedKey, let revokedAt,
      let life = settings.design.apiKeyLife,
      now > revokedAt + life + Self.sideTimeout * 3
    else { return }
    checks.violated(
      "revoked keys", at: now,
      "\(name(NodeID(visit.gateway))) takes a key \(now - revokedAt) after it was revoked")
  }

  func isSilent(_ node: NodeID) -> Bool {
    environment.processes.isDown(node) || environment.processes.isPaused(node)
  }
}
