import Kernel
import Simulation

/// Caches answer what they hold; what they lack is loaded by them or by whoever asked.
extension BlueprintWorld {
  mutating func lookUp(
    _ number: UInt32, _ component: Int, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    let instance = stations[Int(visits[number].station)].local
    let key = visits[number].key
    if writes[Int(visits[number].operation)] {
      caches[component]?.forget(instance, key)
      return advance(number, at: now, in: &queue)
    }
    if caches[component]?.holds(instance, key, at: now) == true {
      if visits[number].flags.contains(.measured) { caches[component]?.hits += 1 }
      return finish(number, succeeded: true, at: now, in: &queue)
    }
    if visits[number].flags.contains(.measured) { caches[component]?.misses += 1 }
    guard parts[component].stepCount > 0 else {
      visits[number].flags.insert(.missed)
      return finish(number, succeeded: true, at: now, in: &queue)
    }
    guard caches[component]?.design.coalesces == true else {
      visits[number].flags.insert(.loads)
      return advance(number, at: now, in: &queue)
    }
    if let leader = caches[component]?.loading[instance][key] {
      visits[number].state = .coalesced
      visits[number].next = visits[leader].followers
      visits[leader].followers = number
      meters.coalesced += 1
    } else {
      caches[component]?.loading[instance][key] = number
      visits[number].flags.insert(.loads)
      advance(number, at: now, in: &queue)
    }
  }

  /// A cache that loads for itself keeps what came, and serves all who waited for it.
  mutating func loadEnds(
    _ number: UInt32, _ component: Int, succeeded: Bool, at now: Instant,
    in queue: inout EventQueue<Event>
  ) {
    guard visits[number].flags.contains(.loads) else { return }
    let instance = stations[Int(visits[number].station)].local
    let key = visits[number].key
    visits[number].flags.remove([.loads, .missed])
    if succeeded { caches[component]?.fill(instance, key, at: now) }
    guard caches[component]?.loading[instance][key] == number else { return }
    caches[component]?.loading[instance][key] = nil
    var follower = visits[number].followers
    visits[number].followers = Visit.none
    while follower != Visit.none {
      let next = visits[follower].next
      finish(follower, succeeded: succeeded, at: now, in: &queue)
      follower = next
    }
  }

  /// The caller learns that a cache had nothing, and fills it once it has the answer itself.
  mutating func noteCache(_ number: UInt32, _ parent: UInt32, at now: Instant) {
    let call = Int(visits[number].call)
    if calls[call].isCache {
      if visits[number].flags.contains(.missed) {
        let isSecond = calls[call].isAfterMiss
        visits[parent].missedBefore = isSecond ? visits[parent].missedAt : -1
        visits[parent].missedAt = visits[number].station
        visits[parent].flags.insert(.missed)
      } else {
        if calls[call].isAfterMiss { fill(Int(visits[parent].missedAt), parent, at: now) }
        visits[parent].flags.remove(.missed)
      }
      return
    }
    guard calls[call].isAfterMiss else { return }
    fill(Int(visits[parent].missedAt), parent, at: now)
    fill(Int(visits[parent].missedBefore), parent, at: now)
  }

  /// The caller puts what it has got into the cache that lacked it.
  private mutating func fill(_ station: Int, _ parent: UInt32, at now: Instant) {
    guard station >= 0, stations[station].isUp else { return }
    let (instance, key) = (stations[station].local, visits[parent].key)
    caches[stations[station].component]?.fill(instance, key, at: now)
  }
}
