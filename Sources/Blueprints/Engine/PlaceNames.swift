import Kernel

/// The names that fault lines may use: components, their instances, zones and regions.
///
/// A fault of a component, a zone or a region is one of each instance in it.
struct PlaceNames {
  let roster: Roster
  /// For each name, the instances that it stands for.
  let members: [[Int]]
  /// For each instance, the names that it goes by: itself, its component, its zone, its region.
  let names: [[NodeID]]
  /// The names of the clients of each source.
  let sources: [NodeID?]

  init(_ design: Blueprint, _ stations: [Station]) {
    var roster = Roster()
    var members: [[Int]] = []
    var names = Array(repeating: [NodeID](), count: stations.count)
    var sources: [NodeID?] = Array(repeating: nil, count: design.components.count)
    func add(_ name: String, _ places: [Int]) -> NodeID? {
      guard roster.node(name) == nil else { return nil }
      let node = roster.add(name)
      members.append(places)
      for place in places { names[place].append(node) }
      return node
    }
    for (number, component) in design.components.enumerated() {
      let own = stations.indices.filter { stations[$0].component == number }
      let node = add(component.name, own)
      if component.kind.role == .source { sources[number] = node }
      if own.count > 1 {
        for place in own {
          _ = add(Self.name(of: stations[place], component), [place])
        }
      }
    }
    for (number, zone) in design.zones.enumerated() {
      _ = add(zone.name, stations.indices.filter { stations[$0].zone == number })
    }
    for region in design.regions {
      _ = add(region, stations.indices.filter { design.zones[stations[$0].zone].region == region })
    }
    self.roster = roster
    self.members = members
    self.names = names
    self.sources = sources
  }

  /// `catalog-2`, or `users-s1-2` for an instance of a shard.
  static func name(of station: Station, _ component: Component) -> String {
    guard component.shards > 1 else { return "\(component.name)-\(station.local + 1)" }
    let perShard = max(component.replicas, component.scaling?.maximum ?? 0)
    return "\(component.name)-s\(station.shard + 1)-\(station.local % perShard + 1)"
  }
}
