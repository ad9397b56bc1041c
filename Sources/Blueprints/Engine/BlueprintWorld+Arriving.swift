import Kernel
import Simulation

/// Requests come into the design, and leave it.
extension BlueprintWorld {
  /// Arrivals are a Poisson process whose rate follows the curve, by thinning: candidates come at the
  /// highest rate, and each is taken with the share that the curve has now.
  mutating func scheduleArrival(
    _ place: Int, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    let rate = sources[place].peakRate * environment.loadFactor
    guard rate > 0 else {
      queue.schedule(.arrival(UInt16(place)), at: now + .milliseconds(100))
      return
    }
    let gap = TimeSpan(nanoseconds: Int64(arrivals.exponential() / rate * 1e9))
    let next = now + gap
    guard next < .zero + design.duration else { return }
    queue.schedule(.arrival(UInt16(place)), at: next)
  }

  mutating func arrive(_ place: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    scheduleArrival(place, at: now, in: &queue)
    let load = sources[place].load
    if !load.curve.points.isEmpty {
      let share = load.curve.factor(at: now) / load.curve.peak
      guard arrivals.unit() < share else { return }
    }
    if sources[place].peakRate * environment.loadFactor <= 0 { return }
    let number = visits.add()
    visits[number].component = UInt16(sources[place].component)
    visits[number].sent = now
    visits[number].operation = sources[place].drawOperation()
    visits[number].key = sources[place].drawKey()
    visits[number].state = .waiting
    if now >= .zero + design.warmUp { visits[number].flags.insert(.measured) }
    if meters.isSampled() { visits[number].flags.insert(.sampled) }
    if let patience = load.patience {
      visits[number].deadline = now + patience
      visits[number].timer = queue.schedule(.timedOut(number), at: now + patience)
    }
    meters.requestCame(visits[number])
    advance(number, at: now, in: &queue)
  }

  /// A request of a client is over.
  mutating func leave(_ number: UInt32, succeeded: Bool, at now: Instant) {
    guard !visits[number].flags.contains(.settled) else { return }
    visits[number].flags.insert(.settled)
    meters.requestEnded(visits[number], succeeded: succeeded, at: now)
  }
}
