import Kernel
import Patterns
import Simulation

extension ShardingWorld {
  /// A call is at its shard: it is refused, or stands in line.
  mutating func reach(_ index: Int, at now: Instant, _ queue: inout EventQueue<Event>) {
    let shard = calls[index].shard
    calls[index].arrived = now
    guard !environment.processes.isDown(shard) else {
      tellFailure(at: shard, now)
      reply(index, isFailure: true, at: now, &queue)
      return
    }
    if calls[index].isWrite, isFullDisk[shard.index] {
      reply(index, isFailure: true, at: now, &queue)
      return
    }
    if environment.errorRate(shard) > 0, random.errors.unit() < environment.errorRate(shard) {
      reply(index, isFailure: true, at: now, &queue)
      return
    }
    notePopularity(of: calls[index], at: now)
    enqueue(.call(index), at: shard.index, now, &queue)
  }

  /// Counts what a shard is asked for, so that a line in front of it can be explained.
  private mutating func notePopularity(of call: Call, at now: Instant) {
    stations[call.shard.index].popular.count(call.key, at: now)
    stations[call.shard.index].asked += 1
    if call.key >= config.keyCount, operations[call.operation].kind == .insert {
      stations[call.shard.index].inserts += 1
    }
  }

  mutating func enqueue(
    _ job: Job, at station: Int, _ now: Instant, _ queue: inout EventQueue<Event>
  ) {
    stations[station].queue.append(job.code)
    startWork(station, at: now, &queue)
    if stations[station].queue.count >= 4 * stations[station].lanes.count {
      if station == originStation { tellOriginJam(at: now) } else { tellJam(station, at: now) }
    }
  }

  /// Gives waiting jobs to free lanes.
  mutating func startWork(_ station: Int, at now: Instant, _ queue: inout EventQueue<Event>) {
    let isShard = station != originStation
    if isShard, environment.processes.isPaused(NodeID(station)) { return }
    while let lane = stations[station].freeLane, let code = stations[station].queue.popFirst() {
      let span: TimeSpan?
      switch Job(code: code) {
      case .call(let call):
        if isShard {
          span = start(call, at: NodeID(station), now, &queue)
        } else {
          calls[call].started = now
          span = config.originTime
        }
      case .copy(let copy): span = startCopy(copy, at: now)
      }
      guard let span else { continue }
      stations[station].lanes[lane] = code
      stations[station].busy += 1
      if code % 2 != 0 { stations[station].copying += 1 }
      let slowdown = isShard ? environment.processes.slowdown(NodeID(station)) : 1
      let life = isShard ? environment.processes.incarnation(NodeID(station)) : 0
      queue.schedule(
        .served(station: Int16(station), lane: Int16(lane), life: Int32(life)),
        after: slowdown == 1 ? span : span * slowdown)
    }
    if stations[station].queue.count == 0 { tellDrained(station, at: now) }
  }

  /// How long a shard works on a call, or nil when it answers without work or lets it wait.
  private mutating func start(
    _ index: Int, at shard: NodeID, _ now: Instant, _ queue: inout EventQueue<Event>
  ) -> TimeSpan? {
    let call = calls[index]
    calls[index].started = now
    switch call.work {
    case .read, .write, .writePair:
      let answer = store.answer(
        of: shard, for: call.key, isWrite: call.isWrite, isAsking: call.isAsking)
      switch answer {
      case .serve: break
      case .wait:
        held.append(Int32(index))
        return nil
      case .moved(let owner):
        guard !config.checksOwner else {
          redirect(index, to: owner, isAsk: false, at: now, &queue)
          return nil
        }
        if !call.isWrite { tellWrongRead(call, at: now) }
      case .ask(let target):
        guard !config.checksOwner else {
          redirect(index, to: target, isAsk: true, at: now, &queue)
          return nil
        }
        if !call.isWrite { tellWrongRead(call, at: now) }
      }
      noteWriteUnderWay(index)
    case .part, .index, .readCopy, .setCopy: break
    }
    return config.service.sample(&stations[shard.index].draws)
  }

  /// Counts a write whose key is on the move, so that a freeze can wait for it.
  mutating func noteWriteUnderWay(_ index: Int) {
    let call = calls[index]
    guard call.isWrite, let move = store.map.move(of: store.keys.keys[call.key]),
      move.source == call.shard
    else { return }
    calls[index].parcel = move.parcel
    writesUnderWay[move.parcel] += 1
  }

  /// A shard sends a call elsewhere: the answer goes to the router, which tries again.
  private mutating func redirect(
    _ index: Int, to node: NodeID, isAsk: Bool, at now: Instant, _ queue: inout EventQueue<Event>
  ) {
    let call = calls[index]
    let number = operations[call.operation].router
    let key = store.keys.keys[call.key]
    tally.redirected(at: now, isMoving: store.map.isMoving)
    operations[call.operation].redirects += 1
    guard call.redirects < ShardingConfig.redirectLimit else {
      tellTooManyRedirects(call, at: now)
      reply(index, isFailure: true, at: now, &queue)
      return
    }
    let target =
      isAsk
      ? routers[number].asked(key, to: node)
      : routers[number].moved(key, to: node, by: store.map)
    tellRedirect(call, to: target, isAsk: isAsk, at: now)
    // One way back to the router and one way on to the next shard.
    calls[index].shard = target.node
    calls[index].isAsking = target.isAsking
    calls[index].redirects += 1
    let back = ShardingConfig.latency.mean ?? .zero
    let router = config.router(number)
    transmit(
      from: router, to: target.node, index, .reach(call: Int32(index)), at: now + back, &queue)
  }

  /// A lane is done: what it worked on takes effect, and the next job begins.
  mutating func served(
    _ station: Int, lane: Int, life: Int, at now: Instant, _ queue: inout EventQueue<Event>
  ) {
    if station != originStation {
      let node = NodeID(station)
      guard environment.processes.incarnation(node) == life, !environment.processes.isDown(node)
      else { return }
      guard !environment.processes.isPaused(node) else {
        stations[station].stalled.append(lane)
        return
      }
    }
    let code = stations[station].lanes[lane]
    stations[station].lanes[lane] = -1
    stations[station].busy -= 1
    switch Job(code: code) {
    case .call(let call):
      if station == originStation {
        fill(call, at: now, &queue)
      } else {
        finish(call, at: now, &queue)
      }
    case .copy(let copy):
      stations[station].copying -= 1
      finishCopy(copy, at: now, &queue)
    }
    startWork(station, at: now, &queue)
  }

  /// A shard has worked on a call: rows change, and the answer leaves.
  private mutating func finish(_ index: Int, at now: Instant, _ queue: inout EventQueue<Event>) {
    let call = calls[index]
    noteTime(of: call, at: call.shard.index, now)
    if tally.isMeasured(now) {
      stations[call.shard.index].served += 1
      if call.isWrite { stations[call.shard.index].writes += 1 }
    }
    switch call.work {
    case .read:
      if config.isCache, store.rows.version(of: call.key, on: call.shard) == nil {
        tally.missed(at: now)
        calls[index].arrived = now
        enqueue(.call(index), at: originStation, now, &queue)
        return
      }
      tally.hits += 1
      remember(call, at: now)
    case .write:
      apply(call.key, call, at: now, &queue)
    case .writePair:
      apply(call.key, call, at: now, &queue)
      apply(call.key + config.keyCount, call, at: now, &queue)
    case .setCopy:
      let version = store.rows.version(of: call.key, on: store.owner(of: call.key))
      hot.set(call.key, version: version ?? 0, on: call.shard)
    case .readCopy:
      if hot.version(of: call.key, on: call.shard) < Int(store.rows.acknowledged[call.key]) {
        tally.staleReads += 1
      }
    case .part, .index: break
    }
    reply(index, isFailure: false, at: now, &queue)
    if call.parcel >= 0 { writeIsOver(in: call.parcel, at: now, &queue) }
  }

  /// Keeps in mind where a request spent most of its time.
  private mutating func noteTime(of call: Call, at station: Int, _ now: Instant) {
    let known = operations[call.operation]
    guard now - call.arrived > known.longestWait + known.longestService else { return }
    operations[call.operation].longestWait = call.started - call.arrived
    operations[call.operation].longestService = now - call.started
    operations[call.operation].slowestShard = station
  }

  /// Writes one row where the call is, and tells the machine that moves keys.
  private mutating func apply(
    _ key: Int, _ call: Call, at now: Instant, _ queue: inout EventQueue<Event>
  ) {
    store.rows.write(key, on: call.shard)
    store.rows.acknowledge(key)
    operations[call.operation].applied += 1
    let owner = store.owner(of: key)
    if owner != call.shard { tellLostWrite(key, call.shard, owner, at: now) }
    if let move = store.map.move(of: store.keys.keys[key]), move.source == call.shard {
      let outputs = store.resharding.step(.wrote(key: key, parcel: move.parcel), at: now)
      carryOut(outputs, at: now, &queue)
    }
    refreshCopies(of: key, call, at: now, &queue)
  }

  /// The answer to a call leaves its shard.
  mutating func reply(
    _ index: Int, isFailure: Bool, at now: Instant, _ queue: inout EventQueue<Event>
  ) {
    let call = calls[index]
    let router = config.router(operations[call.operation].router)
    transmit(
      from: call.shard, to: router, index, .replied(call: Int32(index), isFailure: isFailure),
      at: now, &queue)
  }

  /// The origin has answered: the cache keeps the row.
  private mutating func fill(_ index: Int, at now: Instant, _ queue: inout EventQueue<Event>) {
    let call = calls[index]
    noteTime(of: call, at: originStation, now)
    if !environment.processes.isDown(call.shard) {
      store.rows.copy(
        call.key, version: Int(store.rows.acknowledged[call.key]), to: call.shard)
    }
    reply(index, isFailure: false, at: now, &queue)
  }
}
