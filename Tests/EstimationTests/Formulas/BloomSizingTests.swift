import Kernel
import Testing

@testable import Estimation

@Suite("Bloom filters")
struct BloomSizingTests {
  @Test("1 % takes 9.585 bits a key and 7 hash functions, 0.1 % takes 14.38 bits")
  func golden() {
    #expect(abs(BloomSizing.bitsPerKey(falsePositives: 0.01) - 9.585) < 5e-4)
    #expect(abs(BloomSizing.bitsPerKey(falsePositives: 0.001) - 14.38) < 5e-3)
    #expect(BloomSizing.hashes(falsePositives: 0.01) == 7)
    #expect(BloomSizing.hashes(falsePositives: 0.9) == 1)
    #expect(abs(1e9 * BloomSizing.bitsPerKey(falsePositives: 0.01) / 8e9 - 1.20) < 5e-3)
  }

  @Test("a simulated filter of the size found errs as often as asked")
  func sameAsSimulation() {
    let keys = 20_000
    let bits = Int(Double(keys) * BloomSizing.bitsPerKey(falsePositives: 0.05))
    let hashes = Int(BloomSizing.hashes(falsePositives: 0.05))
    var stream = RandomStream(seed: 5, name: "hashes")
    var filter = [Bool](repeating: false, count: bits)
    for _ in 0..<(keys * hashes) { filter[stream.below(bits)] = true }
    var found = 0
    let tries = 200_000
    for _ in 0..<tries {
      var isFound = true
      for _ in 0..<hashes where !filter[stream.below(bits)] { isFound = false }
      if isFound { found += 1 }
    }
    let predicted = BloomSizing.falsePositives(
      bitsPerKey: Double(bits) / Double(keys), hashes: Double(hashes))
    #expect(abs(predicted - 0.05) < 0.001)
    #expect(abs(Double(found) / Double(tries) - predicted) < 0.003)
  }
}
