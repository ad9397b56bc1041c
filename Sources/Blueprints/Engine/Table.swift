/// Rows in one block of memory, read and changed in place without checks of ownership or bounds.
///
/// The simulation goes through these for every event of every request; an array held in a structure
/// costs twice the time there. Places come from the design's own tables and are never computed from
/// anything a reader typed.
struct Table<Row>: ~Copyable {
  let count: Int
  private let rows: UnsafeMutablePointer<Row>

  init(_ source: [Row]) {
    count = source.count
    rows = .allocate(capacity: max(1, count))
    rows.initialize(from: source, count: count)
  }

  deinit {
    rows.deinitialize(count: count)
    rows.deallocate()
  }

  var indices: Range<Int> { 0..<count }

  subscript(place: Int) -> Row {
    @inline(__always) unsafeAddress { UnsafePointer(rows + place) }
    @inline(__always) nonmutating unsafeMutableAddress { rows + place }
  }

  /// The rows as an array.
  var all: [Row] {
    var all: [Row] = []
    for place in indices { all.append(self[place]) }
    return all
  }
}
