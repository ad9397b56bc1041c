import Kernel

extension GossipNode {
  /// Pings the next active member of the ring; a ring that is through is shuffled anew.
  mutating func probeNext(at now: Instant, _ outputs: inout [Output]) {
    for _ in 0..<(ring.count + 1) {
      if ringPlace >= ring.count {
        resetRing(at: now)
        guard !ring.isEmpty else { return }
      }
      let target = ring[ringPlace]
      ringPlace += 1
      guard members[target]?.isActive == true else { continue }
      nextNumber += 1
      probe = Probe(number: nextNumber, target: target)
      send(.ping(nextNumber), to: target, &outputs)
      timers.set(.probeTimeout, at: now + options.probeTimeout)
      timers.set(.probeDeadline, at: now + options.probeInterval * (health + 1))
      return
    }
  }

  private mutating func resetRing(at now: Instant) {
    ringPlace = 0
    ring = members.keys.sorted().filter { $0 != me && members[$0]?.isActive == true }
    random.shuffle(&ring)
  }

  /// The direct ping was not answered in time: others and a stream try too.
  mutating func askForHelp(at now: Instant, _ outputs: inout [Output]) {
    guard var current = probe, !current.isReachable else { return }
    let target = current.target
    let helpers = pick(options.indirectChecks) { $0.state == .alive && $0.node != target }
    for helper in helpers {
      send(.pingRequest(current.number, target: target), to: helper, &outputs)
    }
    outputs.append(.send(.streamPing(current.number), to: target))
    current.helpers = helpers.count
    probe = current
  }

  /// The deadline of the probe: reached by the stream is as good as an ack; a node not reached at
  /// all is suspected, and missing nacks count against our own health.
  mutating func concludeProbe(at now: Instant, _ outputs: inout [Output]) {
    guard let current = probe else { return }
    probe = nil
    guard !current.isReachable else {
      changeHealth(by: -1, &outputs)
      return
    }
    changeHealth(by: current.helpers > 0 ? current.helpers - current.nacks : 1, &outputs)
    let incarnation = members[current.target]?.incarnation ?? 1
    takeSuspect(current.target, incarnation: incarnation, by: me, at: now, &outputs)
  }

  /// An ack ends the probe it belongs to, or is passed on to whom we probed for.
  mutating func takeAck(_ number: Int, at now: Instant, _ outputs: inout [Output]) {
    if probe?.number == number {
      probe = nil
      timers.cancel(.probeTimeout)
      timers.cancel(.probeDeadline)
      changeHealth(by: -1, &outputs)
    } else if let place = relays.firstIndex(where: { $0.number == number }) {
      let relay = relays.remove(at: place)
      timers.cancel(.nack(number))
      send(.ack(relay.originNumber), to: relay.origin, &outputs)
    }
  }

  /// Probes `target` for `origin`.
  mutating func relay(
    _ originNumber: Int, target: NodeID, for origin: NodeID, at now: Instant,
    _ outputs: inout [Output]
  ) {
    nextNumber += 1
    relays.append(Relay(number: nextNumber, origin: origin, originNumber: originNumber))
    send(.ping(nextNumber), to: target, &outputs)
    timers.set(.nack(nextNumber), at: now + options.probeTimeout)
  }

  /// Tells the asker that the target did not answer us, which shows that we are well ourselves.
  mutating func sendNack(_ number: Int, _ outputs: inout [Output]) {
    guard let place = relays.firstIndex(where: { $0.number == number }) else { return }
    let relay = relays.remove(at: place)
    send(.nack(relay.originNumber), to: relay.origin, &outputs)
  }

  mutating func changeHealth(by difference: Int, _ outputs: inout [Output]) {
    let changed = min(max(0, health + difference), options.awarenessMaxMultiplier - 1)
    guard changed != health else { return }
    health = changed
    outputs.append(.entered(.health(health)))
  }

  /// Up to `count` other members that fit, at random.
  mutating func pick(_ count: Int, where fits: (GossipMember) -> Bool) -> [NodeID] {
    var candidates = members.keys.sorted().filter { node in
      guard node != me, let member = members[node] else { return false }
      return fits(member)
    }
    random.shuffle(&candidates)
    return Array(candidates.prefix(count))
  }
}
