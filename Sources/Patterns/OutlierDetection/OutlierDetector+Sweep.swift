import Kernel

extension OutlierDetector {
  /// Carries out the sweeps that are due at `now` and returns what they did, in order.
  public mutating func sweep(until now: Instant) -> [Event] {
    var events: [Event] = []
    skipIdleSweeps(until: now)
    while nextSweepAt <= now {
      let at = nextSweepAt
      for index in hosts.indices {
        if let event = letBack(index, at: at) { events.append(event) }
      }
      judgeRates(at: at, &events)
      for index in hosts.indices {
        hosts[index].calls = 0
        hosts[index].successes = 0
      }
      nextSweepAt = at + options.interval
      skipIdleSweeps(until: now)
    }
    return events
  }

  /// Passes over sweeps in which nothing can happen: no calls, no multiplier to work down, and
  /// nobody to let back yet.
  private mutating func skipIdleSweeps(until now: Instant) {
    var first = now
    for host in hosts {
      guard host.calls == 0 else { return }
      if let since = host.ejectedAt {
        first = min(first, since + host.ejectedFor)
      } else if host.multiplier > 0 {
        return
      }
    }
    guard first > nextSweepAt else { return }
    let span = (first - nextSweepAt).nanoseconds
    let count = (span + options.interval.nanoseconds - 1) / options.interval.nanoseconds
    // A sweep in which nothing is judged forgets the threshold of the one before.
    lastThreshold = nil
    nextSweepAt += options.interval * Int(count)
  }

  private mutating func letBack(_ index: Int, at now: Instant) -> Event? {
    guard let since = hosts[index].ejectedAt else {
      hosts[index].multiplier = max(0, hosts[index].multiplier - 1)
      return nil
    }
    guard now - since >= hosts[index].ejectedFor, options.shortcut != .keepsOut else { return nil }
    hosts[index].ejectedAt = nil
    hosts[index].serverErrorsInRow = 0
    hosts[index].gatewayErrorsInRow = 0
    ejectedCount -= 1
    return Event(at: now, host: NodeID(index), change: .returned)
  }

  private mutating func judgeRates(at now: Instant, _ events: inout [Event]) {
    lastThreshold = nil
    // Both judgements use the rates of before either ejected anybody.
    let wasActive = hosts.map(\.isActive)
    let rated = hosts.indices.filter {
      wasActive[$0] && hosts[$0].calls > 0
        && hosts[$0].calls >= options.successRateRequestVolume
    }
    if !rated.isEmpty, rated.count >= options.successRateMinimumHosts {
      let rates = rated.map(successRate)
      let bound = Self.threshold(rates, factor: options.successRateStdevFactor / 1_000)
      lastThreshold = bound
      for (index, rate) in zip(rated, rates) where rate < bound.bound {
        events.append(
          Event(at: now, host: NodeID(index), change: eject(index, .successRate, at: now)))
      }
    }
    let counted = hosts.indices.filter {
      wasActive[$0] && hosts[$0].calls > 0
        && hosts[$0].calls >= options.failurePercentageRequestVolume
    }
    guard !counted.isEmpty, counted.count >= options.failurePercentageMinimumHosts else { return }
    for index in counted where 100 - successRate(index) >= options.failurePercentageThreshold {
      guard hosts[index].isActive else { continue }
      events.append(
        Event(at: now, host: NodeID(index), change: eject(index, .failurePercentage, at: now)))
    }
  }

  private func successRate(_ index: Int) -> Double {
    Double(hosts[index].successes) * 100 / Double(hosts[index].calls)
  }

  /// The mean of success rates, and the mean less `factor` standard deviations (of the population).
  public static func threshold(_ rates: [Double], factor: Double) -> Threshold {
    let mean = rates.reduce(0, +) / Double(rates.count)
    var variance = 0.0
    for rate in rates { variance += (rate - mean) * (rate - mean) }
    variance /= Double(rates.count)
    return Threshold(mean: mean, bound: mean - factor * variance.squareRoot())
  }

  mutating func eject(_ index: Int, _ kind: Kind, at now: Instant) -> Change {
    let share = 100 * Double(ejectedCount + 1) / Double(hosts.count)
    let isFirst = options.alwaysEjectOneHost && ejectedCount == 0
    let isAllowed =
      share <= options.maxEjectionPercent || isFirst || options.shortcut == .ignoresShare
    guard isAllowed else { return .overflowed(kind) }
    let enforcing = options.enforcing(kind)
    guard enforcing >= 100 || random.unit() * 100 < enforcing else { return .spared(kind) }
    let base = options.baseEjectionTime
    if base * hosts[index].multiplier < options.maxEjectionTime + base {
      hosts[index].multiplier += 1
    }
    var span = min(base * hosts[index].multiplier, options.maxEjectionTime)
    if options.maxEjectionTimeJitter > .zero {
      span = span + random.span(.zero, to: options.maxEjectionTimeJitter)
    }
    hosts[index].ejectedAt = now
    hosts[index].ejectedFor = span
    hosts[index].ejections += 1
    ejectedCount += 1
    return .ejected(kind, for: span)
  }

  /// Finds the first invariant that does not hold in this state, or nil.
  public func checkInvariants() -> InvariantViolation? {
    let out = hosts.count { !$0.isActive }
    guard out == ejectedCount else {
      return InvariantViolation(
        "ejected count", witness: "\(out) hosts are out, counted \(ejectedCount)")
    }
    let share = 100 * Double(out) / Double(max(1, hosts.count))
    let isAllowed =
      share <= options.maxEjectionPercent || (options.alwaysEjectOneHost && out == 1)
    guard out == 0 || isAllowed else {
      return InvariantViolation(
        "ejected share",
        witness: "\(out) of \(hosts.count) hosts are out, \(options.maxEjectionPercent) % allowed")
    }
    return nil
  }
}
