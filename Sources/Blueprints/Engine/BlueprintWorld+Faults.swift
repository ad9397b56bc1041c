import Kernel
import Patterns
import Simulation

/// What faults do to instances and to the ways between them, and how the design notices.
extension BlueprintWorld {
  mutating func carryOutFaults(at now: Instant, in queue: inout EventQueue<Event>) {
    for applied in schedule.carryOut(in: &environment, at: now) {
      story.lastFault = applied.event
      for change in applied.changes { act(on: change, at: now, in: &queue) }
    }
    hasLinkFaults = environment.active.contains { $0.fault.isAboutLinks }
    if let next = schedule.next { queue.schedule(.faultIsDue, at: next) }
  }

  private mutating func act(
    on change: WorldChange, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    switch change {
    case .crashed(let node):
      // Also where the process is back at the same moment, as after a restart.
      for station in places.members[node.index] {
        if stations[station].isUp { crash(station, at: now, in: &queue) }
        refresh(station, at: now, in: &queue)
      }
    case .started(let node), .paused(let node), .resumed(let node), .slowed(let node, _),
      .errorsChanged(let node, _):
      for station in places.members[node.index] { refresh(station, at: now, in: &queue) }
    case .loadChanged, .clockChanged, .diskChanged, .linksChanged: break
    }
  }

  /// An instance is what the faults of all its names make of it.
  private mutating func refresh(
    _ station: Int, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    var isUp = true
    var isPaused = false
    var slowdown = 1.0
    var errors = 0.0
    for node in places.names[station] {
      if environment.processes.isDown(node) { isUp = false }
      if environment.processes.isPaused(node) { isPaused = true }
      slowdown *= environment.processes.slowdown(node)
      let own = environment.errorRate(node)
      errors = errors + own - errors * own
    }
    stations[station].slowdown = slowdown
    stations[station].errorRate = errors
    if stations[station].isUp, !isUp { crash(station, at: now, in: &queue) }
    if !stations[station].isUp, isUp { start(station, at: now, in: &queue) }
    if stations[station].isPaused, !isPaused { resume(station, at: now, in: &queue) }
    stations[station].isPaused = isPaused
  }

  private mutating func crash(
    _ station: Int, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    stations[station].settle(at: now)
    stations[station].isUp = false
    let component = stations[station].component
    let instance = stations[station].local
    caches[component]?.clear(instance)
    for number in 0..<UInt32(visits.capacity) where visits[number].station == Int32(station) {
      breakOff(number, at: now, in: &queue)
    }
    stations[station].busy = 0
    stations[station].waiting = 0
    stations[station].first = Visit.none
    stations[station].last = Visit.none
    loseLeader(station, component, at: now, in: &queue)
  }

  /// The connection of a visit breaks with its instance.
  private mutating func breakOff(
    _ number: UInt32, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    switch visits[number].state {
    case .free, .pausing, .travelling, .answering: return
    case .queued, .working, .frozen, .waiting, .coalesced: break
    }
    let station = Int(visits[number].station)
    stations[station].broken += 1
    if let work = visits[number].work { queue.cancel(work) }
    visits[number].work = nil
    visits[number].flags.remove(.holds)
    if parts[stations[station].component].role == .worker {
      workerEnds(number, succeeded: false, at: now, in: &queue)
      return dismiss(number, in: &queue)
    }
    visits[number].generation &+= 1
    guard let latency = transit(from: station, to: Int(visits[number].caller)) else {
      return loseAnswer(number, at: now, in: &queue)
    }
    refuse(number, .error, at: now, after: latency, in: &queue)
  }

  private mutating func loseLeader(
    _ station: Int, _ component: Int, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    guard let store = stores[component] else { return }
    let part = parts[component]
    let shard = stations[station].shard
    let replica = station - part.firstStation - shard * part.perShard
    guard store.primaries[shard] == replica, let failover = store.design.failover else { return }
    queue.schedule(.promote(UInt16(component), shard: UInt16(shard)), at: now + failover)
  }

  /// Another copy becomes the primary of a shard whose own is still down.
  mutating func promote(_ component: Int, _ shard: Int, at now: Instant) {
    let part = parts[component]
    let first = part.firstStation + shard * part.perShard
    if let old = stores[component]?.primaries[shard], stations[first + old].runs { return }
    let next = (0..<part.perShard).first { stations[first + $0].runs }
    guard let next else { return }
    stores[component]?.primaries[shard] = next
    let name = PlaceNames.name(of: stations[first + next], design.components[component])
    _ = environment.trace.record(
      at: now, design.components[component].name, "promoted", "\(name) becomes the primary",
      weight: .recovery, cause: story.lastFault)
  }

  private mutating func start(
    _ station: Int, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    stations[station].settle(at: now)
    stations[station].isUp = true
    stations[station].coldUntil = now + Self.coldTime
    callNext(station, at: now, in: &queue)
  }

  private mutating func resume(
    _ station: Int, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    stations[station].isPaused = false
    for number in 0..<UInt32(visits.capacity)
    where visits[number].station == Int32(station) && visits[number].state == .frozen {
      workEnds(number, at: now, in: &queue)
    }
    callNext(station, at: now, in: &queue)
  }
}
