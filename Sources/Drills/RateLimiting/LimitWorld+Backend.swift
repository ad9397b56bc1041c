import Kernel
import Patterns
import Simulation

/// What the backend does: a line and slots.
extension LimitWorld {
  /// Takes in a request that a gateway sent on: work, wait, or be turned away.
  mutating func takeIn(_ number: Int32, at now: Instant, in queue: inout EventQueue<Event>) {
    if !environment.processes.runs(backend) {
      tally.turnedAway += 1
      leave(number)
      return fail(number, .refused, at: now, in: &queue)
    }
    if working < settings.slots { return work(number, at: now, in: &queue) }
    guard line.count - lineHead < settings.queueLimit else {
      tally.turnedAway += 1
      tally.shed(isBefore: false)
      leave(number)
      return fail(number, .refused, at: now, in: &queue)
    }
    line.append(number)
    noteLine(at: now)
  }

  private mutating func work(
    _ number: Int32, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    working += 1
    if working > settings.slots {
      checks.violated("slots", at: now, "\(working) in \(settings.slots) slots")
    }
    let weight = isHonest(number) ? 1 : settings.greedyWeight
    let span =
      settings.backendTime.sample(&serviceRandom) * weight
      * environment.processes.slowdown(backend)
    queue.schedule(.workEnds(number), after: span)
  }

  /// The gateway has the request no more at the backend.
  private mutating func leave(_ number: Int32) {
    let seat = tries[Int(number)].seat
    if isAlive(seat) { inProgress[Int(seat.gateway)].release() }
  }

  mutating func workEnds(_ number: Int32, at now: Instant, in queue: inout EventQueue<Event>) {
    working -= 1
    tally.finished(after: now - tries[Int(number)].forwardedAt)
    leave(number)
    let rate = environment.errorRate(backend)
    if !isAlive(tries[Int(number)].seat) {
      // The gateway died meanwhile; the client finds out by its timeout.
    } else if !environment.processes.runs(backend) || rate > 0 && errorRandom.chance(rate) {
      fail(number, .error, at: now, in: &queue)
    } else {
      succeed(number, at: now)
    }
    while working < settings.slots, lineHead < line.count {
      let next = line[lineHead]
      lineHead += 1
      work(next, at: now, in: &queue)
    }
    if lineHead > 1_024, lineHead * 2 > line.count {
      line.removeFirst(lineHead)
      lineHead = 0
    }
  }
}
