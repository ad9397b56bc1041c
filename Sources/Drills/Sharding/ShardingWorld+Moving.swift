import Kernel
import Patterns
import Simulation

extension ShardingWorld {
  /// Shards join or leave, and the keys that belong elsewhere now begin to move.
  mutating func grow(at now: Instant, _ queue: inout EventQueue<Event>) {
    var next = store.map.placement
    var names: [String] = []
    for step in 0..<abs(config.growBy) {
      if config.growBy > 0 {
        let name = config.shardNames[config.shardCount + step]
        let node = store.addShard(name)
        next.add(ShardMember(node, name: name))
        names.append(name)
      } else if let last = next.members.last, next.remove(last.node) == .removed {
        names.append(last.name)
      }
    }
    guard !names.isEmpty else { return }
    let verb = config.growBy > 0 ? "join" : "leave"
    let what = names.joined(separator: ", ") + " \(verb)\(names.count == 1 ? "s" : "")"
    if config.isCache {
      replaceMap(with: next, what, cause: nil, weight: .fault, at: now)
    } else {
      beginMove(to: next, what, at: now, &queue)
    }
  }

  private mutating func beginMove(
    to placement: Placement, _ what: String, at now: Instant, _ queue: inout EventQueue<Event>
  ) {
    let before = store.map
    let (moving, outputs) = store.begin(
      placement, parcels: ShardingConfig.parcelCount, at: now)
    writesUnderWay = [Int](repeating: 0, count: ShardingConfig.parcelCount)
    handedOver = [[(key: Int, source: NodeID)]](
      repeating: [], count: ShardingConfig.parcelCount)
    noteMovement(before, at: now)
    // Writes that were begun before the move count as under way too.
    for station in stations.indices where station != originStation {
      for code in stations[station].lanes where code >= 0 && code % 2 == 0 {
        noteWriteUnderWay(Int(code) / 2)
      }
    }
    tellMoveBegins(what, moving: moving, at: now)
    carryOut(outputs, at: now, &queue)
  }

  /// Measures how many keys belong elsewhere than by `before`.
  private mutating func noteMovement(_ before: ShardMap, at now: Instant) {
    let keys = store.keys.keys
    let movement = Movement(
      from: keys.map(before.owner(of:)), to: keys.map(store.map.placement.shard(for:)))
    tally.moved = movement.moved
    tally.movable = movement.total
    tally.moveBegan = now
  }

  /// Changes the owners at once: caches have nothing to move, only misses to come.
  mutating func replaceMap(
    with next: Placement, _ what: String, cause: Trace.ID?, weight: Trace.Weight, at now: Instant
  ) {
    let before = store.map
    store.map.replace(with: next)
    noteMovement(before, at: now)
    tellMapReplaced(what, cause: cause, weight: weight, at: now)
    for router in routers.indices { _ = routers[router].learn(store.map) }
  }

  /// Carries out what the machine asks for.
  mutating func carryOut(
    _ outputs: [Resharding.Output], at now: Instant, _ queue: inout EventQueue<Event>
  ) {
    for output in outputs {
      switch output {
      case .copy(let batch):
        let copy = copies.add(Copy(batch: batch))
        guard !isDown(batch) else {
          copyFailed(copy, at: now, &queue)
          continue
        }
        enqueue(.copy(copy), at: batch.source.index, now, &queue)
      case .freeze(let parcel):
        store.freeze(parcel)
        tellFrozen(parcel, at: now)
        if writesUnderWay[parcel] == 0 {
          carryOut(store.resharding.step(.drained(parcel: parcel), at: now), at: now, &queue)
        }
      case .commit(let parcel): commit(parcel, at: now, &queue)
      case .cleanUp(let parcel):
        queue.schedule(.cleanUp(parcel: Int32(parcel)), after: ShardingConfig.cleanUpAfter)
      case .wakeMe(let at):
        if wakeAt.map({ at < $0 || $0 < now }) ?? true {
          wakeAt = at
          queue.schedule(.wake, at: at)
        }
      case .finished:
        tally.moveEnded = now
        tellMoveEnds(at: now)
      }
    }
    if let violation = store.resharding.checkInvariants() {
      tally.violate("one owner", violation.description, at: now)
    }
  }

  private func isDown(_ batch: CopyBatch) -> Bool {
    environment.processes.isDown(batch.source) || environment.processes.isDown(batch.target)
  }

  /// How long a lane is busy with its part of a copy.
  mutating func startCopy(_ index: Int, at now: Instant) -> TimeSpan? {
    let copy = copies[index]
    if copy.versions == nil { store.lock(copy.batch) }
    return config.copyTime * copy.batch.keys.count
  }

  /// One end of a copy is done.
  mutating func finishCopy(_ index: Int, at now: Instant, _ queue: inout EventQueue<Event>) {
    let batch = copies[index].batch
    guard let versions = copies[index].versions else {
      copies[index].versions = batch.keys.map { store.rows.version(of: $0, on: batch.source) }
      switch environment.network.transmit(from: batch.source, to: batch.target, at: now) {
      case .once(let at), .twice(let at, _): queue.schedule(.landed(copy: Int32(index)), at: at)
      case .lost, .cut: copyFailed(index, at: now, &queue)
      }
      return
    }
    store.apply(batch, versions: versions)
    copies.remove(index)
    carryOut(store.resharding.step(.copied(batch), at: now), at: now, &queue)
    releaseHeld(at: now, &queue)
  }

  /// A batch is at its target and stands in line to be written.
  mutating func land(_ index: Int, at now: Instant, _ queue: inout EventQueue<Event>) {
    let target = copies[index].batch.target
    guard !environment.processes.isDown(target) else {
      copyFailed(index, at: now, &queue)
      return
    }
    enqueue(.copy(index), at: target.index, now, &queue)
  }

  /// A batch could not be copied: its keys stay where they are until it is tried again.
  mutating func copyFailed(_ index: Int, at now: Instant, _ queue: inout EventQueue<Event>) {
    let batch = copies[index].batch
    copies.remove(index)
    store.unlock(batch)
    tellCopyFailed(batch, at: now)
    carryOut(store.resharding.step(.failed(batch), at: now), at: now, &queue)
    releaseHeld(at: now, &queue)
  }

  /// A write to a parcel on the move is over; a freeze may have waited for it.
  mutating func writeIsOver(
    in parcel: Int, at now: Instant, _ queue: inout EventQueue<Event>
  ) {
    guard writesUnderWay.indices.contains(parcel) else { return }
    writesUnderWay[parcel] -= 1
    guard writesUnderWay[parcel] == 0, store.resharding.isMoving,
      store.resharding.phase(of: parcel) == .freezing
    else { return }
    carryOut(store.resharding.step(.drained(parcel: parcel), at: now), at: now, &queue)
  }

  /// Hands a parcel over and checks that nothing was left behind.
  private mutating func commit(_ parcel: Int, at now: Instant, _ queue: inout EventQueue<Event>) {
    let handed = store.commit(parcel)
    handedOver[parcel] = handed
    if let violation = store.violation(of: handed.map(\.key), checksDuplicates: false) {
      tally.violate(violation.invariant, violation.witness, at: now)
      tellLeftBehind(parcel, violation, at: now)
    }
    tellCommitted(parcel, count: handed.count, at: now)
    releaseHeld(at: now, &queue)
  }

  /// Lets calls that waited for a key try again.
  private mutating func releaseHeld(at now: Instant, _ queue: inout EventQueue<Event>) {
    guard !held.isEmpty else { return }
    let waiting = held
    held = []
    for call in waiting { enqueue(.call(Int(call)), at: calls[Int(call)].shard.index, now, &queue) }
  }

  /// Removes the rows of a parcel from the shards that no longer own them.
  mutating func cleanUp(_ parcel: Int) {
    for (key, source) in handedOver[parcel] where store.owner(of: key) != source {
      store.rows.remove(key, from: source)
    }
    handedOver[parcel] = []
  }

  /// A router fetches the map.
  mutating func refresh(_ router: Int, at now: Instant, _ queue: inout EventQueue<Event>) {
    _ = routers[router].learn(store.map)
    queue.schedule(.refresh(router: Int8(router)), after: config.mapRefresh)
  }
}
