import Kernel
import Patterns

/// The balancers of one call: one for each instance that makes it, each with its own view.
struct CallBalancers {
  private let zones: [Int]
  /// The place of each target among those of its zone.
  private let placeInZone: [Int]
  private let isLocal: Bool
  private var balancers: [Balancer]
  /// For each caller, one balancer a zone, where calls stay in their zone.
  private var local: [[Balancer]]
  /// The instances of each zone, by place among the targets.
  private let members: [[Int]]
  private var eligibleInZone: [Int]

  init(_ call: Call, callers: Int, targets: [Station], zones count: Int) {
    zones = targets.map(\.zone)
    isLocal = call.staysInZone
    let weights = targets.map { _ in 1 }
    let isUsed = !targets.isEmpty
    balancers =
      isUsed
      ? Array(repeating: Balancer(call.balancing, weights: weights), count: callers) : []
    var members = Array(repeating: [Int](), count: max(1, count))
    var places: [Int] = []
    for (place, target) in targets.enumerated() {
      places.append(members[target.zone].count)
      members[target.zone].append(place)
    }
    placeInZone = places
    self.members = members
    eligibleInZone = members.map(\.count)
    local =
      call.staysInZone
      ? Array(
        repeating: members.map { Balancer(call.balancing, weights: $0.map { _ in 1 }) },
        count: callers) : []
  }

  /// The instance of the targets that takes the call; nil when all are out.
  mutating func pick(
    key: UInt64, caller: Int, zone: Int?, excluding tried: Int, at now: Instant,
    using random: inout RandomStream
  ) -> Int? {
    if isLocal, let zone, eligibleInZone[zone] > 0 {
      let place = tried >= 0 && zones[tried] == zone ? placeInZone[tried] : -1
      let chosen = local[caller][zone].pick(
        key: key, excluding: Int32(place), at: now, using: &random)
      if let chosen { return members[zone][chosen] }
    }
    return balancers[caller].pick(key: key, excluding: Int32(tried), at: now, using: &random)
  }

  mutating func started(_ caller: Int, _ target: Int, at now: Instant) {
    guard !balancers.isEmpty else { return }
    balancers[caller].started(target, at: now)
    if isLocal { local[caller][zones[target]].started(placeInZone[target], at: now) }
  }

  mutating func finished(
    _ caller: Int, _ target: Int, succeeded: Bool, latency: TimeSpan, at now: Instant
  ) {
    guard !balancers.isEmpty else { return }
    balancers[caller].finished(target, succeeded: succeeded, latency: latency, at: now)
    guard isLocal else { return }
    local[caller][zones[target]].finished(
      placeInZone[target], succeeded: succeeded, latency: latency, at: now)
  }

  mutating func setEligible(_ target: Int, _ isEligible: Bool, at now: Instant) {
    guard !balancers.isEmpty else { return }
    for caller in balancers.indices {
      balancers[caller].setEligible(target, isEligible, at: now)
      guard isLocal else { continue }
      local[caller][zones[target]].setEligible(placeInZone[target], isEligible, at: now)
    }
    eligibleInZone[zones[target]] += isEligible ? 1 : -1
  }
}
