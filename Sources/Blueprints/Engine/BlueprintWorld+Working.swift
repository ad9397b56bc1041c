import Kernel
import Simulation

/// Work that waits in queues, and the workers that fetch it.
extension BlueprintWorld {
  /// Deliveries after which a message is put aside.
  static var deliveryLimit: UInt8 { 5 }

  /// A queue takes a message in and acknowledges it; a full one refuses.
  mutating func takeIn(
    _ number: UInt32, _ component: Int, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    let visit = visits[number]
    let message = Backlog.Message(
      key: visit.key, operation: visit.operation, deliveries: 0,
      flags: visit.flags.intersection([.sampled, .measured]), since: now)
    guard backlogs[component]?.append(message) == true else {
      stations[Int(visit.station)].refused += 1
      return finish(number, succeeded: false, at: now, in: &queue)
    }
    backlogs[component]?.taken += 1
    finish(number, succeeded: true, at: now, in: &queue)
    wakeWorkers(of: component, at: now, in: &queue)
  }

  /// The first worker with a free place fetches.
  private mutating func wakeWorkers(
    of component: Int, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    let workers = parts[component].workers
    guard workers >= 0 else { return }
    let part = parts[workers]
    let turn = backlogs[component]?.taken ?? 0
    for step in 0..<part.stationCount {
      let station = part.firstStation + (turn + step) % part.stationCount
      if stations[station].runs, !stations[station].isPaused,
        stations[station].busy < stations[station].concurrency
      {
        return fetch(station, at: now, in: &queue)
      }
    }
  }

  /// A worker with a free place takes the oldest message there is.
  mutating func fetch(_ station: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    let component = stations[station].component
    guard let source = design.components[component].consumes, stations[station].runs,
      !stations[station].isPaused
    else { return }
    while stations[station].busy < stations[station].concurrency {
      guard var message = backlogs[source]?.popFirst() else { return }
      message.deliveries += 1
      let number = visits.add()
      visits[number].component = UInt16(component)
      visits[number].station = Int32(station)
      visits[number].key = message.key
      visits[number].operation = message.operation
      visits[number].attempt = message.deliveries
      visits[number].flags = message.flags
      visits[number].sent = message.since
      stations[station].arrived += 1
      startWork(number, at: now, in: &queue)
    }
  }

  /// A message is done, or goes back to the queue until it has failed too often.
  mutating func workerEnds(
    _ number: UInt32, succeeded: Bool, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    let visit = visits[number]
    guard let source = design.components[Int(visit.component)].consumes else { return }
    if succeeded {
      backlogs[source]?.done += 1
      backlogs[source]?.ages += Double((now - visit.sent).nanoseconds)
    } else if visit.attempt >= Self.deliveryLimit {
      backlogs[source]?.dead += 1
    } else {
      let message = Backlog.Message(
        key: visit.key, operation: visit.operation, deliveries: visit.attempt,
        flags: visit.flags.intersection([.sampled, .measured]), since: visit.sent)
      if backlogs[source]?.append(message) != true { backlogs[source]?.dead += 1 }
    }
  }
}
