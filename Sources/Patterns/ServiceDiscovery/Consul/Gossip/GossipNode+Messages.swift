import Kernel

extension GossipNode {
  /// Takes a message from a member.
  mutating func receive(
    _ message: GossipMessage, from sender: NodeID, at now: Instant, _ outputs: inout [Output]
  ) {
    switch message {
    case .datagram(let purpose, let rumors):
      for rumor in rumors { take(rumor, at: now, &outputs) }
      switch purpose {
      case .ping(let number): answerPing(number, to: sender, at: now, &outputs)
      case .pingRequest(let number, let target):
        relay(number, target: target, for: sender, at: now, &outputs)
      case .ack(let number): takeAck(number, at: now, &outputs)
      case .nack(let number): if probe?.number == number { probe?.nacks += 1 }
      case .gossip: break
      }
    case .pushPull(let remote, let isAnswer):
      if !isAnswer { outputs.append(.send(.pushPull(list, isAnswer: true), to: sender)) }
      merge(remote, at: now, &outputs)
    case .streamPing(let number): outputs.append(.send(.streamAck(number), to: sender))
    case .streamAck(let number): if probe?.number == number { probe?.isReachable = true }
    }
  }

  private mutating func answerPing(
    _ number: Int, to sender: NodeID, at now: Instant, _ outputs: inout [Output]
  ) {
    send(.ack(number), to: sender, &outputs)
  }

  /// Sends a datagram with as many rumours as fit; a suspected node is told that it is suspected.
  mutating func send(
    _ purpose: GossipMessage.Purpose, to node: NodeID, _ outputs: inout [Output]
  ) {
    var carried: [Rumor] = []
    if !rumors.isEmpty {
      let limit = retransmitLimit
      carried = rumors.take(limit: limit)
    }
    if case .ping = purpose, let member = members[node], member.state == .suspect {
      carried.insert(.suspect(node, incarnation: member.incarnation, by: me), at: 0)
    }
    outputs.append(.send(.datagram(purpose, rumors: carried), to: node))
  }

  /// Spreads what is waiting to a few members, and to those dead for a short time only.
  mutating func gossip(at now: Instant, _ outputs: inout [Output]) {
    let patience = options.gossipToTheDead
    let targets = pick(options.gossipNodes) { member in
      member.isActive || now - member.since <= patience
    }
    let limit = retransmitLimit
    for target in targets {
      let carried = rumors.take(limit: limit)
      guard !carried.isEmpty else { return }
      outputs.append(.send(.datagram(.gossip, rumors: carried), to: target))
    }
  }

  /// Sets the gossip timer to its next turn while there is something to spread.
  mutating func armGossip(at now: Instant) {
    guard !rumors.isEmpty else {
      timers.cancel(.gossip)
      return
    }
    guard timers.due(.gossip) == nil else { return }
    let interval = options.gossipInterval.nanoseconds
    let passed = now.nanoseconds - gossipPhase.nanoseconds
    let turns = passed < 0 ? 0 : passed / interval + 1
    timers.set(
      .gossip, at: Instant(nanoseconds: gossipPhase.nanoseconds + turns * interval))
  }

  /// Starts a full exchange with each of `nodes`.
  func exchange(with nodes: [NodeID], _ outputs: inout [Output]) {
    for node in nodes { outputs.append(.send(.pushPull(list, isAnswer: false), to: node)) }
  }

  /// Tries a dead member again, the more likely the more of them there are.
  mutating func reconnect(_ outputs: inout [Output]) {
    let dead = members.values.count { $0.state == .dead }
    guard dead > 0 else { return }
    let odds = Double(dead) / Double(max(1, members.count - dead))
    if random.chance(odds) { exchange(with: pick(1) { $0.state == .dead }, &outputs) }
  }

  /// Takes over what another member's list says; its dead are only suspected, so that they can
  /// speak up.
  private mutating func merge(
    _ remote: [GossipMember], at now: Instant, _ outputs: inout [Output]
  ) {
    for member in remote {
      switch member.state {
      case .alive: takeAlive(member.node, incarnation: member.incarnation, at: now, &outputs)
      case .left:
        takeDead(
          member.node, incarnation: member.incarnation, by: member.node, at: now, &outputs)
      case .suspect, .dead:
        takeSuspect(member.node, incarnation: member.incarnation, by: me, at: now, &outputs)
      }
    }
  }

  private var retransmitLimit: Int {
    GossipScale.retransmitLimit(multiplier: options.retransmitMult, members: activeCount)
  }
}
