/// Something in a list that is found by a datum.
protocol FoundByDatum {
  var datum: Datum { get }
}

/// Finds the place of a datum in a list that grows: open addressing with linear probing.
///
/// The list stays with its owner, who hands it in; here are only places. A checker looks
/// up millions of small numbers, which the standard dictionary, hardened against attackers, hashes
/// much more slowly.
struct DatumIndex {
  /// Places counted from 1; 0 is free.
  private var slots: [Int32] = []

  /// The place of `datum`, or nil.
  @inline(__always)
  func place(of datum: Datum, in items: [some FoundByDatum]) -> Int? {
    guard !slots.isEmpty else { return nil }
    let mask = slots.count - 1
    var slot = Self.hash(datum) & mask
    while slots[slot] != 0 {
      let place = Int(slots[slot]) - 1
      if Datum.same(items[place].datum, datum) { return place }
      slot = (slot + 1) & mask
    }
    return nil
  }

  /// Notes that `datum`, which was not there, will stand behind `items`.
  @inline(__always)
  mutating func append(_ datum: Datum, behind items: [some FoundByDatum]) {
    if (items.count + 1) * 2 > slots.count { grow(items) }
    insert(datum, items.count)
  }

  @inline(__always)
  private mutating func insert(_ datum: Datum, _ place: Int) {
    let mask = slots.count - 1
    var slot = Self.hash(datum) & mask
    while slots[slot] != 0 { slot = (slot + 1) & mask }
    slots[slot] = Int32(place + 1)
  }

  private mutating func grow(_ items: [some FoundByDatum]) {
    slots = Array(repeating: 0, count: max(16, slots.count * 4))
    for place in items.indices { insert(items[place].datum, place) }
  }

  @inline(__always)
  private static func hash(_ datum: Datum) -> Int {
    let bits: UInt64
    switch datum {
    case .none: bits = 0
    case .number(let number): bits = UInt64(bitPattern: Int64(number))
    case .text(let text):
      // Any good spread will do: places do not depend on it.
      bits = text.utf8.reduce(14_695_981_039_346_656_037) { ($0 ^ UInt64($1)) &* 1_099_511_628_211 }
    }
    return Int(truncatingIfNeeded: (bits &* 0x9e37_79b9_7f4a_7c15) >> 32)
  }
}
