import Kernel
import Patterns
import Simulation

/// Charts and the story of a run.
extension BlueprintWorld {
  mutating func takePoint(at now: Instant, in queue: inout EventQueue<Event>) {
    let (failed, ended) = meters.endedInPoint
    meters.closePoint()
    for (number, part) in parts.all.enumerated() where part.stationCount > 0 {
      var places = 0
      var busy = 0
      var waiting = 0
      for station in part.firstStation..<part.firstStation + part.stationCount {
        waiting += stations[station].waiting
        guard stations[station].runs else { continue }
        places += stations[station].concurrency
        busy += stations[station].busy
      }
      waiting += backlogs[number]?.count ?? 0
      meters.use[number].append(places == 0 ? nil : Double(busy) / Double(places))
      meters.waiting[number].append(Double(waiting))
      watch(number, busy: busy, places: places, waiting: waiting, at: now)
    }
    watchClients(failed: failed, of: ended, at: now)
    if now + meters.tick <= .zero + design.duration {
      queue.schedule(.tick, at: now + meters.tick)
    }
  }

  /// Tells when a component fills up, and when it has room again.
  private mutating func watch(
    _ component: Int, busy: Int, places: Int, waiting: Int, at now: Instant
  ) {
    let isFull = places > 0 && busy == places && waiting > 0
    let name = design.components[component].name
    if isFull, story.fullSince[component] == nil {
      let event = environment.trace.record(
        at: now, name, "saturated",
        "all \(places) places are taken and \(waiting) calls wait", weight: .harm,
        cause: story.cause(of: component, calls: design.calls))
      story.fullSince[component] = event
    } else if !isFull, let event = story.fullSince[component], waiting == 0 {
      story.fullSince[component] = nil
      _ = environment.trace.record(
        at: now, name, "has-room", "nobody waits any more", weight: .recovery, cause: event)
    }
  }

  /// Tells when one request in a hundred or more fails, and when hardly any fails any more.
  ///
  /// Whatever the reason: a dead instance, a bulkhead and a timeout leave no other mark.
  private mutating func watchClients(failed: Int, of ended: Int, at now: Instant) {
    let isFailing = failed > 0 && failed * 100 >= ended
    if isFailing, story.failingSince == nil {
      story.failingSince = environment.trace.record(
        at: now, "clients", "requests-fail",
        "\(failed) of the last \(ended) requests failed", weight: .harm,
        cause: story.lastFault ?? story.fullSince.keys.min().flatMap { story.fullSince[$0] })
    } else if !isFailing, ended > 0, let event = story.failingSince {
      story.failingSince = nil
      _ = environment.trace.record(
        at: now, "clients", "served-again", "fewer than one request in a hundred fails",
        weight: .recovery, cause: event)
    }
  }

  /// Tells the first time that an instance of a component turns calls away.
  mutating func tellFull(_ station: Int, at now: Instant) {
    let component = stations[station].component
    guard story.refusing.insert(component).inserted else { return }
    let name = PlaceNames.name(of: stations[station], design.components[component])
    _ = environment.trace.record(
      at: now, design.components[component].name, "refuses",
      "\(name) has \(stations[station].waiting) calls in line and refuses more", weight: .harm,
      cause: story.fullSince[component] ?? story.cause(of: component, calls: design.calls))
  }

  mutating func tellBreaker(
    _ call: Int, from old: CircuitBreaker.Phase, to new: CircuitBreaker.Phase, at now: Instant
  ) {
    guard old != new else { return }
    let source = design.components[design.calls[call].source].name
    let target = design.components[design.calls[call].target].name
    _ = environment.trace.record(
      at: now, source, "breaker-\(new.rawValue)",
      "the breaker towards \(target) goes from \(old.rawValue) to \(new.rawValue)",
      weight: new == .open ? .harm : .change,
      cause: story.fullSince[design.calls[call].target] ?? story.lastFault)
  }
}

/// What the trace has told already, and what later events may come from.
struct DesignStory {
  var lastFault: Trace.ID?
  /// For each component that has no room, the event that told so.
  var fullSince: [Int: Trace.ID] = [:]
  var refusing: Set<Int> = []
  /// The event that told that clients' requests fail; nil while they do not.
  var failingSince: Trace.ID?

  /// What explains trouble at a component: one that it calls has no room, or the last fault.
  func cause(of component: Int, calls: [Call]) -> Trace.ID? {
    for call in calls where call.source == component && !call.isAsync {
      if let event = fullSince[call.target] { return event }
    }
    return lastFault
  }
}
