import Kernel
import Simulation
import Testing

@Suite struct EventQueueTests {
  /// Everything a schedule can do, drawn from a seed, through both queues at once.
  ///
  /// The gaps range from none to centuries, so that all levels of the wheel, ties, late cancels and
  /// stale handles occur.
  @Test(arguments: 0..<3_000) func ordersLikeTheHeap(seed: Int) throws {
    var random = RandomStream(seed: UInt64(seed), name: "schedule")
    var wheel = EventQueue<Int>(capacity: 1 + random.below(64))
    var heap = HeapEventQueue<Int>()
    var handles: [(EventHandle, Int)] = []
    let widest = 1 + random.below(60)
    for number in 0..<300 {
      switch random.below(10) {
      case 0...4:
        let gap = Int64(random.next() >> UInt64(64 - (1 + random.below(widest))))
        let later = wheel.now.nanoseconds.addingReportingOverflow(gap / 2)
        guard !later.overflow, later.partialValue < .max else { continue }
        let instant = Instant(nanoseconds: later.partialValue)
        let handle = wheel.schedule(number, at: instant)
        handles.append((handle, heap.schedule(number, at: instant)))
      case 5...7:
        let reach = TimeSpan(nanoseconds: Int64(random.next() >> UInt64(4 + random.below(60))))
        let limit = random.chance(0.5) ? .distantFuture : wheel.now + reach / 8
        #expect(wheel.next(until: limit) == heap.next(until: limit))
        try #require(wheel.now == heap.now)
      case 8:
        guard !handles.isEmpty else { continue }
        let (handle, key) = handles[random.below(handles.count)]
        let isPending = wheel.isPending(handle)
        let payload = wheel.cancel(handle)
        #expect(payload == heap.cancel(key))
        #expect(isPending == (payload != nil))
      default:
        #expect(wheel.nextInstant == heap.nextInstant)
      }
      #expect(wheel.count == heap.count)
    }
    while let expected = heap.next() { #expect(wheel.next() == expected) }
    #expect(wheel.isEmpty && wheel.next() == nil)
  }

  /// A payload that counts how many of its kind are alive.
  final class Living {
    nonisolated(unsafe) static var count = 0
    init() { Self.count += 1 }
    deinit { Self.count -= 1 }
  }

  @Test func letsGoOfEveryPayload() {
    do {
      var queue = EventQueue<Living>(capacity: 1)
      let handles = (0..<50).map {
        queue.schedule(Living(), at: Instant(nanoseconds: Int64($0) << 20))
      }
      #expect(Living.count == 50)
      for handle in handles[10..<20] { queue.cancel(handle) }
      for _ in 0..<10 { _ = queue.next() }
      #expect(Living.count == 30 && queue.count == 30)
    }
    #expect(Living.count == 0)
  }

  @Test func aHandleOutlivesItsEventHarmlessly() {
    var queue = EventQueue<Int>()
    let first = queue.schedule(1, at: .zero)
    #expect(queue.next() == 1)
    let second = queue.schedule(2, at: .zero)
    #expect(queue.cancel(first) == nil)
    #expect(!queue.isPending(first) && queue.isPending(second))
    #expect(queue.cancel(second) == 2)
    #expect(queue.cancel(second) == nil)
  }

  @Test func refusesThePast() async {
    await #expect(processExitsWith: .failure) {
      var queue = EventQueue<Int>()
      queue.schedule(1, at: .zero + .seconds(1))
      _ = queue.next()
      queue.schedule(2, at: .zero)
    }
  }
}
