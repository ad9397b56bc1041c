import Kernel
import Patterns
import Simulation

/// How routes move on, how the owner changes, and how everything goes back.
extension StranglerWorld {
  /// Whether the old system is gone.
  var isRetired: Bool { routes.contains { $0.stage == .retired } }

  mutating func forgetDifferences(_ route: Int) {
    tally.compared += routes[route].comparison.compared
    tally.differences += routes[route].comparison.differing
    routes[route].compareAnew()
  }

  private mutating func move(
    _ route: Int, to stage: StranglerRoute.Stage, for span: TimeSpan?, at now: Instant,
    in queue: inout EventQueue<Event>
  ) {
    guard routes[route].move(to: stage) else { return }
    epochs[route] += 1
    environment.trace.record(
      at: now, "facade", "stage", "\(Self.routeNames[route]) is in \(stage.rawValue)",
      weight: .change)
    if let span {
      queue.schedule(.stageEnds(route: Int8(route), epoch: epochs[route]), at: now + span)
    }
  }

  /// The time of a stage is over: the route moves on, if the comparison allows it.
  mutating func stageEnds(_ route: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    guard !isRolledBack else { return }
    switch routes[route].stage {
    case .legacy:
      if settings.shadowFor > .zero {
        move(route, to: .shadow, for: settings.shadowFor, at: now, in: &queue)
      } else {
        leaveShadow(route, at: now, in: &queue)
      }
    case .shadow: judge(route, at: now, in: &queue)
    case .canary: cutOver(route, at: now, in: &queue)
    case .new, .retired: break
    }
  }

  /// A route goes on from shadow when few enough of its answers differed.
  private mutating func judge(_ route: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    let seen = routes[route].comparison
    // The copy of a balance lags by nature: a difference there is noise, not news.
    let share =
      seen.compared == 0 || route == 1 ? 0 : Double(seen.differences) / Double(seen.compared)
    guard share > settings.gate else { return leaveShadow(route, at: now, in: &queue) }
    if settings.difference > 0, !isMended, !isMending {
      isMending = true
      queue.schedule(.mended, at: now + settings.mendAfter)
    }
    if isMended || settings.difference == 0 {
      environment.trace.record(
        at: now, "facade", "held",
        "\(seen.differing) of \(seen.compared) quotes differed: it stays",
        weight: .change)
    }
    forgetDifferences(route)
    move(
      route, to: .shadow, for: max(settings.mendAfter, settings.shadowFor) + .seconds(1),
      at: now, in: &queue)
  }

  mutating func mended(at now: Instant) {
    isMended = true
    for route in routes.indices { forgetDifferences(route) }
    environment.trace.record(
      at: now, "new", "mended", "the new system rounds as the old one does", weight: .recovery,
      cause: tally.difference)
  }

  private mutating func leaveShadow(
    _ route: Int, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    if settings.canaryFor > .zero {
      move(route, to: .canary, for: settings.canaryFor, at: now, in: &queue)
    } else {
      cutOver(route, at: now, in: &queue)
    }
  }

  private mutating func cutOver(_ route: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    move(route, to: .new, for: nil, at: now, in: &queue)
    guard route == Self.pay else {
      queue.schedule(
        .stageEnds(route: Int8(route + 1), epoch: epochs[route + 1]), at: now + .seconds(1))
      return
    }
    flip(to: .new, at: now)
    if settings.retireAfter > .zero { queue.schedule(.retire, after: settings.retireAfter) }
  }

  private mutating func flip(to next: StranglerRoute.System, at now: Instant) {
    if data.flip(to: next) { flipped(at: now) }
    tally.checks.check(data.checkInvariants(), at: now)
  }

  private mutating func flipped(at now: Instant) {
    environment.trace.record(
      at: now, "sync", "flipped", "the \(data.owner.rawValue) system owns the data",
      weight: .change)
  }

  /// Changes are carried over, as long as both systems are there.
  mutating func carry(at now: Instant, in queue: inout EventQueue<Event>) {
    tally.lagMax = max(tally.lagMax, data.lag(at: now))
    guard !isRetired, (1...3).allSatisfy({ environment.processes.runs(NodeID($0)) }) else { return }
    if data.carry(1_000) { flipped(at: now) }
    tally.checks.check(data.checkInvariants(), at: now)
  }

  /// The old system is switched off, when everything is with the new one.
  mutating func retire(at now: Instant) {
    guard !isRolledBack, data.owner == .new, !data.isPaused,
      routes.allSatisfy({ $0.stage == .new })
    else { return }
    for route in routes.indices { _ = routes[route].move(to: .retired) }
    environment.trace.record(
      at: now, "legacy", "retired", "the old system is switched off", weight: .change)
  }

  /// Everything goes back to the old system, if there still is one.
  mutating func rollback(at now: Instant, in queue: inout EventQueue<Event>) {
    guard !isRetired || settings.shortcut == .goesBackToNothing else {
      tally.isRolledBack = false
      tally.rollback = environment.trace.record(
        at: now, "facade", "no-way-back", "a rollback is asked for, and the old system is gone",
        weight: .harm, cause: tally.lastFault)
      return
    }
    let wasGone = isRetired
    isRolledBack = true
    tally.isRolledBack = true
    tally.rollback = environment.trace.record(
      at: now, "facade", "rollback", "every route goes back to the old system", weight: .fault)
    for route in routes.indices { move(route, to: .legacy, for: nil, at: now, in: &queue) }
    if wasGone {
      tally.violated("retired", at: now, "the routes go back to a system that is gone")
    }
    lastSystem = [:]
    flip(to: .legacy, at: now)
  }

  mutating func look(at now: Instant, in queue: inout EventQueue<Event>) {
    tally.close(
      at: now, lag: data.lag(at: now),
      moved: routes.count { $0.stage == .new || $0.stage == .retired })
    if now + StranglerTally.step <= .zero + settings.duration {
      queue.schedule(.look, after: StranglerTally.step)
    }
  }
}
