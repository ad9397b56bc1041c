/// Numbers under keys of 64 bits, of which one is not used: open addressing, linear probing.
struct NumberTable {
  /// What stands where there is no key.
  private static let none = UInt64.max

  private var keys = [UInt64](repeating: none, count: 128)
  private var values = [Int32](repeating: 0, count: 128)
  private var count = 0

  subscript(_ key: UInt64) -> Int32? {
    get {
      let place = place(of: key)
      return keys[place] == key ? values[place] : nil
    }
    set {
      guard let newValue else { return }
      if count * 2 >= keys.count { grow() }
      let place = place(of: key)
      if keys[place] != key { count += 1 }
      keys[place] = key
      values[place] = newValue
    }
  }

  private func place(of key: UInt64) -> Int {
    let mask = keys.count - 1
    var place = Int(truncatingIfNeeded: (key &* 0x9e37_79b9_7f4a_7c15) >> 20) & mask
    while keys[place] != key, keys[place] != Self.none { place = (place + 1) & mask }
    return place
  }

  private mutating func grow() {
    let old = (keys, values)
    keys = Array(repeating: Self.none, count: old.0.count * 2)
    values = Array(repeating: 0, count: old.0.count * 2)
    for (key, value) in zip(old.0, old.1) where key != Self.none {
      let place = place(of: key)
      keys[place] = key
      values[place] = value
    }
  }
}
