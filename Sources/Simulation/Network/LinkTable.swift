import Kernel

/// Finds the number of a link from its two ends: a hash table with open addressing.
///
/// Only links that carried something or differ from the default have a number, so that a large
/// cluster does not pay for every pair. The order of the table never reaches an outcome: links are
/// visited by number, which is the order of first use.
struct LinkTable: Sendable, Equatable {
  private var keys: [UInt64]
  private var numbers: [Int32]
  private var count = 0

  init() {
    keys = Array(repeating: 0, count: 64)
    numbers = Array(repeating: 0, count: 64)
  }

  /// The number of the link, or nil.
  func number(from source: NodeID, to target: NodeID) -> Int? {
    let key = Self.key(source, target)
    let place = place(of: key)
    return keys[place] == key ? Int(numbers[place]) : nil
  }

  /// Gives the link, which must be new, the next number.
  mutating func add(from source: NodeID, to target: NodeID) -> Int {
    if count * 4 >= keys.count * 3 { grow() }
    let key = Self.key(source, target)
    let place = place(of: key)
    keys[place] = key
    numbers[place] = Int32(count)
    count += 1
    return count - 1
  }

  private static func key(_ source: NodeID, _ target: NodeID) -> UInt64 {
    UInt64(source.index + 1) << 32 | UInt64(target.index + 1)
  }

  private func place(of key: UInt64) -> Int {
    let mask = keys.count - 1
    var place = Int(truncatingIfNeeded: (key &* 0x9e37_79b9_7f4a_7c15) >> 32) & mask
    while keys[place] != 0, keys[place] != key { place = (place + 1) & mask }
    return place
  }

  private mutating func grow() {
    let old = (keys, numbers)
    keys = Array(repeating: 0, count: old.0.count * 2)
    numbers = Array(repeating: 0, count: old.0.count * 2)
    for (key, number) in zip(old.0, old.1) where key != 0 {
      let place = place(of: key)
      keys[place] = key
      numbers[place] = number
    }
  }
}
