import Kernel
import Simulation

/// How callers learn which instances work: by probes, some time after the fact.
extension BlueprintWorld {
  /// Probes each instance of a component.
  ///
  /// One that is down, stands still, or answers every call with an error fails; a slow one passes.
  mutating func probe(
    _ component: Int, at now: Instant, in queue: inout EventQueue<BlueprintEvent>
  ) {
    let check = design.components[component].check
    queue.schedule(.probe(UInt16(component)), at: now + check.interval)
    let part = parts[component]
    for station in part.firstStation..<part.firstStation + part.stationCount {
      let works =
        stations[station].isUp && !stations[station].isPaused && stations[station].errorRate < 1
      guard stations[station].probes.note(succeeded: works, under: check),
        stations[station].isActive
      else { continue }
      setEligible(station, !stations[station].isNoticedDown, at: now)
    }
  }

  mutating func setEligible(_ station: Int, _ isEligible: Bool, at now: Instant) {
    let component = stations[station].component
    let place = station - parts[component].firstStation
    for call in design.calls.indices where design.calls[call].target == component {
      balancers[call].setEligible(place, isEligible, at: now)
    }
  }
}
