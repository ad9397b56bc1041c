import Kernel
import Simulation

/// The classic measure of an event queue: the hold model.
///
/// So many processes each sleep for an exponential time of one second, again and again; the number
/// of pending events stays the same.
///
/// It goes through the interface of every scenario: a `World` in another module than the queue,
/// delays out of a `Distribution`. The order of all events must be the heap's.
struct HoldModelBenchmark: Benchmark {
  let pending: Int

  var name: String { "hold-\(pending)" }

  private static let eventCount = 2_000_000
  private static let rounds = 9

  func figures() throws(BenchmarkFailure) -> [Figure] {
    let expected = orderOfTheHeap()
    let seconds = try ProcessorClock.median(rounds: Self.rounds) { () throws(BenchmarkFailure) in
      let order = orderOfTheWheel()
      try BenchmarkFailure.require(
        order == expected, "the order of events differs from the heap's (\(order), \(expected))")
    }
    return [Figure(name: name, value: Double(Self.eventCount) / seconds, unit: "events/s")]
  }

  private func orderOfTheWheel() -> String {
    var universe = Universe(Sleepers(), capacity: pending)
    for process in 0..<pending { universe.queue.schedule(.wake(UInt32(process)), at: .zero) }
    universe.run(budget: Self.eventCount)
    return universe.world.order.text
  }

  private func orderOfTheHeap() -> String {
    var world = Sleepers()
    var queue = HeapEventQueue<Sleepers.Event>()
    for process in 0..<pending { queue.schedule(.wake(UInt32(process)), at: .zero) }
    for _ in 0..<Self.eventCount {
      guard let event = queue.next() else { break }
      let delay = world.note(event, at: queue.now)
      queue.schedule(event, at: queue.now + delay)
    }
    return world.order.text
  }
}

/// The processes of the hold model.
private struct Sleepers: World {
  enum Event: Sendable { case wake(UInt32) }

  var order = Digest()
  private var stream = RandomStream(seed: 1, name: "hold")
  private let delay = Distribution.exponential(mean: .seconds(1))

  mutating func handle(_ event: Event, at now: Instant, in queue: inout EventQueue<Event>) {
    let delay = note(event, at: now)
    queue.schedule(event, after: delay)
  }

  /// Writes down that `event` happened and returns how long its process sleeps.
  mutating func note(_ event: Event, at now: Instant) -> TimeSpan {
    switch event {
    case .wake(let process):
      order.fold(UInt64(bitPattern: now.nanoseconds) ^ UInt64(process) << 44)
    }
    return delay.sample(&stream)
  }
}
