import Kernel
import Testing

@testable import Estimation

@Suite("Dimensions and units") struct UnitTests {
  /// A dimension as anybody would write it down.
  private struct Naive: Equatable {
    var exponents: [Int: Int] = [:]

    mutating func multiply(_ base: Int, _ exponent: Int) {
      exponents[base, default: 0] += exponent
      if exponents[base] == 0 { exponents[base] = nil }
    }
  }

  @Test("they multiply like a table of exponents", arguments: 1...200)
  func dimensions(_ seed: Int) {
    var stream = RandomStream(seed: UInt64(seed), name: "dimensions")
    var naive = Naive()
    var real = Dimension.one
    for _ in 0..<30 {
      let (base, power) = (stream.below(6), stream.below(7) - 3)
      guard let next = real.multiplied(by: .base(base), power: power) else { continue }
      real = next
      naive.multiply(base, power)
      #expect(real.factors.reduce(into: Naive()) { $0.multiply($1.base, $1.exponent) } == naive)
      #expect(real.factors.map(\.base) == real.factors.map(\.base).sorted())
      #expect(real.divided(by: real) == .one)
    }
  }

  @Test("what is beyond any estimate is refused, not wrapped around")
  func limits() {
    var many: Dimension? = .one
    for base in 0..<8 { many = many?.multiplied(by: .base(base)) }
    #expect(many != nil && many?.multiplied(by: .base(9)) == nil)
    #expect(Dimension.base(0).multiplied(by: .base(0), power: 60) == nil)
    #expect(Dimension.base(0).multiplied(by: .base(1), power: .max) == nil)
    #expect(
      Dimension.base(2).multiplied(by: .base(2), power: 3)?.root(2)
        == Dimension.base(2).multiplied(by: .base(2)))
    #expect(Dimension.base(2).root(2) == nil)
  }

  @Test("units of one kind become one, and nothing else changes", arguments: 1...200)
  func merging(_ seed: Int) throws {
    var stream = RandomStream(seed: UInt64(seed), name: "units")
    let words = ["GB", "MiB", "day", "s", "user", "message", "$", "Gbit"]
    let table = UnitTable()
    var unit = CompoundUnit.one
    var scale = 1.0
    for _ in 0..<6 {
      let word = words[stream.below(words.count)]
      let power = stream.below(2) == 0 ? 1 : -1
      let factor = try #require(table.unit(word))
      let kept = unit.terms.first { $0.atom.dimension == factor.dimension }
      unit = try #require(unit.multiplied(by: factor, power: power))
      scale *= (kept?.atom.scale ?? factor.scale).raised(to: power)
      #expect(abs(unit.scale / scale - 1) < 1e-12)
      let dimensions = unit.terms.map(\.atom.dimension)
      #expect(Set(dimensions).count == dimensions.count)
    }
  }

  @Test("every word is a unit with a plural that is one too")
  func words() {
    let table = UnitTable()
    for word in table.words {
      let unit = table.unit(word)
      #expect(unit != nil)
      for term in unit?.terms ?? [] {
        #expect(table.unit(term.atom.symbol) != nil && table.unit(term.atom.plural) != nil)
      }
    }
    #expect(table.canBeName("users") && table.canBeName("qps") && !table.canBeName("GB"))
  }
}
