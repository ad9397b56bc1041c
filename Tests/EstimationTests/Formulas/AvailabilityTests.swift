import Testing

@testable import Estimation

@Suite("Availability of parts and wholes")
struct AvailabilityTests {
  private func of(
    _ parts: [Double], _ law: (UnsafeBufferPointer<Double>) -> Double
  ) -> Double {
    parts.withUnsafeBufferPointer(law)
  }

  @Test("chains and pairs have the availability of the table")
  func golden() {
    let three = of([0.999, 0.999, 0.999], AvailabilityLaw.series)
    #expect(abs(three - 0.997003) < 5e-7)
    let five = of([Double](repeating: 0.9999, count: 5), AvailabilityLaw.series)
    #expect(abs(five - 0.99950) < 5e-6)
    #expect(abs(of([0.999, 0.999], AvailabilityLaw.parallel) - 0.999999) < 1e-12)
    #expect(abs(AvailabilityLaw.quorum(needed: 2, of: 3, part: 0.999) - 0.999997) < 5e-9)
    #expect(abs(AvailabilityLaw.quorum(needed: 2, of: 3, part: 0.99) - 0.999702) < 5e-7)
    #expect(abs(AvailabilityLaw.nines(0.9999) - 4) < 1e-9)
  }

  @Test("a quorum is up in just the states that an enumeration finds", arguments: 1...12)
  func quorumIsAnEnumeration(count: Int) {
    for part in [0.0, 0.03, 0.5, 0.9, 0.999, 1] {
      var up = [Double](repeating: 0, count: count + 1)
      for state in 0..<(1 << count) {
        var probability = 1.0
        for place in 0..<count { probability *= state >> place & 1 == 1 ? part : 1 - part }
        up[state.nonzeroBitCount] += probability
      }
      for needed in 0...count {
        let expected = up[needed...].reduce(0, +)
        let share = AvailabilityLaw.quorum(
          needed: Double(needed), of: Double(count), part: part)
        #expect(abs(share - expected) < 1e-13)
      }
    }
  }

  @Test("the rare failure of a large quorum keeps its digits")
  func rareFailures() {
    // 4 of 5 down at 1e-4 each: 5 * 1e-16 * (1 - 1e-4) + 1e-20.
    let down = 1 - AvailabilityLaw.quorum(needed: 2, of: 5, part: 0.9999)
    #expect(abs(down - 5e-16) < 1.2e-16)
    // By symmetry just half of an odd number of coins shows a majority of heads.
    let half = AvailabilityLaw.quorum(needed: 50_001, of: 100_001, part: 0.5)
    #expect(abs(half - 0.5) < 1e-9)
  }
}
