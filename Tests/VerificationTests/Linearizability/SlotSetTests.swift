import Kernel
import Testing

@testable import Verification

@Suite struct SlotSetTests {
  @Test("sets of slots of either width are sets", arguments: 0..<50 as Range<UInt64>)
  func areSets(seed: UInt64) {
    compare(NarrowSlots(), below: NarrowSlots.capacity, seed)
    compare(WideSlots(), below: 200, seed)
  }

  /// Inserts and removes at random, beside a set of the standard library.
  private func compare<Slots: SlotSet>(_ empty: Slots, below bound: Int, _ seed: UInt64) {
    var stream = RandomStream(seed: seed, name: "slots")
    var sets = [(empty, Set<Int>()), (empty, Set<Int>())]
    for _ in 0..<100 {
      let place = stream.below(2)
      let slot = stream.below(bound)
      if stream.chance(0.5) {
        sets[place].0.insert(slot)
        sets[place].1.insert(slot)
      } else {
        let removed = stream.chance(0.5) ? slot : sets[place].1.max() ?? slot
        sets[place].0.remove(removed)
        sets[place].1.remove(removed)
      }
      let ((left, leftModel), (right, rightModel)) = (sets[0], sets[1])
      #expect((0..<bound).allSatisfy { left.contains($0) == leftModel.contains($0) })
      #expect(left.count == leftModel.count)
      #expect(left.isSubset(of: right) == leftModel.isSubset(of: rightModel))
      #expect((left == right) == (leftModel == rightModel))
      #expect(left != right || left.fingerprint == right.fingerprint)
      let rebuilt = leftModel.sorted().reduce(into: empty) { $0.insert($1) }
      #expect(rebuilt == left)
    }
  }
}
