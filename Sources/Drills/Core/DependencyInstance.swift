import Kernel
import Simulation

/// A server: a line, slots, and work that takes its time.
struct DependencyInstance: Sendable {
  let slots: Int
  let queueLimit: Int
  /// Calls being worked on, as numbers.
  var working: [Int] = []
  /// Calls in line; those that nobody has cancelled count.
  var line = CallLine()
  /// When it last stood still, nil while it runs.
  var pausedSince: Instant?
  /// How long it has stood still in all, without the present pause.
  var pausedInAll = TimeSpan.zero
  /// Calls whose work would have ended while it stood still.
  var heldBack: [Int] = []
  /// Whether it died of itself and has not come back yet: a consequence, not a fault of the plan.
  var isDeadOfItself = false
  /// Calls it must still work off until it is warm.
  var coldCallsLeft = 0
  /// When it was last seen unwell: touched by a fault or with too long a line.
  var unwellAt: Instant?
  var serviceRandom: RandomStream
  var errorRandom: RandomStream

  init(_ name: String, slots: Int, queueLimit: Int, seed: UInt64) {
    self.slots = slots
    self.queueLimit = queueLimit
    serviceRandom = RandomStream(seed: seed, name: "\(name)/service")
    errorRandom = RandomStream(seed: seed, name: "\(name)/errors")
  }

  /// Whether a call can be worked on at once.
  var hasFreeSlot: Bool { working.count < slots && pausedSince == nil }

  /// Whether one more call may wait.
  var hasRoom: Bool { line.count < queueLimit }

  /// Frees the slot of a call, if it has one.
  mutating func vacate(_ call: Int) {
    guard let place = working.firstIndex(of: call) else { return }
    working.swapAt(place, working.count - 1)
    working.removeLast()
  }

  /// Dies: empties the slots and the line and returns the calls in them, oldest first.
  mutating func dropAll() -> (working: [Int], waiting: [Int]) {
    defer {
      working.removeAll()
      heldBack.removeAll()
      pausedSince = nil
    }
    return (working, line.removeAll())
  }

  /// Runs again, and returns the calls whose work would have ended while it stood still.
  mutating func resume(at now: Instant) -> [Int] {
    pausedInAll = paused(at: now)
    pausedSince = nil
    defer { heldBack.removeAll(keepingCapacity: true) }
    return heldBack
  }

  /// How long it has stood still in all, the present pause included.
  func paused(at now: Instant) -> TimeSpan {
    pausedInAll + (pausedSince.map { now - $0 } ?? .zero)
  }

  /// How many times as long work takes: `factor` at first, less with each of the first `calls`.
  func coldness(factor: Double, calls: Int) -> Double {
    guard coldCallsLeft > 0 else { return 1 }
    let share = Double(coldCallsLeft) / Double(calls)
    return 1 + (factor - 1) * share
  }
}
