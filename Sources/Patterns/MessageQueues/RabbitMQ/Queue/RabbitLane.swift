/// Entries that wait in the order of their positions, taken from the front.
struct RabbitLane: Sendable, Hashable {
  private var entries: [RabbitQueueEntry] = []
  private var head = 0

  var count: Int { entries.count - head }
  var isEmpty: Bool { head == entries.count }
  var first: RabbitQueueEntry? { isEmpty ? nil : entries[head] }
  var all: ArraySlice<RabbitQueueEntry> { entries[head...] }

  mutating func removeFirst() -> RabbitQueueEntry {
    let entry = entries[head]
    head += 1
    if head > 64, head * 2 > entries.count {
      entries.removeFirst(head)
      head = 0
    }
    return entry
  }

  mutating func append(_ entry: RabbitQueueEntry) { entries.append(entry) }

  /// Puts an entry where its position belongs.
  mutating func insert(_ entry: RabbitQueueEntry) {
    var low = head
    var high = entries.count
    while low < high {
      let middle = (low + high) / 2
      if entries[middle].position < entry.position { low = middle + 1 } else { high = middle }
    }
    entries.insert(entry, at: low)
  }

  static func == (left: RabbitLane, right: RabbitLane) -> Bool { left.all == right.all }

  func hash(into hasher: inout Hasher) { hasher.combine(all) }
}
