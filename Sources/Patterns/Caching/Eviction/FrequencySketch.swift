import Kernel

/// Estimates how often keys were used lately: a count-min sketch of 4-bit counters in four rows.
///
/// Estimates are never too low, save for the limit of 15 and for aging: after ten times the capacity
/// in uses all counters are halved. Source: github.com/ben-manes/caffeine FrequencySketch.java.
struct FrequencySketch: Sendable, Equatable {
  private var table: [UInt64]
  private let mask: Int
  private let sampleSize: Int
  private(set) var size = 0
  var random: RandomStream

  init(capacity: Int, seed: UInt64) {
    var words = 8
    while words < capacity { words *= 2 }
    table = Array(repeating: 0, count: words)
    mask = words - 1
    sampleSize = 10 * capacity
    random = RandomStream(seed: seed, name: "admission")
  }

  /// The word and the shift of a key's counter in `row`; each row owns four of a word's counters.
  @inline(__always) private func place(_ hash: UInt64, row: UInt64) -> (word: Int, shift: UInt64) {
    let h = hash &+ row &* ((hash >> 32) | 1)
    return (Int(truncatingIfNeeded: h >> 2) & mask, (row * 4 + (h & 3)) * 4)
  }

  /// The estimate, 0 to 15.
  func uses(of key: UInt64) -> UInt64 {
    let hash = KeyIndex.mixed(key)
    var least: UInt64 = 15
    for row: UInt64 in 0..<4 {
      let (word, shift) = place(hash, row: row)
      least = min(least, (table[word] >> shift) & 15)
    }
    return least
  }

  /// Counts one use.
  mutating func count(_ key: UInt64) {
    let hash = KeyIndex.mixed(key)
    var isCounted = false
    for row: UInt64 in 0..<4 {
      let (word, shift) = place(hash, row: row)
      if (table[word] >> shift) & 15 < 15 {
        table[word] += 1 << shift
        isCounted = true
      }
    }
    guard isCounted else { return }
    size += 1
    if size >= sampleSize { age() }
  }

  /// Halves every counter.
  private mutating func age() {
    var odd = 0
    for word in table.indices {
      odd += (table[word] & 0x1111_1111_1111_1111).nonzeroBitCount
      table[word] = (table[word] >> 1) & 0x7777_7777_7777_7777
    }
    size = (size - odd / 4) / 2
  }

  mutating func clear() {
    for word in table.indices { table[word] = 0 }
    size = 0
  }
}
