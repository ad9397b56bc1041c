import Kernel
import Simulation
import Testing

@Suite struct EventQueueTests {
  /// Everything a schedule can do, drawn from a seed, through both queues at once.
  ///
  /// The gaps range from none to centuries, so that all levels of the wheel, ties, late cancels and
  /// stale handles occur.
  @Test(arguments: 0..<3_000) func ordersLikeTheHeap(seed: Int) {
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
        #expect(wheel.now == heap.now)
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
}
