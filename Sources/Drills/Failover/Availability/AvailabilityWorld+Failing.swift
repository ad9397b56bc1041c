import Kernel
import Patterns
import Simulation

/// What breaks, and who repairs it.
extension AvailabilityWorld {
  func name(_ replica: Int) -> String { environment.roster.name(NodeID(replica)) }

  // MARK: Lives

  /// The time until something breaks that has a share of a replica's failures.
  private func life(_ share: Double, _ random: inout RandomStream) -> TimeSpan? {
    guard share > 0 else { return nil }
    let seconds = random.exponential() * settings.mtbf.seconds / share
    return seconds < settings.duration.seconds ? TimeSpan(seconds: max(1e-9, seconds)) : nil
  }

  mutating func live(_ number: Int, in queue: inout EventQueue<Event>) {
    let share = 1 - settings.zoneShare - settings.releaseShare
    guard let life = life(share, &replicas[number].lives) else { return }
    queue.schedule(.breaks(Int16(number)), after: life)
  }

  mutating func liveTogether(_ number: Int, in queue: inout EventQueue<Event>) {
    let isCommon = number == zones.count - 1
    let share = isCommon ? settings.releaseShare : settings.zoneShare
    guard let life = life(share, &zones[number].lives) else { return }
    queue.schedule(.zoneBreaks(Int16(number)), after: life)
  }

  mutating func liveOutside(_ number: Int, in queue: inout EventQueue<Event>) {
    let mean = settings.dependencies[number].meanUpSeconds
    let seconds = dependencies[number].lives.exponential() * mean
    guard seconds < settings.duration.seconds else { return }
    queue.schedule(
      .dependencyBreaks(Int16(number)), after: TimeSpan(seconds: max(1e-9, seconds)))
  }

  // MARK: Failures

  mutating func breaks(_ number: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    replicas[number].isBroken = true
    replicas[number].work = settings.mttr * replicas[number].repairs.exponential()
    replicas[number].cause = environment.trace.record(
      at: now, name(number), "breaks", "fails, alone", weight: .fault)
    // Whoever already stands in front of it sees the new failure too.
    if !set.believesUp(number) { repair(number, at: now, in: &queue) }
  }

  mutating func zoneBreaks(_ number: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    let isCommon = number == zones.count - 1
    meters.shared += 1
    zones[number].isBroken = true
    zones[number].work = settings.mttr * zones[number].repairs.exponential()
    let struck = replicas.indices.filter { isCommon || set.zone(of: $0) == number }
    let who = struck.map { name($0) }.joined(separator: ", ")
    let part =
      isCommon ? "release" : environment.roster.name(settings.node(zone: number))
    zones[number].cause = environment.trace.record(
      at: now, part, isCommon ? "release-breaks" : "zone-breaks", "fails, and with it \(who)",
      weight: .fault)
    if let known = struck.first(where: { !set.believesUp($0) }) {
      repair(known, at: now, in: &queue)
    }
  }

  mutating func dependencyBreaks(
    _ number: Int, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    dependencies[number].isBroken = true
    let work = settings.dependencies[number].meanDown * dependencies[number].repairs.exponential()
    dependencies[number].cause = environment.trace.record(
      at: now, environment.roster.name(settings.node(dependency: number)), "dependency-breaks",
      "is down", weight: .fault)
    queue.schedule(.dependencyRepaired(Int16(number)), after: max(.nanoseconds(1), work))
  }

  // MARK: Repairs

  /// Somebody looks after a replica: at itself, at its zone, at what all have in common.
  ///
  /// Work that has begun goes on.
  mutating func repair(_ number: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    if replicas[number].isBroken, replicas[number].repair == nil {
      replicas[number].repair = queue.schedule(
        .repaired(Int16(number)), after: max(.nanoseconds(1), replicas[number].work))
    }
    for zone in [set.zone(of: number), zones.count - 1]
    where zones[zone].isBroken && zones[zone].repair == nil {
      zones[zone].repair = queue.schedule(
        .zoneRepaired(Int16(zone)), after: max(.nanoseconds(1), zones[zone].work))
    }
  }

  /// The check orders a repair; one ordered while the work goes on begins it anew.
  mutating func ordered(_ number: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    states[number].orders += 1
    if states[number].orders > 1 {
      let witness = "the repair of \(name(number)) is ordered \(states[number].orders) times"
      log.violated("one repair a failure", at: now, witness)
      if let work = replicas[number].repair { queue.cancel(work) }
      replicas[number].repair = nil
    } else if let since = states[number].downSince {
      meters.found(after: now - since)
    }
    repair(number, at: now, in: &queue)
  }
}
