/// Leaves out as many items as possible: the ddmin algorithm on the places of a list.
///
/// It cuts the list into chunks, tries each chunk alone, then everything without one chunk, and
/// cuts finer when neither fails, until the chunks are single items.
struct ItemRemoval<Item> {
  private let items: [Item]
  private var places: [Int]
  /// The lists of places that did not fail; they are not asked about twice.
  private var passed: Set<[Int]> = []

  init(_ items: [Item]) {
    self.items = items
    places = Array(items.indices)
  }

  /// The items that are left.
  var kept: [Item] { places.map { items[$0] } }

  mutating func run(_ trials: inout TrialCounter, stillFails: ([Item]) -> Bool) {
    if !places.isEmpty, fails([], &trials, stillFails) { places = [] }
    var chunkCount = 2
    while places.count > 1, !trials.isSpent {
      chunkCount = min(chunkCount, places.count)
      let chunks = Self.chunks(of: places, chunkCount)
      if let chunk = chunks.first(where: { fails($0, &trials, stillFails) }) {
        places = chunk
        chunkCount = 2
        continue
      }
      let rests =
        chunkCount == 2
        ? []
        : chunks.indices.map { left in
          chunks.indices.filter { $0 != left }.flatMap { chunks[$0] }
        }
      if let rest = rests.first(where: { fails($0, &trials, stillFails) }) {
        places = rest
        chunkCount = max(2, chunkCount - 1)
        continue
      }
      guard chunkCount < places.count else { return }
      chunkCount *= 2
    }
  }

  private mutating func fails(
    _ candidate: [Int], _ trials: inout TrialCounter, _ stillFails: ([Item]) -> Bool
  ) -> Bool {
    guard !passed.contains(candidate), trials.take() else { return false }
    if stillFails(candidate.map { items[$0] }) { return true }
    passed.insert(candidate)
    return false
  }

  private static func chunks(of places: [Int], _ count: Int) -> [[Int]] {
    (0..<count).map { chunk in
      let start = places.count * chunk / count
      return Array(places[start..<places.count * (chunk + 1) / count])
    }
  }
}
