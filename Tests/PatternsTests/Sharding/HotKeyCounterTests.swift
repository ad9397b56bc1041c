import Kernel
import Testing

@testable import Patterns

@Suite("Hot keys are found with a handful of counters")
struct HotKeyCounterTests {
  @Test("no key with its share is missed, and no cold key is called hot", arguments: UInt64(1)...6)
  func findsHeavyKeys(seed: UInt64) {
    var random = RandomStream(seed: seed, name: "requests")
    var counter = HotKeyCounter(capacity: 16, halfLife: .seconds(1_000))
    var exact: [Int: Int] = [:]
    let hot = random.below(1_000)
    for step in 0..<20_000 {
      let key = random.chance(0.2) ? hot : random.below(1_000)
      exact[key, default: 0] += 1
      counter.count(key, at: Instant(nanoseconds: Int64(step)))
      // What is sure is never more than what was really asked.
      #expect(counter.share(of: key) * counter.total <= Double(exact[key] ?? 0) + 0.5)
    }
    #expect(counter.isHot(hot, threshold: 0.15))
    for key in 0..<1_000 where key != hot { #expect(!counter.isHot(key, threshold: 0.05)) }
  }

  @Test("yesterday's celebrity is forgotten")
  func fades() {
    var counter = HotKeyCounter(capacity: 4, halfLife: .seconds(1))
    for step in 0..<1_000 { counter.count(7, at: Instant(nanoseconds: Int64(step))) }
    #expect(counter.isHot(7, threshold: 0.9))
    let later = Instant.zero + .seconds(20)
    for key in 0..<400 { counter.count(100 + key % 40, at: later) }
    #expect(!counter.isHot(7, threshold: 0.05))
  }
}
