import Kernel
import Simulation

/// Instances come and go as the load asks for them, each after its time to boot.
extension BlueprintWorld {
  /// How long a fresh instance works slowly: its caches and its code are cold for a minute.
  static var coldTime: TimeSpan { .seconds(60) }

  /// Looks at the use since the last look and asks for `ceil(instances × use / target)`, the rule of
  /// the Kubernetes Horizontal Pod Autoscaler.
  mutating func scale(_ component: Int, at now: Instant, in queue: inout EventQueue<Event>) {
    guard var scaler = scalers[component] else { return }
    let part = parts[component]
    let range = part.firstStation..<part.firstStation + part.perShard
    var area = 0.0
    for station in range {
      stations[station].settle(at: now)
      area += stations[station].busyArea - stations[station].busyAreaSeen
      stations[station].busyAreaSeen = stations[station].busyArea
    }
    let active = range.count { stations[$0].isActive }
    let room = Double(active * design.components[component].concurrency)
    let use = area / (room * Double(scaler.rule.every.nanoseconds))
    let wanted = scaler.wanted(active: active, use: use, at: now)
    if wanted > active + scaler.booting {
      boot(wanted - active - scaler.booting, component, &scaler, use, at: now, in: &queue)
    } else if wanted < active {
      retire(active - wanted, component, at: now)
    }
    scalers[component] = scaler
    queue.schedule(.scale(UInt16(component)), at: now + scaler.rule.every)
  }

  private mutating func boot(
    _ count: Int, _ component: Int, _ scaler: inout ScalingState, _ use: Double,
    at now: Instant, in queue: inout EventQueue<Event>
  ) {
    let part = parts[component]
    var left = count
    for station in part.firstStation..<part.firstStation + part.perShard
    where left > 0 && !stations[station].isActive && !scaler.isBooting(station) {
      scaler.bootingStations.append(station)
      left -= 1
      queue.schedule(
        .booted(UInt32(station)), at: now + design.components[component].boot)
    }
    let percent = Unit.fraction.text(use)
    _ = environment.trace.record(
      at: now, design.components[component].name, "scales-out",
      "at \(percent) of its places in use, \(count - left) more instances are started",
      weight: .change, cause: story.lastFault)
  }

  mutating func bootEnds(
    _ station: Int, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    let component = stations[station].component
    scalers[component]?.bootingStations.removeAll { $0 == station }
    stations[station].settle(at: now)
    stations[station].isActive = true
    stations[station].coldUntil = now + Self.coldTime
    if !stations[station].isNoticedDown { setEligible(station, true, at: now) }
    fetch(station, at: now, in: &queue)
  }

  private mutating func retire(_ count: Int, _ component: Int, at now: Instant) {
    let part = parts[component]
    var left = count
    for station in (part.firstStation..<part.firstStation + part.perShard).reversed()
    where left > 0 && stations[station].isActive {
      stations[station].isActive = false
      if !stations[station].isNoticedDown { setEligible(station, false, at: now) }
      left -= 1
    }
  }
}

/// What the scaling rule of one component remembers.
struct ScalingState {
  let rule: Scaling
  var bootingStations: [Int] = []
  /// What was wanted lately, with the time; the most of it counts before instances go.
  private var wishes: [(at: Instant, wanted: Int)] = []

  init(_ rule: Scaling) { self.rule = rule }

  var booting: Int { bootingStations.count }

  func isBooting(_ station: Int) -> Bool { bootingStations.contains(station) }

  /// How many instances there should be.
  mutating func wanted(active: Int, use: Double, at now: Instant) -> Int {
    let exact = Double(active) * use / rule.target
    let wish = min(rule.maximum, max(rule.minimum, Int(exact.rounded(.up))))
    wishes.append((now, wish))
    wishes.removeAll { now - $0.at > rule.calm }
    let most = wishes.reduce(wish) { max($0, $1.wanted) }
    return wish >= active ? wish : min(active, most)
  }
}
