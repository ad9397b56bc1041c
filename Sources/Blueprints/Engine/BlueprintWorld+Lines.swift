import Kernel
import Patterns
import Simulation

/// The line in front of an instance: bounded, in the order that the component chose.
extension BlueprintWorld {
  mutating func join(
    _ station: Int, _ number: UInt32, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    let discipline = design.components[stations[station].component].discipline
    if stations[station].waiting >= stations[station].room {
      stations[station].refused += 1
      tellFull(station, at: now)
      let victim = discipline == .fifo ? nil : victim(station, of: number, discipline)
      guard let victim else { return overflow(number, at: now, in: &queue) }
      remove(victim, from: station, at: now)
      overflow(victim, at: now, in: &queue)
    }
    stations[station].settle(at: now)
    stations[station].waiting += 1
    stations[station].mostWaiting = max(stations[station].mostWaiting, stations[station].waiting)
    visits[number].state = .queued
    visits[number].next = Visit.none
    switch discipline {
    case .fifo: append(station, number)
    case .lifo:
      visits[number].next = stations[station].first
      if stations[station].first == Visit.none { stations[station].last = number }
      stations[station].first = number
    case .priority: insert(station, number)
    }
  }

  private mutating func append(_ station: Int, _ number: UInt32) {
    if stations[station].first == Visit.none {
      stations[station].first = number
    } else {
      visits[stations[station].last].next = number
    }
    stations[station].last = number
  }

  private func priority(_ number: UInt32) -> Int {
    design.calls[Int(visits[number].call)].priority
  }

  /// Behind everything that is at least as important.
  private mutating func insert(_ station: Int, _ number: UInt32) {
    var before = Visit.none
    var place = stations[station].first
    while place != Visit.none, priority(place) <= priority(number) {
      before = place
      place = visits[place].next
    }
    visits[number].next = place
    if before == Visit.none {
      stations[station].first = number
    } else {
      visits[before].next = number
    }
    if place == Visit.none { stations[station].last = number }
  }

  /// Who has to leave a full line for `number`: the oldest, or the least important; nil for itself.
  private func victim(
    _ station: Int, of number: UInt32, _ discipline: QueueDiscipline
  ) -> UInt32? {
    let last = stations[station].last
    guard last != Visit.none else { return nil }
    if discipline == .priority, priority(last) <= priority(number) { return nil }
    return last
  }

  private mutating func overflow(
    _ number: UInt32, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    guard let latency = transit(from: Int(visits[number].station), to: Int(visits[number].caller))
    else { return loseAnswer(number, at: now, in: &queue) }
    refuse(number, .refused, at: now, after: latency, in: &queue)
  }

  mutating func remove(_ number: UInt32, from station: Int, at now: Instant) {
    var before = Visit.none
    var place = stations[station].first
    while place != number, place != Visit.none {
      before = place
      place = visits[place].next
    }
    guard place == number else { return }
    let next = visits[number].next
    if before == Visit.none { stations[station].first = next } else { visits[before].next = next }
    if next == Visit.none { stations[station].last = before }
    stations[station].settle(at: now)
    stations[station].waiting -= 1
  }

  /// Free places go to those in line; who is past its deadline is answered instead of served.
  mutating func callNext(_ station: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    guard stations[station].isUp, !stations[station].isPaused else { return }
    while stations[station].busy < stations[station].concurrency {
      let number = stations[station].first
      guard number != Visit.none else { return fetch(station, at: now, in: &queue) }
      stations[station].first = visits[number].next
      if stations[station].first == Visit.none { stations[station].last = Visit.none }
      stations[station].settle(at: now)
      stations[station].waiting -= 1
      if visits[number].flags.contains(.bounded), visits[number].deadline <= now {
        meters.expired += 1
        stations[station].refused += 1
        overflow(number, at: now, in: &queue)
      } else {
        startWork(number, at: now, in: &queue)
      }
    }
  }
}
