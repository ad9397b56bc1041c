import Kernel

extension FailoverNode {
  static let beat = TimeSpan.milliseconds(500)

  mutating func run(_ timer: Timer, at now: Instant, _ outputs: inout [Output]) {
    switch timer {
    case .tick:
      guard case .lease(var elector) = role else { return }
      timers.set(.tick, at: now + elector.options.retryPeriod)
      giveBack(&elector, at: now, &outputs)
      act(&elector, at: now, &outputs)
    case .ask:
      guard asked != nil else { return }
      turn += 1
      asked = nil
      guard case .lease(var elector) = role else { return }
      act(&elector, at: now, &outputs)
    case .advert:
      lookAround(at: now, &outputs)
      lookAtCluster(at: now, &outputs)
    case .opening: open(at: now, &outputs)
    case .beat:
      timers.set(.beat, at: now + Self.beat)
      beat(at: now, &outputs)
    }
  }

  // MARK: By lease

  /// Asks the store what the elector wants to know or write.
  private mutating func act(
    _ elector: inout LeaseElector, at now: Instant, _ outputs: inout [Output]
  ) {
    var changes: [LeaseElector.Change] = []
    let actions = elector.tick(position: log.count, at: now, &changes)
    role = .lease(elector)
    tell(changes, at: now, &outputs)
    for action in actions {
      switch action {
      case .read: ask(nil, at: now, &outputs)
      case .write(let command): ask(command, at: now, &outputs)
      case .askPeers:
        askNumber += 1
        peerAsk = (askNumber, now)
        for peer in options.peers {
          outputs.append(.send(.stillFollowed(number: askNumber), to: peer))
        }
      }
    }
  }

  private mutating func ask(
    _ command: LeaseRecord.Command?, at now: Instant, _ outputs: inout [Output]
  ) {
    askNumber += 1
    asked = (askNumber, now)
    let store = options.stores[(me.index + turn) % options.stores.count]
    outputs.append(.send(.leaseAsk(number: askNumber, command), to: store))
    timers.set(.ask, at: now + Self.patience)
  }

  /// How long it waits for one server of the lease store before it asks the next.
  static let patience = TimeSpan.milliseconds(900)

  mutating func tell(
    _ changes: [LeaseElector.Change], at now: Instant, _ outputs: inout [Output]
  ) {
    for change in changes {
      switch change {
      case .claims(let silent): outputs.append(.fact(.suspects(silent: silent)))
      case .led(let token, _): elected(token, at: now, &outputs)
      case .stopped(let reason): stop(reason, &outputs)
      case .barred(let lag): outputs.append(.fact(.barred(lag: lag)))
      }
    }
  }

  mutating func handOver(at now: Instant, _ outputs: inout [Output]) {
    if case .cluster(var cluster) = role {
      let actions = cluster.ban(at: now)
      role = .cluster(cluster)
      return carryOut(actions, at: now, &outputs)
    }
    guard case .lease(var elector) = role else { return }
    var changes: [LeaseElector.Change] = []
    let actions = elector.release(at: now, &changes)
    role = .lease(elector)
    tell(changes, at: now, &outputs)
    if case .write(let command)? = actions.first { ask(command, at: now, &outputs) }
  }

  /// Gives the lead back to the preferred node, when that has been there and up to date for long.
  private mutating func giveBack(
    _ elector: inout LeaseElector, at now: Instant, _ outputs: inout [Output]
  ) {
    guard let failback = options.failback, failback.preferred != me, let ledSince,
      elector.token != nil, let follower = followers[failback.preferred],
      let heardAt = follower.heardAt, now - heardAt < .seconds(1),
      follower.matched >= log.count - 20, now - ledSince >= failback.after
    else { return }
    role = .lease(elector)
    handOver(at: now, &outputs)
    if case .lease(let changed) = role { elector = changed }
  }

  // MARK: By adverts

  private mutating func lookAround(at now: Instant, _ outputs: inout [Output]) {
    guard case .router(var router) = role else { return }
    let step = router.options.advertInterval
    let silent = router.silence(at: now)
    let isElected = router.look(at: now)
    role = .router(router)
    if isElected, let token = router.token {
      outputs.append(.fact(.suspects(silent: silent)))
      elected(token, at: now, &outputs)
    }
    if let token = router.token {
      for peer in options.peers {
        outputs.append(
          .send(.advert(priority: router.options.priority, token: token), to: peer))
      }
      timers.set(.advert, at: now + step)
    } else {
      timers.set(.advert, at: now + step / 10)
    }
  }

  mutating func heardAdvert(
    _ priority: Int, _ token: Int, at now: Instant, _ outputs: inout [Output]
  ) {
    guard case .router(var router) = role else { return }
    let stops = router.heard(priority: priority, token: token, at: now)
    role = .router(router)
    if stops { stop("an advert of priority \(priority) arrived", &outputs) }
  }

  // MARK: Both

  mutating func elected(_ token: Int, at now: Instant, _ outputs: inout [Output]) {
    highest = max(highest, token)
    isFenced = false
    ledSince = now
    followers = [:]
    for peer in options.peers { followers[peer] = Follower(sent: log.count) }
    outputs.append(.fact(.elected(token: token)))
    timers.set(.opening, at: now + options.openingTime)
  }

  private mutating func open(at now: Instant, _ outputs: inout [Output]) {
    guard let token, leads(at: now) else { return }
    opensAt = now
    outputs.append(.fact(.opened(token: token)))
    announce(token, &outputs)
    beat(at: now, &outputs)
  }

  mutating func stop(_ reason: String, _ outputs: inout [Output]) {
    opensAt = nil
    ledSince = nil
    timers.cancel(.opening)
    for entry in waiting + storing {
      outputs.append(
        .send(.written(request: entry.request, refusal: .notLeading), to: entry.client))
    }
    waiting = []
    storing = []
    outputs.append(.fact(.stepped(reason)))
  }

  /// Clients of Redis are told by the Sentinels, not by the primary.
  private func announce(_ token: Int, _ outputs: inout [Output]) {
    if case .sentinel = role { return }
    for client in options.clients { outputs.append(.send(.announce(token: token), to: client)) }
  }

  /// Tells followers and clients that the leader is there.
  private mutating func beat(at now: Instant, _ outputs: inout [Output]) {
    if case .everybody = role {
      for peer in options.peers where !carts.isEmpty {
        outputs.append(.send(.carts(carts), to: peer))
      }
      announce(0, &outputs)
      return
    }
    guard let token, opensAt != nil, leads(at: now) else { return }
    announce(token, &outputs)
    guard options.resource == nil else { return }
    for peer in options.peers { ship(to: peer, token: token, &outputs) }
    countReplicas(at: now)
  }
}
