import Kernel
import Patterns
import Simulation

extension DiscoveryUniverse {
  /// A call of the load arrives at a random caller, and the next one is on its way.
  mutating func arrive() {
    let rate = setup.rate * cluster.environment.loadFactor
    let gap = TimeSpan(seconds: arrivals.exponential() / rate)
    cluster.setAlarm(DiscoveryAlarm.arrival.number, at: now + gap)
    let caller = setup.roster.callers[arrivals.below(setup.roster.callers.count)]
    if cluster.environment.processes.runs(caller) { startCall(by: caller) }
  }

  /// Begins a call by `caller` and returns its number.
  @discardableResult
  mutating func startCall(by caller: NodeID) -> Int {
    nextNumber += 1
    let number = nextNumber
    let proxies = setup.roster.proxies
    let picker = proxies.isEmpty ? caller : proxies[picks.below(proxies.count)]
    calls[number] = DiscoveryCall(number: number, caller: caller, picker: picker, start: now)
    meters.calls += 1
    if proxies.isEmpty {
      attempt(number)
    } else {
      cluster.send(.relay(number), from: caller, to: picker)
      let patience = setup.timeout * (setup.retries + 2)
      cluster.setAlarm(DiscoveryAlarm.abandoned(number).number, at: now + patience)
    }
    return number
  }

  /// Makes the next attempt of a call, when the picker has a view to go by.
  mutating func attempt(_ number: Int) {
    guard var call = calls[number] else { return }
    if setup.roster.nameServer != nil, picker(call.picker)?.needsLookup(at: now) == true {
      waitingForName[call.picker, default: []].append(number)
      cluster.submit(.told(.lookup), to: call.picker)
      return
    }
    let view = view(of: call.picker)
    let now = self.now
    guard
      let app = pickers[call.picker]?.pick(from: view, tried: call.tried, at: now, &picks)
    else {
      meters.withoutInstance += 1
      story.noInstance(at: call.picker, in: &cluster)
      conclude(number, isGood: false)
      return
    }
    nextNumber += 1
    call.tried.append(app)
    call.attempt = nextNumber
    calls[number] = call
    attempts[nextNumber] = (number, app)
    send(nextNumber, from: call.picker, to: app)
  }

  private mutating func send(_ attempt: Int, from picker: NodeID, to app: NodeID) {
    meters.attempts += 1
    if isDown(app) {
      meters.stale += 1
      meters.current.stale += 1
      story.staleCall(to: app, by: picker, in: &cluster)
    }
    let host = setup.roster.host(of: app)
    let hostAnswers =
      cluster.environment.processes.runs(host)
      && !cluster.environment.network.isCut(from: picker, to: host)
      && !cluster.environment.network.isCut(from: host, to: picker)
    if isDown(app), hostAnswers {
      cluster.setAlarm(DiscoveryAlarm.refused(attempt).number, at: now + .milliseconds(1))
    } else {
      cluster.send(.call(attempt), from: picker, to: app)
      cluster.setAlarm(DiscoveryAlarm.timeout(attempt).number, at: now + setup.timeout)
    }
  }

  /// An instance answered: with an error, where a fault says so, or late, where it is slowed.
  mutating func replied(_ attempt: Int) {
    guard let app = attempts[attempt]?.app else { return }
    let rate = cluster.environment.errorRate(app)
    if rate > 0, errors.chance(rate) {
      ended(attempt, isGood: false)
      return
    }
    let slowdown = cluster.environment.processes.slowdown(app)
    guard slowdown > 1 else {
      ended(attempt, isGood: true)
      return
    }
    let delay = TimeSpan.milliseconds(1) * (slowdown - 1)
    cluster.setAlarm(DiscoveryAlarm.late(attempt).number, at: now + delay)
  }

  /// An attempt came to its end; the first word on it counts.
  mutating func ended(_ attempt: Int, isGood: Bool) {
    guard let entry = attempts.removeValue(forKey: attempt),
      let call = calls[entry.call], call.attempt == attempt
    else { return }
    let now = self.now
    let isOut = pickers[call.picker]?.record(isGood, from: entry.app, at: now) ?? false
    if isOut { story.ejected(entry.app, by: call.picker, in: &cluster) }
    if isGood {
      conclude(entry.call, isGood: true)
    } else if call.tried.count <= setup.retries {
      self.attempt(entry.call)
    } else {
      story.failedCall(to: entry.app, by: call.picker, in: &cluster)
      conclude(entry.call, isGood: false)
    }
  }

  /// The picker knows the outcome; a proxy still has to tell the caller.
  private mutating func conclude(_ number: Int, isGood: Bool) {
    guard let call = calls[number] else { return }
    guard call.picker != call.caller else {
      finish(number, isGood: isGood)
      return
    }
    cluster.send(.relayed(number, isGood: isGood), from: call.picker, to: call.caller)
  }

  /// The caller knows the outcome.
  mutating func finish(_ number: Int, isGood: Bool) {
    guard let call = calls.removeValue(forKey: number) else { return }
    if let attempt = call.attempt { attempts[attempt] = nil }
    if !hasLoad { outcomes[number] = isGood }
    if isGood {
      meters.latencies.append((now - call.start).seconds)
      meters.current.good += 1
    } else {
      meters.failed += 1
      meters.current.failed += 1
      meters.lastFailure = now
    }
  }

  /// The name was looked up, or could not be: the calls that waited go on, or fail.
  mutating func lookedUp(by picker: NodeID, isGood: Bool) {
    let waiting = waitingForName.removeValue(forKey: picker) ?? []
    for number in waiting {
      if isGood, self.picker(picker)?.needsLookup(at: now) == false {
        attempt(number)
      } else {
        story.noInstance(at: picker, in: &cluster)
        conclude(number, isGood: false)
      }
    }
  }
}
