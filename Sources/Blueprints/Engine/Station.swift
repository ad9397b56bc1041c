import Kernel
import Patterns

/// One instance of a component: places for work, a line in front of them, and what it counts.
struct Station {
  let component: Int
  /// Its place among the instances of its component.
  let local: Int
  let shard: Int
  let zone: Int
  let concurrency: Int
  let room: Int

  /// Whether it belongs to the design now: scaled in, or booted up.
  var isActive = true
  var isUp = true
  /// What its health checks have shown.
  var probes = ProbeRecord()
  var isPaused = false
  var slowdown = 1.0
  var errorRate = 0.0
  /// Until when it works slowly because it is fresh.
  var coldUntil = Instant.zero

  var busy = 0
  var waiting = 0
  var first = Visit.none
  var last = Visit.none

  // Areas under the curves of `busy` and `waiting`, in nanoseconds of one place.
  var busyArea = 0.0
  var waitingArea = 0.0
  var changedAt = Instant.zero
  /// `busyArea` when a scaling rule or a chart looked last.
  var busyAreaSeen = 0.0

  var mostWaiting = 0
  var arrived = 0
  var completed = 0
  var failed = 0
  var refused = 0
  var broken = 0
  /// Own work, and the part of it whose caller had left.
  var workTime = 0.0
  var wastedTime = 0.0

  var runs: Bool { isUp && isActive }
  /// Whether health checks have found it down.
  var isNoticedDown: Bool { probes.isDown }

  /// Brings the areas up to `now`; call it before `busy` or `waiting` changes.
  @inline(__always) mutating func settle(at now: Instant) {
    let passed = Double(now.nanoseconds &- changedAt.nanoseconds)
    busyArea += passed * Double(busy)
    waitingArea += passed * Double(waiting)
    changedAt = now
  }
}
