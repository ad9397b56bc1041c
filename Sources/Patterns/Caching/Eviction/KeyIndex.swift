/// Finds the slot of a key: open addressing with linear probing over powers of two.
///
/// The order of its cells never reaches an outcome: nothing walks them but a copy to twice the size.
/// A key that leaves pulls the keys behind it back, so there are no tombstones and look-ups never
/// slow down. Slot 0 marks an empty cell; it is never the slot of a key.
struct KeyIndex: Sendable, Equatable {
  private struct Cell: Sendable, Equatable {
    var key: UInt64
    var slot: Int32
  }

  private var cells: [Cell]
  private var mask: Int
  private(set) var count = 0

  init(sizeHint: Int) {
    var size = 16
    while size < min(sizeHint, 1 << 12) * 2 { size *= 2 }
    cells = Array(repeating: Cell(key: 0, slot: 0), count: size)
    mask = size - 1
  }

  /// Spreads the bits of a key: the finaliser of SplitMix64.
  @inline(__always) static func mixed(_ key: UInt64) -> UInt64 {
    var z = key &+ 0x9e37_79b9_7f4a_7c15
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  @inline(__always) private func home(_ key: UInt64) -> Int {
    Int(truncatingIfNeeded: Self.mixed(key)) & mask
  }

  /// The slot of `key`, 0 when it has none.
  @inline(__always) func slot(of key: UInt64) -> Int32 {
    var at = home(key)
    while cells[at].slot != 0 {
      if cells[at].key == key { return cells[at].slot }
      at = (at + 1) & mask
    }
    return 0
  }

  /// Notes the slot of a key that has none yet.
  mutating func add(_ key: UInt64, slot: Int32) {
    if (count + 1) * 2 > cells.count { grow() }
    place(Cell(key: key, slot: slot))
    count += 1
  }

  private mutating func place(_ cell: Cell) {
    var at = home(cell.key)
    while cells[at].slot != 0 { at = (at + 1) & mask }
    cells[at] = cell
  }

  private mutating func grow() {
    let old = cells
    cells = Array(repeating: Cell(key: 0, slot: 0), count: old.count * 2)
    mask = cells.count - 1
    for cell in old where cell.slot != 0 { place(cell) }
  }

  /// Forgets a key that is there.
  mutating func remove(_ key: UInt64) {
    var hole = home(key)
    while cells[hole].key != key || cells[hole].slot == 0 { hole = (hole + 1) & mask }
    count -= 1
    var at = hole
    while true {
      at = (at + 1) & mask
      guard cells[at].slot != 0 else { break }
      // A cell may move back only as far as its home.
      let distance = (at - home(cells[at].key)) & mask
      if distance >= (at - hole) & mask {
        cells[hole] = cells[at]
        hole = at
      }
    }
    cells[hole] = Cell(key: 0, slot: 0)
  }

  /// Forgets every key and keeps the room.
  mutating func removeAll() {
    for at in cells.indices { cells[at] = Cell(key: 0, slot: 0) }
    count = 0
  }
}
