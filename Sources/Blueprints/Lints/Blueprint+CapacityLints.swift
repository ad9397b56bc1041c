import Kernel

extension Blueprint {
  /// Rules about instances, zones and load.
  func capacityLints() -> [Lint] {
    var lints: [Lint] = []
    let load = OfferedLoad(self, hitRatios: assumedHits)
    for (place, component) in components.enumerated()
    where component.kind.role != .source && !component.kind.isOutside {
      lints += placing(place, component)
      lints += room(place, component, load)
    }
    lints += emptyCaches()
    return lints
  }

  /// What lints take for caches: they work, and let a tenth through.
  private var assumedHits: [Int: Double] {
    var hits: [Int: Double] = [:]
    for (place, component) in components.enumerated() where component.cache != nil {
      hits[place] = 0.9
    }
    return hits
  }

  private func placing(_ place: Int, _ component: Component) -> [Lint] {
    var lints: [Lint] = []
    if component.replicas == 1, isWaitedFor(place) {
      lints.append(
        Lint(
          "single-point", .hard, component.name,
          "\(component.name) has one instance\(component.shards > 1 ? " of each shard" : ""): "
            + "when it stops, everything that waits for it stops. Run at least two."))
    }
    if zones.count > 1, component.replicas > 1, component.zones.count == 1, isWaitedFor(place) {
      lints.append(
        Lint(
          "one-zone", .hard, component.name,
          "all instances of \(component.name) stand in \(zones[component.zones[0]].name) and fail "
            + "together. Spread them over zones."))
    }
    return lints
  }

  private func room(_ place: Int, _ component: Component, _ load: OfferedLoad) -> [Lint] {
    let use = load.use(of: place, in: self)
    let percent = Unit.fraction.text(use)
    if use > 1 {
      return [
        Lint(
          "overloaded", .hard, component.name,
          "\(component.name) would need \(percent) of its places at the peak: its line grows as "
            + "long as the load lasts.")
      ]
    }
    var lints: [Lint] = []
    if use > 0.8 {
      lints.append(
        Lint(
          "tight", .soft, component.name,
          "\(component.name) has \(percent) of its places busy at the peak; near 100 % waiting grows "
            + "without bound."))
    }
    guard zones.count > 1, component.zones.count > 1, component.kind.role != .queue else {
      return lints
    }
    let lost = (component.replicas + component.zones.count - 1) / component.zones.count
    let left = component.replicas - lost
    let after = left == 0 ? Double.infinity : load.use(of: place, in: self, replicas: left)
    if after > 1 {
      lints.append(
        Lint(
          "no-zone-headroom", .hard, component.name,
          "without one of its \(component.zones.count) zones \(component.name) has \(left) of "
            + "\(component.replicas) instances, and its load would take "
            + "\(left == 0 ? "places it does not have" : Unit.fraction.text(after) + " of them")."))
    }
    return lints
  }

  /// Stores behind a cache, as they are when the cache is empty.
  private func emptyCaches() -> [Lint] {
    guard components.contains(where: { $0.cache != nil }) else { return [] }
    let cold = OfferedLoad(self)
    let warm = OfferedLoad(self, hitRatios: assumedHits)
    var lints: [Lint] = []
    for (place, component) in components.enumerated() where component.kind.role == .store {
      let use = cold.use(of: place, in: self)
      guard use > 1, warm.use(of: place, in: self) <= 1 else { continue }
      lints.append(
        Lint(
          "cache-carries-load", .soft, component.name,
          "with an empty cache \(component.name) would need \(Unit.fraction.text(use)) of its places: "
            + "losing the cache is losing the store. Limit what reaches it, or warm caches first."))
    }
    return lints
  }
}

extension ComponentKind {
  /// Whether somebody else runs it.
  var isOutside: Bool { Self.outside.contains(self) }
}
