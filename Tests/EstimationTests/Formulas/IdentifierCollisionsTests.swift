import Kernel
import Testing

@testable import Estimation

@Suite("Random identifiers")
struct IdentifierCollisionsTests {
  private static let sevenLetters = PortableMath.power(62, 7)

  @Test("23 birthdays are more likely than not to collide, and 2.2 million codes of 7 letters")
  func golden() {
    #expect(abs(IdentifierCollisions.probability(ids: 23, space: 365) - 0.507297) < 5e-7)
    #expect(IdentifierCollisions.ids(space: 365, probability: 0.5) == 23)
    let codes = IdentifierCollisions.ids(space: Self.sevenLetters, probability: 0.5)
    #expect(abs(codes - 2.2e6) < 0.02e6)
    let expected = IdentifierCollisions.expected(ids: 12e9, space: Self.sevenLetters)
    #expect(abs(expected / 2.0e7 - 1) < 0.03)
  }

  @Test(
    "the probability is one less the product over all ids",
    arguments: [10.0, 365, 2_999, 3_001, 20_000, 1e6])
  func sameAsProduct(space: Double) {
    var none = 1.0
    for ids in 1..<min(Int(space), 3_000) {
      let probability = IdentifierCollisions.probability(ids: Double(ids), space: space)
      #expect(abs(probability - (1 - none)) < 1e-12)
      none *= 1 - Double(ids) / space
    }
  }

  @Test("rare collisions keep their digits")
  func rareCollisions() {
    // n (n - 1) / 2m, with all further terms below 1e-9 of it.
    let space = PortableMath.power(2, 122)
    let pairs = 1e6 * (1e6 - 1) / 2 / space
    #expect(abs(IdentifierCollisions.probability(ids: 1e6, space: space) / pairs - 1) < 1e-9)
    #expect(abs(IdentifierCollisions.expected(ids: 1e6, space: space) / pairs - 1) < 1e-9)
    #expect(abs(IdentifierCollisions.probability(ids: 2, space: 5_000) * 5_000 - 1) < 1e-9)
    #expect(IdentifierCollisions.probability(ids: 1, space: 5_000) == 0)
    #expect(IdentifierCollisions.probability(ids: 12, space: 11) == 1)
  }

  @Test("fewer ids than found stay below the probability", arguments: [1.0, 2, 50, 4_000, 1e9])
  func idsAreTheSmallest(space: Double) {
    for probability in [1e-6, 0.01, 0.5, 0.999] {
      let ids = IdentifierCollisions.ids(space: space, probability: probability)
      let reached = IdentifierCollisions.probability(ids: ids, space: space)
      let before = IdentifierCollisions.probability(ids: ids - 1, space: space)
      #expect(reached >= probability * (1 - 1e-12))
      #expect(before < probability)
    }
  }

  @Test("both ways to the expected collisions meet, and a count of draws agrees")
  func expectedCollisions() {
    for ids in [99.0, 100, 101, 1_500] {
      let direct = ids - 1_000 * (1 - PortableMath.power(1 - 1.0 / 1_000, ids))
      #expect(abs(IdentifierCollisions.expected(ids: ids, space: 1_000) - direct) < 1e-9)
    }
    var stream = RandomStream(seed: 3, name: "ids")
    var collisions = 0
    for _ in 0..<2_000 {
      var taken = [Bool](repeating: false, count: 1_000)
      for _ in 0..<100 {
        let id = stream.below(1_000)
        if taken[id] { collisions += 1 }
        taken[id] = true
      }
    }
    let expected = IdentifierCollisions.expected(ids: 100, space: 1_000)
    #expect(abs(Double(collisions) / 2_000 - expected) < 0.2)
  }
}
