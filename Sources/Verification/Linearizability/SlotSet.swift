/// A set of small numbers: the slots of open operations, or the places of crashed ones.
protocol SlotSet: Hashable, Sendable {
  init()
  var count: Int { get }
  /// Bits that differ between most sets that differ.
  var fingerprint: UInt64 { get }
  func contains(_ slot: Int) -> Bool
  mutating func insert(_ slot: Int)
  mutating func remove(_ slot: Int)
  func isSubset(of other: Self) -> Bool
}

/// A set of numbers below 64.
struct NarrowSlots: SlotSet {
  static let capacity = 64

  private var bits: UInt64 = 0

  @inline(__always) var count: Int { bits.nonzeroBitCount }
  @inline(__always) var fingerprint: UInt64 { bits }
  @inline(__always) func contains(_ slot: Int) -> Bool { bits >> UInt64(slot) & 1 == 1 }
  @inline(__always) mutating func insert(_ slot: Int) { bits |= 1 << UInt64(slot) }
  @inline(__always) mutating func remove(_ slot: Int) { bits &= ~(1 << UInt64(slot)) }
  @inline(__always) func isSubset(of other: Self) -> Bool { bits & ~other.bits == 0 }
}

/// A set of numbers of any size.
struct WideSlots: SlotSet {
  /// No zeros at the end, so that equal sets are equal arrays.
  private var words: [UInt64] = []

  var count: Int { words.reduce(0) { $0 + $1.nonzeroBitCount } }

  var fingerprint: UInt64 {
    words.reduce(0) { ($0 ^ $1) &* 0x9e37_79b9_7f4a_7c15 ^ $0 >> 29 }
  }

  func contains(_ slot: Int) -> Bool {
    slot >> 6 < words.count && words[slot >> 6] >> UInt64(slot & 63) & 1 == 1
  }

  mutating func insert(_ slot: Int) {
    while words.count <= slot >> 6 { words.append(0) }
    words[slot >> 6] |= 1 << UInt64(slot & 63)
  }

  mutating func remove(_ slot: Int) {
    guard slot >> 6 < words.count else { return }
    words[slot >> 6] &= ~(1 << UInt64(slot & 63))
    trim()
  }

  func isSubset(of other: Self) -> Bool {
    words.count <= other.words.count && zip(words, other.words).allSatisfy { $0 & ~$1 == 0 }
  }

  private mutating func trim() {
    while words.last == 0 { words.removeLast() }
  }
}
