import Kernel
import Simulation

/// The ways between instances: latency by distance, and what faults do to them.
extension BlueprintWorld {
  /// How long a message takes; nil when it is lost.
  ///
  /// -1 stands for the clients.
  @inline(__always) mutating func transit(from source: Int, to target: Int) -> TimeSpan? {
    let usual = latency(source, target)
    guard hasLinkFaults else { return usual }
    return impaired(usual, source, target)
  }

  private func latency(_ source: Int, _ target: Int) -> TimeSpan {
    guard source >= 0, target >= 0 else { return design.latencies.fromClients }
    let (from, to) = (stations[source].zone, stations[target].zone)
    if from == to { return design.latencies.withinZone }
    return design.zones[from].region == design.zones[to].region
      ? design.latencies.betweenZones : design.latencies.betweenRegions
  }

  private mutating func impaired(
    _ usual: TimeSpan, _ source: Int, _ target: Int
  ) -> TimeSpan? {
    var impairment = Impairment()
    for entry in environment.active where entry.fault.isAboutLinks {
      add(entry.fault, to: &impairment, source, target)
    }
    guard !impairment.isCut else { return nil }
    if impairment.loss > 0, mishaps.unit() < impairment.loss { return nil }
    return usual * impairment.slowdown + impairment.delay
      + impairment.reorder * (impairment.reorder > .zero ? mishaps.unit() : 0)
  }

  /// A fault between names touches a message once, however many names its ends go by.
  private func add(
    _ fault: Fault, to impairment: inout Impairment, _ source: Int, _ target: Int
  ) {
    for from in names(source) {
      for to in names(target) {
        let before = impairment
        impairment.add(fault, from: from, to: to)
        if impairment != before { return }
      }
    }
  }

  private func names(_ station: Int) -> [NodeID] {
    station < 0 ? places.sources.compactMap { $0 } : places.names[station]
  }
}
