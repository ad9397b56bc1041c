import Kernel
import Patterns
import Simulation

extension ShardingWorld {
  /// Applies the faults that are due and acts on what they changed.
  mutating func carryOutFaults(at now: Instant, _ queue: inout EventQueue<Event>) {
    for applied in schedule.carryOut(in: &environment, at: now) {
      for change in applied.changes { act(on: change, cause: applied.event, at: now, &queue) }
    }
    if let next = schedule.next { queue.schedule(.fault, at: next) }
  }

  private mutating func act(
    on change: WorldChange, cause: Trace.ID, at now: Instant, _ queue: inout EventQueue<Event>
  ) {
    switch change {
    case .crashed(let node):
      guard node.index < originStation else { return }
      story.crashes[node.index] = cause
      drop(node, at: now, &queue)
      if config.isCache {
        for key in 0..<store.keys.count { store.rows.remove(key, from: node) }
        queue.schedule(.noticed(shard: Int16(node.index)), after: config.detectAfter)
      }
    case .started(let node):
      guard node.index < originStation else { return }
      if config.isCache {
        queue.schedule(.noticed(shard: Int16(node.index)), after: config.detectAfter)
      }
    case .resumed(let node):
      guard node.index < originStation else { return }
      let lanes = stations[node.index].stalled
      stations[node.index].stalled = []
      let life = environment.processes.incarnation(node)
      for lane in lanes { served(node.index, lane: lane, life: life, at: now, &queue) }
      startWork(node.index, at: now, &queue)
    case .loadChanged: story.load = cause
    case .slowed(let node, _):
      if node.index < originStation { story.slowed[node.index] = cause }
    case .diskChanged(let node, let isFull, _):
      if node.index < originStation { isFullDisk[node.index] = isFull }
    case .paused, .clockChanged, .linksChanged, .errorsChanged: break
    }
  }

  /// Everything that a shard worked on or had in line fails.
  private mutating func drop(
    _ node: NodeID, at now: Instant, _ queue: inout EventQueue<Event>
  ) {
    var codes = stations[node.index].queue.removeAll()
    codes += stations[node.index].lanes.filter { $0 >= 0 }
    for lane in stations[node.index].lanes.indices { stations[node.index].lanes[lane] = -1 }
    stations[node.index].busy = 0
    stations[node.index].copying = 0
    stations[node.index].stalled = []
    stations[node.index].jam = nil
    tellFailure(at: node, now)
    for code in codes {
      switch Job(code: code) {
      case .call(let call):
        reply(call, isFailure: true, at: now, &queue)
        if calls[call].parcel >= 0 { writeIsOver(in: calls[call].parcel, at: now, &queue) }
      case .copy(let copy): copyFailed(copy, at: now, &queue)
      }
    }
    let waiting = held.filter { calls[Int($0)].shard == node }
    held.removeAll { calls[Int($0)].shard == node }
    for call in waiting { reply(Int(call), isFailure: true, at: now, &queue) }
  }

  /// The cluster notices that a cache shard is gone, or is back, and changes the map.
  mutating func notice(_ node: NodeID, at now: Instant, _ queue: inout EventQueue<Event>) {
    let name = store.roster.name(node)
    var next = store.map.placement
    let isMember = next.members.contains { $0.node == node }
    let isDown = environment.processes.isDown(node)
    if isDown, isMember {
      guard next.remove(node) == .removed else { return }
      replaceMap(
        with: next, "\(name) has been down for \(config.detectAfter); its keys go to the others",
        cause: story.crashes[node.index], weight: .change, at: now)
    } else if !isDown, !isMember {
      next.add(ShardMember(node, name: name))
      replaceMap(
        with: next, "\(name) is back, with an empty cache", cause: story.crashes[node.index],
        weight: .change, at: now)
    }
  }
}
