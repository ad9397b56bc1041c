import Kernel

/// The slots of a server: work begins in the order in which it came, in the first slot that is free.
struct ServicePool: Sendable {
  private var free: [Instant]
  /// How much work was taken in all.
  private(set) var busy = TimeSpan.zero

  init(slots: Int) { free = Array(repeating: .zero, count: max(1, slots)) }

  /// Takes work that costs `cost` and returns when it is done.
  mutating func take(_ cost: TimeSpan, at now: Instant) -> Instant {
    var slot = 0
    for index in free.indices where free[index] < free[slot] { slot = index }
    let end = max(now, free[slot]) + cost
    free[slot] = end
    busy = busy + cost
    return end
  }

  /// Drops everything: the process died.
  mutating func clear(at now: Instant) {
    for index in free.indices { free[index] = now }
  }
}
