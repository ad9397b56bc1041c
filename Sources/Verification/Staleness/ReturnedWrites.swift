import Kernel

/// Counts the writes of a key that had returned by an instant, by ranges of versions: a Fenwick
/// tree over the versions, filled as time goes on.
struct ReturnedWrites {
  private let versions: [Int]
  /// The writes in the order of their returns: the place of the version, and when.
  private let returns: [(place: Int, at: Instant)]
  private var counted = 0
  private var tree: [Int]

  /// `writes` are indices in the order of their versions.
  init(_ writes: [Int], _ operations: [VersionedOperation]) {
    versions = writes.map { operations[$0].version }
    returns = writes.enumerated().map { (place: $0.offset, at: operations[$0.element].returnedAt) }
      .sorted { ($0.at, $0.place) < ($1.at, $1.place) }
    tree = Array(repeating: 0, count: writes.count + 1)
  }

  /// The places of the versions newer than `version`.
  func places(newerThan version: Int) -> Range<Int> {
    var low = 0
    var high = versions.count
    while low < high {
      let middle = (low + high) / 2
      if versions[middle] <= version { low = middle + 1 } else { high = middle }
    }
    return low..<versions.count
  }

  /// How many of the writes at `places`, which reach to the end, returned before `instant`;
  /// instants must not go back.
  mutating func count(in places: Range<Int>, before instant: Instant) -> Int {
    while counted < returns.count, returns[counted].at < instant {
      var node = returns[counted].place + 1
      while node < tree.count {
        tree[node] += 1
        node += node & -node
      }
      counted += 1
    }
    var older = 0
    var node = places.lowerBound
    while node > 0 {
      older += tree[node]
      node -= node & -node
    }
    return counted - older
  }
}
