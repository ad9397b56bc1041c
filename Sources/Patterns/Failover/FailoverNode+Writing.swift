import Kernel

extension FailoverNode {
  mutating func receive(
    _ message: FailoverMessage, from sender: NodeID, at now: Instant, _ outputs: inout [Output]
  ) {
    switch message {
    case .write(let request, let key): write(request, key, sender, at: now, &outputs)
    case .advert(let priority, let token): heardAdvert(priority, token, at: now, &outputs)
    case .ship(let token, let after, let previous, let entries):
      take(entries, token: token, after: after, previous: previous, sender, at: now, &outputs)
    case .shipped(let token, let length, let isMatch):
      note(sender, token: token, length: length, isMatch: isMatch, at: now, &outputs)
    case .leaseAnswer(let number, let record):
      guard case .lease(var elector) = role, let asked, asked.number == number else { return }
      self.asked = nil
      timers.cancel(.ask)
      var changes: [LeaseElector.Change] = []
      elector.saw(record, askedAt: asked.at, at: now, &changes)
      role = .lease(elector)
      tell(changes, at: now, &outputs)
    case .stillFollowed(let number):
      guard case .lease(var elector) = role, elector.token == nil else { return }
      elector.heardLeader(sender, at: now)
      role = .lease(elector)
      outputs.append(.send(.follows(number: number), to: sender))
    case .follows(let number):
      guard case .lease(var elector) = role, let peerAsk, peerAsk.number == number else { return }
      elector.peerFollows(sender, of: options.peers.count, askedAt: peerAsk.at)
      role = .lease(elector)
    case .stored(let request, let isTaken): stored(request, isTaken, &outputs)
    case .carts(let others): merge(others, &outputs)
    case .sentinel(let message): obey(message, from: sender, at: now, &outputs)
    case .member, .activate, .deactivate: hearCluster(message, from: sender, at: now, &outputs)
    case .written, .announce, .leaseAsk, .store, .raft, .primaryIs: break
    }
  }

  private mutating func write(
    _ request: Int, _ key: Int, _ client: NodeID, at now: Instant, _ outputs: inout [Output]
  ) {
    func refuse(_ refusal: FailoverMessage.Refusal) {
      outputs.append(.send(.written(request: request, refusal: refusal), to: client))
    }
    if case .everybody(let rule) = role {
      let home = ([me] + options.peers).sorted()[key % (options.peers.count + 1)]
      guard rule != .home || home == me else { return refuse(.notHome) }
      add(request, to: key, at: now)
      let changed = carts.filter { $0.key == key }
      outputs.append(.persist(.carts(changed)))
      for peer in options.peers { outputs.append(.send(.carts(changed), to: peer)) }
      outputs.append(.send(.written(request: request, refusal: nil), to: client))
      return
    }
    guard let token, leads(at: now), !isFenced else { return refuse(.notLeading) }
    guard opensAt != nil else { return refuse(.opening) }
    if case .sentinel(let redis) = role, !redis.takesWrites { return refuse(.tooFewReplicas) }
    if let resource = options.resource {
      storing.append(Waiting(request: request, client: client, position: 0))
      outputs.append(.send(.store(request: request, token: token), to: resource))
      return
    }
    let isNew = requests.insert(request).inserted
    if isNew {
      let entry = FailoverEntry(token: token, request: request, key: key)
      log.append(entry)
      outputs.append(.persist(.append(entry)))
      for peer in options.peers { ship(to: peer, token: token, &outputs) }
    }
    waiting.append(Waiting(request: request, client: client, position: log.count))
    release(&outputs)
  }

  private mutating func add(_ request: Int, to key: Int, at now: Instant) {
    if let place = carts.firstIndex(where: { $0.key == key }) {
      carts[place].add(request, by: me, at: now)
    } else {
      var cart = SharedCart(key: key)
      cart.add(request, by: me, at: now)
      carts.append(cart)
    }
  }

  private mutating func merge(_ others: [SharedCart], _ outputs: inout [Output]) {
    guard case .everybody(let rule) = role else { return }
    for other in others {
      if let place = carts.firstIndex(where: { $0.key == other.key }) {
        carts[place].take(other, rule)
      } else {
        carts.append(other)
      }
    }
    outputs.append(.persist(.carts(carts)))
  }

  private mutating func stored(_ request: Int, _ isTaken: Bool, _ outputs: inout [Output]) {
    guard let place = storing.firstIndex(where: { $0.request == request }) else { return }
    let entry = storing.remove(at: place)
    outputs.append(
      .send(.written(request: request, refusal: isTaken ? nil : .fenced), to: entry.client))
    if !isTaken, !isFenced {
      isFenced = true
      outputs.append(.fact(.fenced(token: token ?? 0)))
    }
  }

  /// Sends a follower what it was not sent yet; nothing new is a sign of life.
  func entries(after sent: Int) -> [FailoverEntry] {
    sent < log.count ? Array(log[sent...]) : []
  }

  mutating func ship(to peer: NodeID, token: Int, _ outputs: inout [Output]) {
    var follower = followers[peer] ?? Follower(sent: log.count)
    let previous = follower.sent > 0 ? log[follower.sent - 1].token : 0
    outputs.append(
      .send(
        .ship(
          token: token, after: follower.sent, previous: previous,
          entries: entries(after: follower.sent)), to: peer))
    follower.sent = log.count
    followers[peer] = follower
  }

  private mutating func take(
    _ entries: [FailoverEntry], token: Int, after: Int, previous: Int, _ leader: NodeID,
    at now: Instant, _ outputs: inout [Output]
  ) {
    guard token >= highest, self.token == nil, follows(leader, at: now) else { return }
    highest = token
    let fits = after == 0 || after <= log.count && log[after - 1].token == previous
    guard fits else {
      outputs.append(.send(.shipped(token: token, length: log.count, isMatch: false), to: leader))
      return
    }
    let isLonger = log.count > after + entries.count
    if isLonger, options.shortcut == .keepsLongerLog {
      matched = (token, log.count)
      outputs.append(.send(.shipped(token: token, length: log.count, isMatch: true), to: leader))
      return
    }
    var common = after
    while common < log.count, common - after < entries.count,
      log[common] == entries[common - after]
    {
      common += 1
    }
    let dropped = Array(log[common...])
    let news = Array(entries.dropFirst(common - after))
    if !dropped.isEmpty || !news.isEmpty {
      log.removeLast(dropped.count)
      log += news
      for entry in dropped { requests.remove(entry.request) }
      for entry in news { requests.insert(entry.request) }
      outputs.append(.persist(.replace(after: common, news)))
    }
    if !dropped.isEmpty { outputs.append(.fact(.dropped(dropped))) }
    matched = (token, log.count)
    outputs.append(.send(.shipped(token: token, length: log.count, isMatch: true), to: leader))
  }

  private mutating func note(
    _ peer: NodeID, token: Int, length: Int, isMatch: Bool, at now: Instant,
    _ outputs: inout [Output]
  ) {
    guard self.token == token, var follower = followers[peer] else { return }
    follower.heardAt = now
    if isMatch {
      follower.matched = max(follower.matched, length)
      followers[peer] = follower
      release(&outputs)
      return
    }
    // What does not fit is sent whole, once in a while: it may take a while to arrive.
    if let last = follower.resyncedAt, now - last < .seconds(1) { return }
    follower.resyncedAt = now
    follower.sent = 0
    followers[peer] = follower
    ship(to: peer, token: token, &outputs)
  }

  /// Answers the writes that enough peers have.
  private mutating func release(_ outputs: inout [Output]) {
    let matches = options.peers.map { followers[$0]?.matched ?? 0 }.sorted(by: >)
    let safe = options.acks == 0 ? log.count : matches[min(options.acks, matches.count) - 1]
    var still: [Waiting] = []
    for entry in waiting {
      if entry.position <= safe {
        outputs.append(.send(.written(request: entry.request, refusal: nil), to: entry.client))
      } else {
        still.append(entry)
      }
    }
    waiting = still
  }
}
