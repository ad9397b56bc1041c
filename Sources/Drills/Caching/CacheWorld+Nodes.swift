import Kernel
import Patterns
import Simulation

/// What cache nodes do and what is done to them.
extension CacheWorld {
  /// Steps a node and carries out what it asks for.
  mutating func act(
    on node: Int, _ input: LoadingCache.Input, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    let ended = endOfValue(on: node, input, at: now)
    for output in caches[node].step(input, at: now) {
      switch output {
      case .serve(let request, let version, let freshness):
        if freshness == .fresh, case .get(let key, _) = input,
          let entry = caches[node].entry(key), entry.freshUntil <= now
        {
          checks.violated("fresh", at: now, "key \(key) was fresh until \(entry.freshUntil)")
        }
        judge(request, version, at: now)
        answer(request, isGood: true, at: now)
      case .fail(let request): answer(request, isGood: false, at: now)
      case .load(let key, let load):
        count(key, by: 1, ended: ended, at: now)
        let work = Job.Work.load(node: node, life: lives[node], load: load)
        send(Job(key: key, work: work), at: now, in: &queue)
      case .evicted: tally.evictions += 1
      }
    }
  }

  /// Keeps how many loads of one key are under way.
  mutating func count(
    _ key: UInt64, by change: Int, ended: Instant? = nil, at now: Instant
  ) {
    guard key < Self.firstScanned else { return }
    loadsOfKey[Int(key)] += change
    let loads = loadsOfKey[Int(key)]
    tally.sameKeyLoads = max(tally.sameKeyLoads, loads)
    if loads >= 20, watch.stampede == nil {
      let reason = ended.map { "its value ended at \($0)" } ?? "it is not in the cache"
      watch.stampede = environment.trace.record(
        at: now, "origin", "stampede",
        "\(loads) loads of key \(key) are under way at once: \(reason), and each miss loads for "
          + "itself", weight: .harm, cause: watch.lastFault)
      watch.stampedeKey = key
    } else if loads == 0, let told = watch.stampede, watch.stampedeKey == key {
      environment.trace.record(
        at: now, "origin", "stampede-over", "no load of key \(key) is under way any more",
        weight: .recovery, cause: told)
      if watch.line == nil { watch.stampede = nil }
    }
  }

  /// When the value that a read finds too old ended, nil when there is none.
  private func endOfValue(
    on node: Int, _ input: LoadingCache.Input, at now: Instant
  ) -> Instant? {
    guard case .get(let key, _) = input, let entry = caches[node].entry(key),
      entry.freshUntil <= now
    else { return nil }
    return entry.freshUntil
  }

  /// Tells of the first request that fails, until half a second passes without one.
  private mutating func noteFailure(of request: Int, after span: TimeSpan, at now: Instant) {
    watch.failedAt = now
    guard watch.failing == nil else { return }
    let key = requests[request].key
    let name = key < Self.firstScanned ? "key \(key)" : "a key that nobody else asks for"
    let reason =
      span > settings.timeout
      ? "its answer came after \(span)"
      : requests[request].isWrite
        ? "the write failed at the origin" : "its load failed, and nothing older may be served"
    watch.failing = environment.trace.record(
      at: now, "client", "failing", "a request for \(name) fails: \(reason)", weight: .harm,
      cause: watch.line ?? watch.lastFault)
  }

  /// Compares what a read got with what was acknowledged before it was sent.
  private mutating func judge(_ request: Int, _ version: Int?, at now: Instant) {
    let read = requests[request]
    guard read.key < Self.firstScanned, (version ?? 0) < read.floor else { return }
    tally.staleReads += 1
    guard watch.staleRead == nil else { return }
    watch.staleRead = environment.trace.record(
      at: now, "client", "stale-read",
      "key \(read.key) is read as version \(version ?? 0), after version \(read.floor) was "
        + "acknowledged", weight: .harm, cause: watch.lost ?? watch.lastFault)
  }

  /// Ends a request.
  mutating func answer(_ request: Int, isGood: Bool, at now: Instant) {
    if requests[request].isAnswered {
      return checks.violated("answered once", at: now, "request \(request) is answered again")
    }
    requests[request].isAnswered = true
    let span = now - requests[request].arrivedAt + settings.network
    let isServed = isGood && span <= settings.timeout
    tally.ended(after: span, isGood: isServed, at: now)
    if !isServed { noteFailure(of: request, after: span, at: now) }
  }

  mutating func write(
    _ request: Int, _ node: Int, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    let key = requests[request].key
    guard settings.writing == .behind else {
      return send(Job(key: key, work: .write(request: request)), at: now, in: &queue)
    }
    acknowledged[Int(key)] += 1
    unflushed[node] += 1
    act(on: node, .put(key, version: acknowledged[Int(key)]), at: now, in: &queue)
    answer(request, isGood: true, at: now)
    queue.schedule(
      .flushIsDue(node: Int32(node), life: Int32(lives[node]), key: key), after: settings.flush)
  }

  /// A write that was acknowledged goes to the origin, if its node still lives.
  mutating func flush(
    _ node: Int, life: Int, key: UInt64, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    guard lives[node] == life, !environment.processes.isDown(NodeID(node)) else { return }
    unflushed[node] -= 1
    send(Job(key: key, work: .flush(version: acknowledged[Int(key)])), at: now, in: &queue)
  }

  mutating func note(fault: Trace.ID) { watch.lastFault = fault }

  mutating func act(on change: WorldChange, at now: Instant, in queue: inout EventQueue<Event>) {
    guard case .crashed(let node) = change, node.index < settings.nodes else { return }
    lose(node.index, at: now)
  }

  private mutating func lose(_ node: Int, at now: Instant) {
    lives[node] += 1
    let name = environment.roster.name(NodeID(node))
    caches[node] = LoadingCache(settings.options, seed: seed, name: name)
    guard unflushed[node] > 0 else { return }
    tally.lostWrites += unflushed[node]
    watch.lost = environment.trace.record(
      at: now, name, "lost-writes",
      "\(unflushed[node]) acknowledged writes were in memory only and are gone", weight: .harm,
      cause: watch.lastFault)
    unflushed[node] = 0
  }
}
