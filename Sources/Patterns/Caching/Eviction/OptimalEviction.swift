/// Belady's MIN: with the whole trace known, the key whose next use is farthest away goes.
///
/// No cache that takes in every missed key can miss less, so it bounds the others; it cannot be built.
/// Source: Belady, "A study of replacement algorithms for a virtual-storage computer" (1966).
public enum OptimalEviction {
  /// Which requests of `trace` hit a cache of `capacity` keys, at least 1.
  public static func hits(in trace: [UInt64], capacity: Int) -> [Bool] {
    precondition(capacity > 0, "capacity must be above 0")
    var index = KeyIndex(sizeHint: trace.count)
    var nextUse = Array(repeating: Int.max, count: trace.count)
    var lastSeen: [Int] = []
    var numbers: [Int] = []
    for (at, key) in trace.enumerated() {
      let slot = Int(index.slot(of: key))
      if slot == 0 {
        lastSeen.append(at)
        index.add(key, slot: Int32(lastSeen.count))
        numbers.append(lastSeen.count - 1)
      } else {
        nextUse[lastSeen[slot - 1]] = at
        lastSeen[slot - 1] = at
        numbers.append(slot - 1)
      }
    }
    // A resident key's present next use; what the heap holds beside that is out of date.
    var present = Array(repeating: -1, count: lastSeen.count)
    var farthest = FarthestFirst()
    var residents = 0
    return numbers.enumerated().map { at, number in
      let isHit = present[number] != -1
      if !isHit {
        if residents == capacity {
          while let top = farthest.pop() {
            if present[top.key] == top.use {
              present[top.key] = -1
              break
            }
          }
        } else {
          residents += 1
        }
      }
      present[number] = nextUse[at]
      farthest.push(key: number, use: nextUse[at])
      return isHit
    }
  }

  /// How many requests of `trace` miss.
  public static func missCount(in trace: [UInt64], capacity: Int) -> Int {
    hits(in: trace, capacity: capacity).count { !$0 }
  }
}

/// A binary heap with the farthest use on top.
private struct FarthestFirst {
  private var items: [(key: Int, use: Int)] = []

  mutating func push(key: Int, use: Int) {
    items.append((key, use))
    var at = items.count - 1
    while at > 0, items[(at - 1) / 2].use < items[at].use {
      items.swapAt(at, (at - 1) / 2)
      at = (at - 1) / 2
    }
  }

  mutating func pop() -> (key: Int, use: Int)? {
    guard let top = items.first, let last = items.popLast() else { return nil }
    guard !items.isEmpty else { return top }
    items[0] = last
    var at = 0
    while true {
      var largest = at
      for child in [2 * at + 1, 2 * at + 2]
      where child < items.count && items[child].use > items[largest].use {
        largest = child
      }
      if largest == at { return top }
      items.swapAt(at, largest)
      at = largest
    }
  }
}
