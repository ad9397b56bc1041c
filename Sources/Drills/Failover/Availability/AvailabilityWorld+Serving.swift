import Kernel
import Patterns
import Simulation

/// Checks, switches, and who serves.
extension AvailabilityWorld {
  // MARK: Checks

  /// The first check of a replica after `now`.
  private func nextCheck(_ number: Int, after now: Instant) -> Instant {
    let first = Instant.zero + states[number].phase
    guard now >= first else { return first }
    let interval = settings.checkInterval.nanoseconds
    let rounds = (now - first).nanoseconds / interval + 1
    return first + .nanoseconds(rounds * interval)
  }

  mutating func check(_ number: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    states[number].isBeingChecked = false
    let decisions = set.checked(number, isGood: states[number].isUp, at: now)
    log.check(set.checkInvariants(), at: now)
    for decision in decisions {
      switch decision {
      case .repair(let dead):
        if states[dead].orders == 0 {
          environment.trace.record(
            at: now, name(dead), "found", "counts as dead, and its repair begins",
            cause: cause(of: dead))
        }
        ordered(dead, at: now, in: &queue)
      case .returns(let back): states[back].orders = 0
      case .takesOver(let spare, let readyAt):
        meters.switches += 1
        environment.trace.record(
          at: now, name(spare), "takes-over", "is given the work; it will serve at \(readyAt)",
          cause: outage)
        queue.schedule(.ready, at: readyAt)
      }
    }
  }

  // MARK: How things stand

  private func runs(_ number: Int) -> Bool {
    let zone = set.zone(of: number)
    return !replicas[number].isBroken && !zones[zone].isBroken && zones.last?.isBroken == false
      && environment.processes.runs(NodeID(number))
      && environment.processes.runs(settings.node(zone: zone))
  }

  /// The event that explains why a replica is down.
  private func cause(of number: Int) -> Trace.ID? {
    if replicas[number].isBroken { return replicas[number].cause }
    let zone = zones[set.zone(of: number)]
    if zone.isBroken { return zone.cause }
    if let common = zones.last, common.isBroken { return common.cause }
    return lastFault
  }

  /// Looks at everything anew after an event: who is up, who must be checked, whether it serves.
  mutating func settle(at now: Instant, in queue: inout EventQueue<Event>) {
    for number in replicas.indices {
      let isUp = runs(number)
      if isUp != states[number].isUp {
        states[number].isUp = isUp
        states[number].downSince = isUp ? nil : now
      }
      if !states[number].isBeingChecked, !set.isSettled(number, isUp: isUp) {
        // Between two changes the checks say the same again and again, and are left out.
        states[number].isBeingChecked = true
        queue.schedule(.check(Int16(number)), at: nextCheck(number, after: now))
      }
    }
    lookAfterNeeds(at: now, in: &queue)
    checkThatHoldersAreWatched(at: now)
    let next = condition(at: now)
    if next != meters.condition { enter(next, at: now) }
  }

  private mutating func lookAfterNeeds(at now: Instant, in queue: inout EventQueue<Event>) {
    var isDegraded = false
    for number in needs.indices {
      let isUp =
        !dependencies[number].isBroken
        && environment.processes.runs(settings.node(dependency: number))
      if isUp != needs[number].isUp {
        needs[number].isUp = isUp
        needs[number].turn += 1
        let bridge = settings.dependencies[number].bridge
        needs[number].isMissed = !isUp && bridge == .zero
        if !isUp, bridge > .zero {
          queue.schedule(.bridgeEnds(Int16(number), turn: needs[number].turn), after: bridge)
        }
      }
      if !isUp, !needs[number].isMissed { isDegraded = true }
    }
    meters.isDegraded(isDegraded, at: now)
  }

  private func condition(at now: Instant) -> AvailabilityMeters.Condition {
    let serves = set.places.allSatisfy { place in
      guard let holder = place.holder else { return false }
      return place.readyAt <= now && states[holder].isUp
    }
    if serves { return needs.contains(where: \.isMissed) ? .dependency : .served }
    return states.count(where: \.isUp) >= settings.set.needed ? .switching : .tooFew
  }

  /// A replica that has the work and is down is found within `fall` checks.
  private mutating func checkThatHoldersAreWatched(at now: Instant) {
    for place in set.places {
      guard let holder = place.holder, let since = states[holder].downSince else { continue }
      let silent = now - max(since, place.takenAt)
      if silent > settings.checkInterval * settings.set.fall {
        let witness = "\(name(holder)) has the work, is down for \(silent), and counts as up"
        log.violated("what serves is watched", at: now, witness)
      }
    }
  }

  // MARK: Telling

  private mutating func enter(_ next: AvailabilityMeters.Condition, at now: Instant) {
    let before = meters.condition
    let lasted = meters.down(at: now)
    meters.entered(next, at: now)
    if next == .served {
      environment.trace.record(
        at: now, "service", "served", "is served again after \(lasted)", weight: .recovery,
        cause: outage)
      outage = nil
      return
    }
    guard before == .served else { return }
    let up = states.count(where: \.isUp)
    let missing = needs.firstIndex(where: \.isMissed)
    let dead = set.places.compactMap(\.holder).first { !states[$0].isUp }
    let (detail, cause): (String, Trace.ID?) =
      switch next {
      case .dependency:
        (
          "is down: it needs \(missing.map { "dependency-\($0 + 1)" } ?? "something")",
          missing.flatMap { dependencies[$0].isBroken ? dependencies[$0].cause : lastFault }
        )
      case .tooFew:
        ("is down: \(up) of \(settings.set.replicas) replicas are up", dead.flatMap(cause(of:)))
      case .switching, .served:
        (
          "is down: \(up) of \(settings.set.replicas) replicas are up, and who has the work is not",
          dead.flatMap(cause(of:))
        )
      }
    outage = environment.trace.record(
      at: now, "service", "not-served", detail, weight: .harm, cause: cause)
  }
}
