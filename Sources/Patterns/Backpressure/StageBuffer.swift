import Kernel

/// The buffer in front of a stage: how much it holds, and what becomes of an item that comes when it
/// is full.
///
/// **It never holds more than its capacity.** What can happen instead is a choice between four
/// losses: of time (block), of the new item, of the oldest item, of the stream.
///
/// Source: Reactor's onBackpressureBuffer, onBackpressureDrop, onBackpressureLatest.
public struct StageBuffer: Sendable, Hashable {
  /// What happens when it is full.
  public enum Overflow: String, Sendable, Hashable, CaseIterable {
    /// The producer must wait; an item that comes all the same is a bug.
    case block
    /// The item that comes is thrown away.
    case dropNewest = "drop-newest"
    /// The item that has waited longest is thrown away.
    case dropOldest = "drop-oldest"
    /// The stream ends with an error.
    case error
  }

  /// What became of an item.
  public enum Outcome: Sendable, Hashable {
    /// It waits.
    case stored
    /// An item was thrown away: this one or another.
    case dropped(Int)
    /// There was no room, and no way to make some.
    case overflow
  }

  /// Items at most.
  public let capacity: Int
  /// What happens when it is full.
  public let overflow: Overflow
  private var items: [Int] = []
  private var head = 0

  /// An empty buffer.
  public init(capacity: Int, overflow: Overflow) {
    self.capacity = capacity
    self.overflow = overflow
  }

  /// Items that wait.
  public var count: Int { items.count - head }

  /// Puts an item in.
  public mutating func offer(_ item: Int) -> Outcome {
    if count < capacity {
      items.append(item)
      return .stored
    }
    switch overflow {
    case .block, .error: return .overflow
    case .dropNewest: return .dropped(item)
    case .dropOldest:
      guard let oldest = next() else { return .dropped(item) }
      items.append(item)
      return .dropped(oldest)
    }
  }

  /// Takes the oldest item out.
  public mutating func next() -> Int? {
    guard head < items.count else { return nil }
    let item = items[head]
    head += 1
    if head > 1_024, head * 2 > items.count {
      items.removeFirst(head)
      head = 0
    }
    return item
  }

  /// Empties it; returns what was in it, oldest first.
  public mutating func removeAll() -> [Int] {
    defer {
      items.removeAll()
      head = 0
    }
    return Array(items[head...])
  }

  /// The first invariant that does not hold, or nil.
  public func checkInvariants() -> InvariantViolation? {
    count > capacity
      ? InvariantViolation("buffer", witness: "\(count) items in a buffer of \(capacity)") : nil
  }
}
