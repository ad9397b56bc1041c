import Foundation
import Kernel
import Progress
import Recall
import Testing

/// Logs of several machines: whatever the order of imports, the same comes out.
@Suite struct MergingTests {
  /// Three machines whose clocks disagree, which exchanged logs in between at random.
  private func machines(seed: UInt64) throws -> [ProgressStore] {
    var chance = RandomStream(seed: seed, name: "machines")
    let hands = [Hand(), Hand(1_767_254_400_000 + 7_000_000), Hand(1_767_254_400_000 - 90_000_000)]
    let stores = try hands.enumerated().map { try ProgressStore.test($1, device: "m\($0)") }
    var learner = RandomLearner(seed: seed, name: "learner")
    for _ in 0..<60 {
      let place = chance.below(3)
      hands[place].move(seconds: chance.below(40_000))
      try learner.act(on: stores[place])
      if chance.chance(0.08) {
        let other = stores[(place + 1) % 3]
        try other.importLog(Array(stores[place].exportLog().utf8))
      }
    }
    return stores
  }

  @Test(arguments: UInt64(1)...8)
  func `imports commute, repeat without effect, and agree with a rebuilt store`(
    seed: UInt64
  ) throws {
    let logs = try machines(seed: seed).map { Array(try $0.exportLog().utf8) }
    var outcomes: Set<String> = []
    for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0, 1, 0, 2]] {
      let store = try ProgressStore.test(device: "merger")
      for place in order { try store.importLog(logs[place]) }
      let merged = try store.exportLog()
      #expect(try store.importLog(Array(merged.utf8)).addedCount == 0)
      outcomes.insert(merged)
      try store.rebuild()
      #expect(try store.exportLog() == merged, "rebuilding changes nothing")
    }
    #expect(outcomes.count == 1)
  }

  @Test(arguments: UInt64(20)...24)
  func `folding as events come agrees with folding them all at the end`(seed: UInt64) throws {
    let hand = Hand()
    let store = try ProgressStore.test(hand)
    var learner = RandomLearner(seed: seed, name: "learner")
    for _ in 0..<120 {
      hand.move(seconds: learner.chance.below(50_000))
      try learner.act(on: store)
    }
    let folded = try store.exportLog()
    try store.rebuild()
    #expect(try store.exportLog() == folded)
    let copy = try ProgressStore.test(device: "copy")
    let count = try store.history(limit: .max).count
    #expect(try copy.importLog(Array(folded.utf8)).addedCount == count)
    #expect(try copy.exportLog() == folded)
    #expect(try copy.importLog(Array(folded.utf8)).knownCount == count)
  }

  @Test func `what was done in knowledge of something comes after it, whatever the clocks`() throws
  {
    let fast = try ProgressStore.test(Hand(1_900_000_000_000), device: "fast")
    let slow = try ProgressStore.test(Hand(1_700_000_000_000), device: "slow")
    let place = Place(topic: "sharding", step: "ring")
    let note = try fast.append(.noteAdded(place, text: "older"))
    try fast.append(.noteEdited(note.id, text: "old"))
    try slow.importLog(Array(fast.exportLog().utf8))
    try slow.append(.noteEdited(note.id, text: "new"))
    try fast.importLog(Array(slow.exportLog().utf8))
    #expect(try fast.notes().map(\.text) == ["new"])
  }

  @Test func `one machine undoes what another did, and only once`() throws {
    let one = try ProgressStore.test(device: "one")
    let two = try ProgressStore.test(device: "two")
    let review = try one.append(.reviewed(card: "c", .good))
    try two.importLog(Array(one.exportLog().utf8))
    #expect(try two.undo().isEmpty, "plain undo leaves another machine's actions alone")
    #expect(try two.undo(review.id).map(\.id) == [review.id])
    #expect(try one.undo().map(\.id) == [review.id])
    try one.importLog(Array(two.exportLog().utf8))
    #expect(try one.schedule().isEmpty)
    #expect(try one.undo(review.id).isEmpty)
  }
}
