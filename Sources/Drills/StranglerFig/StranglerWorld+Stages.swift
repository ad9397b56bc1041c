import Kernel
import Patterns
import Simulation

/// How routes move on, how the owner changes, and how everything goes back.
extension StranglerWorld {
  mutating func forgetDifferences(_ route: Int) {
    var fresh = StranglerRoute(settings.route)
    fresh.move(to: routes[route].stage)
    tally.compared += routes[route].compared
    tally.differences += routes[route].differences
    routes[route] = fresh
  }

  private mutating func move(
    _ route: Int, to stage: StranglerRoute.Stage, for span: TimeSpan?, at now: Instant,
    in queue: inout EventQueue<Event>
  ) {
    routes[route].move(to: stage)
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
    case .shadow:
      let compared = routes[route].compared
      // The copy of a balance lags by nature: a difference there is noise, not news.
      let share =
        compared == 0 || route == 1 ? 0 : Double(routes[route].differences) / Double(compared)
      if share > settings.gate {
        if !isMending {
          isMending = true
          queue.schedule(.mended, at: now + settings.mendAfter)
        }
        move(
          route, to: .shadow, for: max(settings.mendAfter, settings.shadowFor) + .seconds(1),
          at: now, in: &queue)
      } else {
        leaveShadow(route, at: now, in: &queue)
      }
    case .canary: cutOver(route, at: now, in: &queue)
    case .new: break
    }
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
    if route == Self.pay {
      nextOwner = .new
    } else {
      queue.schedule(
        .stageEnds(route: Int8(route + 1), epoch: epochs[route + 1]), at: now + .seconds(1))
    }
  }

  /// Changes are carried over; an owner to come takes over when nothing is on its way to it.
  mutating func carry(at now: Instant, in queue: inout EventQueue<Event>) {
    guard environment.processes.runs(NodeID(3)) else { return }
    data.carry(1_000)
    guard let next = nextOwner else { return }
    let isDrained = next == .new ? data.toNew.isEmpty : data.toLegacy.isEmpty
    guard isDrained else { return }
    owner = next
    nextOwner = nil
    tally.flips += 1
    environment.trace.record(
      at: now, "sync", "flipped", "the \(next.rawValue) system owns the data", weight: .change)
  }

  /// Everything goes back to the old system.
  mutating func rollback(at now: Instant, in queue: inout EventQueue<Event>) {
    isRolledBack = true
    tally.rollback = environment.trace.record(
      at: now, "facade", "rollback", "every route goes back to the old system", weight: .fault)
    for route in routes.indices { move(route, to: .legacy, for: nil, at: now, in: &queue) }
    lastSystem = [:]
    if owner == .new || nextOwner == .new { nextOwner = .legacy }
  }

  /// A user who met the new system in a canary meets the old one again.
  mutating func noteSystem(
    _ user: Int, _ route: Int, _ system: StranglerRoute.System, at now: Instant
  ) {
    guard routes[route].stage == .canary else { return }
    let key = user * Self.routeNames.count + route
    if system == .legacy, lastSystem[key] == .new {
      tally.wentBack += 1
      if settings.route.unit == .user {
        tally.violated(
          "one system", at: now,
          "user \(user) meets the old system again on \(Self.routeNames[route])")
      }
      if tally.wentBack <= 3 {
        environment.trace.record(
          at: now, "facade", "went-back",
          "user \(user) met the new system on \(Self.routeNames[route]) and now meets the old one",
          weight: .harm)
      }
    }
    lastSystem[key] = system
  }

  mutating func noteDifference(_ user: Int, _ right: Int, _ mine: Int, at now: Instant) {
    guard tally.difference == nil else { return }
    tally.difference = environment.trace.record(
      at: now, "facade", "difference",
      "the old system quotes user \(user) \(right), the new one \(mine)", weight: .change)
  }

  mutating func wrongAnswer(_ user: Int, _ right: Int, _ mine: Int, at now: Instant) {
    tally.wrongAnswers += 1
    guard tally.wrongAnswers <= 3 else { return }
    environment.trace.record(
      at: now, "new", "wrong-answer", "user \(user) is quoted \(mine) instead of \(right)",
      weight: .harm, cause: tally.lastFault)
  }

  mutating func chargedTwice(_ user: Int, at now: Instant) {
    tally.doubleCharges += 1
    guard tally.doubleCharges <= 3 else { return }
    environment.trace.record(
      at: now, "new", "charged-twice",
      "the copy of a payment of user \(user) takes effect in the new system too", weight: .harm)
  }

  /// What came out of the run, after everything was carried over.
  mutating func outcome(at end: Instant) -> Outcome {
    while !data.toNew.isEmpty || !data.toLegacy.isEmpty { data.carry(10_000) }
    for route in routes.indices { forgetDifferences(route) }
    var wrong = 0
    var lost = 0
    var apart = 0
    for user in 0..<settings.users {
      let right = truth[user] ?? 0
      let held = data.value(user, in: owner)
      if held != right { wrong += 1 }
      lost += max(0, right - held)
      if data.value(user, in: .legacy) != data.value(user, in: .new) { apart += 1 }
    }
    if wrong > 0 {
      environment.trace.record(
        at: end, owner.rawValue, "balances-wrong",
        "\(wrong) balances are not what was paid in; \(lost) euros are missing", weight: .harm,
        cause: tally.rollback ?? tally.lastFault)
    }
    let isKept =
      settings.sync == .flipped && !settings.writesLocally && !settings.route.mirrorsWrites
      && tally.doubleCharges == 0
    if isKept, apart > 0 {
      tally.violated("copy", at: end, "\(apart) balances differ between the two systems")
    }
    return Outcome(
      measurements: tally.measurements(
        wrong: wrong, lost: lost, apart: apart,
        isMigrated: routes.allSatisfy { $0.stage == .new } && owner == .new),
      series: [], verdicts: tally.verdicts,
      findings: [
        Finding(
          "no payment is lost",
          lost == 0 ? .holds : .violated(witness: ["\(lost) euros that were paid in are missing."])),
        Finding(
          "a payment takes effect once",
          tally.doubleCharges == 0
            ? .holds
            : .violated(witness: ["\(tally.doubleCharges) copies of payments took effect."])),
      ],
      trace: environment.trace, duration: end - Instant.zero)
  }
}
