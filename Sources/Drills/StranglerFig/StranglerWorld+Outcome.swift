import Kernel
import Patterns
import Simulation

/// What users and operators notice, and what came out of the run.
extension StranglerWorld {
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
    tally.exposed.insert(user)
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

  mutating func heldTwice(_ user: Int, at now: Instant) {
    tally.doubleEffects += 1
    guard tally.doubleEffects <= 3 else { return }
    environment.trace.record(
      at: now, "new", "held-twice",
      "the copy of a quote of user \(user) holds the goods a second time", weight: .harm)
  }

  mutating func secondWriteIsMissing(
    _ user: Int, _ system: StranglerRoute.System, at now: Instant
  ) {
    guard tally.missedWrite == nil else { return }
    tally.missedWrite = environment.trace.record(
      at: now, "facade", "half-written",
      "a payment of user \(user) is written into one system; the \(system.rawValue) one does not "
        + "answer", weight: .harm, cause: tally.lastFault)
  }

  /// What came out of the run, after everything was carried over.
  mutating func outcome(at end: Instant) -> Outcome {
    while !isRetired, !data.toNew.isEmpty || !data.toLegacy.isEmpty { _ = data.carry(10_000) }
    for route in routes.indices { forgetDifferences(route) }
    var wrong = 0
    var lost = 0
    var apart = 0
    for user in 0..<settings.users {
      let right = truth[user] ?? 0
      let held = data.value(user, in: data.owner)
      if held != right { wrong += 1 }
      lost += max(0, right - held)
      if data.value(user, in: .legacy) != data.value(user, in: .new) { apart += 1 }
    }
    if wrong > 0 {
      environment.trace.record(
        at: end, data.owner.rawValue, "balances-wrong",
        "\(wrong) balances are not what was paid in; \(lost) euros are missing", weight: .harm,
        cause: tally.rollback ?? tally.missedWrite ?? tally.lastFault)
    }
    if settings.keepsBothAlike, tally.doubleCharges == 0 {
      if !isRetired, apart > 0 {
        tally.violated("copy", at: end, "\(apart) balances differ between the two systems")
      }
      if tally.isRolledBack == true, lost > 0 {
        tally.violated("rollback", at: end, "\(lost) euros did not come back with the routes")
      }
    }
    return Outcome(
      measurements: tally.measurements(
        wrong: wrong, lost: lost, apart: isRetired ? nil : apart, flips: data.flips,
        isRetired: isRetired,
        isMigrated: routes.allSatisfy { $0.stage == .new || $0.stage == .retired }
          && data.owner == .new),
      series: tally.series, verdicts: tally.checks.verdicts,
      findings: findings(lost: lost), trace: environment.trace, duration: end - Instant.zero)
  }

  private func findings(lost: Int) -> [Finding] {
    let twice = tally.doubleCharges + tally.doubleEffects
    return [
      Finding(
        "no payment is lost",
        lost == 0 ? .holds : .violated(witness: ["\(lost) euros that were paid in are missing."])),
      Finding(
        "a request takes effect once",
        twice == 0
          ? .holds
          : .violated(witness: ["\(twice) copies of requests took effect in shadow."])),
    ]
  }
}
