import Kernel
import Testing
import Verification

@Suite struct ShrinkingTests {
  /// Fails when everything planted is there, in order; the planted sets are random.
  @Test(arguments: 0..<100 as Range<UInt64>)
  func findsThePlantedSet(seed: UInt64) {
    var random = RandomStream(seed: seed, name: "planted")
    let count = 1 + random.below(60)
    var places = Array(0..<count)
    random.shuffle(&places)
    let planted = places.prefix(random.below(min(count, 6) + 1)).sorted()
    var trials = 0
    let found = Shrinking.shrink(Array(0..<count), budget: 10_000) { items in
      trials += 1
      return planted.allSatisfy(items.contains)
    }
    #expect(found.items == planted)
    #expect(found.isMinimal && found.trials == trials)
  }

  /// With several ways to fail, what is left is one of them, or at least nothing can go.
  @Test(arguments: 0..<100 as Range<UInt64>)
  func nothingCanBeLeftOut(seed: UInt64) {
    var random = RandomStream(seed: seed, name: "ways")
    let ways = (0..<4).map { _ in Set((0..<(1 + random.below(5))).map { _ in random.below(40) }) }
    let isFailing = { (items: [Int]) in ways.contains { $0.isSubset(of: Set(items)) } }
    let found = Shrinking.minimize(Array(0..<40), budget: 10_000, stillFails: isFailing)
    #expect(isFailing(found))
    for place in found.indices {
      var less = found
      less.remove(at: place)
      #expect(!isFailing(less))
    }
  }

  @Test func asksNoMoreThanTheBudgetAndSaysSo() {
    let isFailing = { (items: [Int]) in items.contains(3) && items.contains(50) }
    let enough = Shrinking.shrink(Array(0..<64), budget: 10_000, stillFails: isFailing).trials
    for budget in 0..<(enough + 5) {
      var trials = 0
      let found = Shrinking.shrink(Array(0..<64), budget: budget) { items in
        trials += 1
        return isFailing(items)
      }
      #expect(trials <= budget && found.trials == trials)
      #expect(isFailing(found.items))
      #expect(found.isMinimal == (budget >= enough))
    }
  }

  @Test func leavesOutWhatSimplerFormsMakeNeedless() {
    let found = Shrinking.shrink(
      [1, 10], budget: 1_000, simpler: { $0 == 10 ? [100] : [] },
      stillFails: { items in items.contains(100) || items.reduce(0, +) == 11 })
    #expect(found.items == [100] && found.isMinimal)
  }

  @Test func simplifiesWhatIsLeft() {
    let found = Shrinking.shrink(
      [900, 40, 7, 350], budget: 1_000,
      simpler: { item in [0, item / 2, item - 1].filter { $0 >= 0 && $0 < item } },
      stillFails: { items in items.contains { $0 >= 300 } && items.contains { $0 % 2 == 1 } })
    #expect(found.items == [300, 1] || found.items == [1, 300] || found.items == [301])
    #expect(found.isMinimal)
  }

  @Test func aFailureThatNeedsNothingShrinksToNothing() {
    let found = Shrinking.shrink([1, 2, 3], budget: 10) { _ in true }
    #expect(found.items.isEmpty && found.trials == 1)
  }

  @Test func neverAsksTheSameTwice() {
    var asked: [[Int]] = []
    _ = Shrinking.minimize(Array(0..<32), budget: 10_000) { items in
      asked.append(items)
      return Set([1, 9, 17, 30]).isSubset(of: Set(items))
    }
    #expect(Set(asked).count == asked.count)
  }
}
