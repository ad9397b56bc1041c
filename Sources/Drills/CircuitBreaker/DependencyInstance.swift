import Kernel
import Simulation

/// One instance of the dependency: a line, slots, and work that takes its time.
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

  init(_ number: Int, _ settings: CallSettings, seed: UInt64) {
    self.init(
      settings.instanceNames[number], slots: settings.slots, queueLimit: settings.queueLimit,
      seed: seed)
  }

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

  /// Empties the line and the slots and returns the calls in them, oldest first.
  mutating func dropAll() -> [Int] {
    let dropped = working + line.removeAll()
    working.removeAll()
    heldBack.removeAll()
    return dropped
  }

  /// How long it has stood still in all, the present pause included.
  func paused(at now: Instant) -> TimeSpan {
    pausedInAll + (pausedSince.map { now - $0 } ?? .zero)
  }

  /// How many times as long work takes because the instance is cold.
  func coldness(_ settings: CallSettings) -> Double {
    coldness(factor: settings.coldFactor, calls: settings.coldCalls)
  }

  /// How many times as long work takes: `factor` at first, less with each of the first `calls`.
  func coldness(factor: Double, calls: Int) -> Double {
    guard coldCallsLeft > 0 else { return 1 }
    let share = Double(coldCallsLeft) / Double(calls)
    return 1 + (factor - 1) * share
  }
}
