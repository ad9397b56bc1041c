import Kernel
import Patterns
import Simulation

extension ShardingWorld {
  /// A client sends a request; the next one is on its way.
  mutating func arrive(at now: Instant, _ queue: inout EventQueue<Event>) {
    guard now < .zero + config.duration else { return }
    let rate = min(config.rate * environment.loadFactor, ShardingConfig.rateLimit)
    if rate > 0 {
      let gap = random.arrivals.exponential() / rate
      queue.schedule(.arrival, after: TimeSpan(seconds: gap))
    } else {
      queue.schedule(.arrival, after: .milliseconds(10))
      return
    }
    let kind = drawKind()
    let router = random.routers.below(ShardingConfig.routerCount)
    let key = kind == .insert ? insertKey() : drawKey()
    let index = operations.add(Operation(kind: kind, router: router, key: key, start: now))
    tally.arrived(at: now)
    guard environment.processes.runs(config.router(router)) else {
      failAtRouter(index, at: now, &queue)
      return
    }
    switch kind {
    case .read: startRead(index, at: now, &queue)
    case .write, .insert: startWrite(index, at: now, &queue)
    case .query: startQuery(index, at: now, &queue)
    case .scan: startScan(index, at: now, &queue)
    case .pair: startPair(index, at: now, &queue)
    }
    operations[index].asked = operations[index].pending
    tally.fannedOut(operations[index].pending)
  }

  /// The router is dead, which its client notices, or stands still until the client gives up.
  private mutating func failAtRouter(
    _ index: Int, at now: Instant, _ queue: inout EventQueue<Event>
  ) {
    let router = config.router(operations[index].router)
    tellRouterAway(router, at: now)
    operations[index].pending = 1
    if environment.processes.isPaused(router) { operations[index].extraWait = config.timeout }
    finishCall(of: index, isFailure: true, at: now, &queue)
  }

  private mutating func drawKind() -> Operation.Kind {
    var point = random.kinds.unit()
    let shares: [(Double, Operation.Kind)] = [
      (config.growing, .insert), (config.queries, .query), (config.scans, .scan),
      (config.pairs, .pair), (config.writes, .write),
    ]
    for (share, kind) in shares {
      if point < share { return kind }
      point -= share
    }
    return .read
  }

  private mutating func drawKey() -> Int {
    // The celebrity is one key of middling name; who is popular otherwise is drawn by Zipf's law.
    if config.celebrity > 0, random.keys.unit() < config.celebrity { return ranks[0] }
    return ranks[popularity.sample(&random.keys)]
  }

  private mutating func insertKey() -> Int {
    users += 1
    let number = store.addKey("user:\(users)", config.key(user: users))
    for router in routers.indices { routers[router].learnRow(of: store.keys.keys[number]) }
    return number
  }

  // MARK: One key

  private mutating func startRead(_ index: Int, at now: Instant, _ queue: inout EventQueue<Event>) {
    let operation = operations[index]
    switch hotState(of: operation.key, router: operation.router, at: now, &queue) {
    case .cold: send(index, .read, operation.key, at: now, &queue)
    case .cached:
      tally.answeredFromMemory()
      if hot.cachedVersion(of: operation.key, router: operation.router)
        < Int(store.rows.acknowledged[operation.key])
      {
        tally.staleReads += 1
      }
      operations[index].pending = 1
      finishCall(of: index, isFailure: false, at: now, &queue)
    case .salted(let rows):
      for row in rows { send(index, .read, row, at: now, &queue) }
    case .copied(let shards):
      let choice = random.salts.below(shards.count + 1)
      if choice == shards.count {
        send(index, .read, operation.key, at: now, &queue)
      } else {
        send(index, .readCopy, operation.key, to: shards[choice], at: now, &queue)
      }
    }
  }

  private mutating func startWrite(
    _ index: Int, at now: Instant, _ queue: inout EventQueue<Event>
  ) {
    let operation = operations[index]
    var key = operation.key
    if case .salted(let rows) = hotState(
      of: key, router: operation.router, at: now, &queue)
    {
      key = rows[random.salts.below(rows.count)]
    }
    send(index, .write, key, at: now, &queue)
    if config.hasGlobalIndex, operation.kind != .pair {
      sendIndex(index, for: operation.key, at: now, &queue)
    }
  }

  // MARK: Several keys

  /// A query by attribute: to every shard, or to the index and then to the row.
  private mutating func startQuery(
    _ index: Int, at now: Instant, _ queue: inout EventQueue<Event>
  ) {
    let key = operations[index].key
    if config.hasGlobalIndex {
      operations[index].nextKey = key
      sendIndex(index, for: key, at: now, &queue)
    } else {
      let router = operations[index].router
      for member in routers[router].map.placement.members {
        send(index, .part, key, to: member.node, at: now, &queue)
      }
    }
  }

  private mutating func sendIndex(
    _ index: Int, for key: Int, at now: Instant, _ queue: inout EventQueue<Event>
  ) {
    // The entry of an attribute lives where its hash places it, like any other key.
    let hash = XXHash64.hash(word: UInt64(key), seed: 0x1d)
    let entry = ShardKey(
      hash: hash, order: store.keys.keys[key].order, slot: UInt16(hash % UInt64(HashSlot.count)))
    let shard = routers[operations[index].router].map.placement.shard(for: entry)
    send(index, .index, key, to: shard, at: now, &queue)
  }

  /// A scan goes to every shard that owns a key of the run.
  private mutating func startScan(_ index: Int, at now: Instant, _ queue: inout EventQueue<Event>) {
    let operation = operations[index]
    let first = min(operation.key, max(0, config.keyCount - ShardingConfig.scanLength))
    var shards: [NodeID] = []
    for key in first..<min(first + ShardingConfig.scanLength, config.keyCount) {
      let owner = routers[operation.router].target(of: store.keys.keys[key]).node
      if !shards.contains(owner) { shards.append(owner) }
    }
    for shard in shards { send(index, .part, operation.key, to: shard, at: now, &queue) }
  }

  /// Two keys of a user: together when one shard has both, else as the schema says.
  private mutating func startPair(_ index: Int, at now: Instant, _ queue: inout EventQueue<Event>) {
    let operation = operations[index]
    let second = operation.key + config.keyCount
    let router = routers[operation.router]
    let isTogether =
      router.target(of: store.keys.keys[operation.key])
      == router.target(of: store.keys.keys[second])
    if isTogether {
      send(index, .writePair, operation.key, at: now, &queue)
    } else if config.splitsPairs {
      send(index, .write, operation.key, at: now, &queue)
      send(index, .write, second, at: now, &queue)
    } else {
      tally.crossRefused += 1
      tellCrossRefused(operation.key, second, at: now)
      operations[index].pending = 1
      finishCall(of: index, isFailure: true, at: now, &queue)
    }
  }

  // MARK: Calls

  /// Sends a call to the shard that the router takes for the owner of `key`.
  mutating func send(
    _ index: Int, _ work: Call.Work, _ key: Int, at now: Instant, _ queue: inout EventQueue<Event>
  ) {
    let target = routers[operations[index].router].target(of: store.keys.keys[key])
    send(index, work, key, to: target.node, isAsking: target.isAsking, at: now, &queue)
  }

  /// Sends a call to `shard`.
  mutating func send(
    _ index: Int, _ work: Call.Work, _ key: Int, to shard: NodeID, isAsking: Bool = false,
    redirects: Int = 0, at now: Instant, _ queue: inout EventQueue<Event>
  ) {
    operations[index].pending += 1
    let call = calls.add(
      Call(
        operation: index, work: work, key: key, shard: shard, isAsking: isAsking,
        redirects: redirects))
    let router = config.router(operations[index].router)
    transmit(from: router, to: shard, call, .reach(call: Int32(call)), at: now, &queue)
  }

  /// Puts a message about `call` on the network; a lost one fails the call when the client gives up.
  func scheduleLoss(_ call: Int, at now: Instant, _ queue: inout EventQueue<Event>) {
    let end = operations[calls[call].operation].start + config.timeout
    queue.schedule(.expired(call: Int32(call)), at: max(now, end))
  }

  mutating func transmit(
    from source: NodeID, to target: NodeID, _ call: Int, _ event: Event, at now: Instant,
    _ queue: inout EventQueue<Event>
  ) {
    switch environment.network.transmit(from: source, to: target, at: now) {
    case .once(let at), .twice(let at, _): queue.schedule(event, at: at)
    case .lost, .cut: scheduleLoss(call, at: now, &queue)
    }
  }

  /// The answer to a call is back at its router.
  mutating func replied(
    _ index: Int, isFailure: Bool, at now: Instant, _ queue: inout EventQueue<Event>
  ) {
    let call = calls[index]
    calls.remove(index)
    if call.work == .index, !isFailure, operations[call.operation].nextKey >= 0 {
      let key = operations[call.operation].nextKey
      operations[call.operation].nextKey = -1
      send(call.operation, .read, key, at: now, &queue)
    }
    finishCall(of: call.operation, isFailure: isFailure, at: now, &queue)
  }

  /// One call of an operation is over; with the last one the operation is.
  mutating func finishCall(
    of index: Int, isFailure: Bool, at now: Instant, _ queue: inout EventQueue<Event>
  ) {
    operations[index].pending -= 1
    if isFailure { operations[index].hasFailed = true }
    guard operations[index].pending == 0 else { return }
    let operation = operations[index]
    operations.remove(index)
    guard !operation.isBackground else { return }
    if operation.kind == .pair, operation.hasFailed, operation.applied == 1 {
      tally.partialUpdates += 1
      tellPartial(operation, at: now)
    }
    let latency = now - operation.start + operation.extraWait
    let isGood = !operation.hasFailed && latency <= config.timeout
    tally.finished(
      operation, latency: latency, isGood: isGood, isMoving: store.map.isMoving, at: now)
    // What took long only because the work itself did is chance, not harm.
    guard !operation.hasFailed, latency > config.slowMark else { return }
    if latency - operation.longestService > config.slowMark {
      tellSlow(operation, latency, at: now)
    } else if operation.asked > 3 {
      tellSlowQuery(operation, latency, at: now)
    }
  }
}
