public import Kernel

/// A world, its clock, and the events that are still to come in it.
///
/// Both are plain parts that may be read and changed between runs: schedule the first events in
/// `queue`, run, look at `world`.
public struct Universe<Model: World & ~Copyable>: ~Copyable {
  /// The state of the world.
  public var world: Model
  /// The events to come.
  public var queue: EventQueue<Model.Event>
  @usableFromInline var happened = 0

  /// A universe of `world` in which nothing is scheduled yet.
  ///
  /// `capacity` is the number of pending events before the queue has to grow.
  @inlinable public init(_ world: consuming Model, capacity: Int = 256) {
    self.world = world
    queue = EventQueue(capacity: capacity)
  }

  /// The instant that the universe has reached.
  @inlinable public var now: Instant { queue.now }

  /// How many events have happened so far.
  @inlinable public var eventCount: Int { happened }

  /// Lets the next event happen, if it lies at `limit` or before; says whether there was one.
  ///
  /// When there was none, `now` is `limit`, if one was given.
  @inlinable public mutating func step(until limit: Instant = .distantFuture) -> Bool {
    guard let event = queue.next(until: limit) else { return false }
    happened &+= 1
    world.handle(event, at: queue.now, in: &queue)
    return true
  }

  /// Lets everything happen up to `limit`, the events at `limit` included.
  ///
  /// At most `budget` events happen: a world in which events breed without end stops there and
  /// says so. `now` is `limit` afterwards unless the budget was spent or no limit was given.
  @inlinable @discardableResult
  public mutating func run(until limit: Instant = .distantFuture, budget: Int = .max) -> RunEnd {
    var left = budget
    while left > 0, let event = queue.next(until: limit) {
      left &-= 1
      world.handle(event, at: queue.now, in: &queue)
    }
    happened &+= budget &- left
    if left == 0, let next = queue.nextInstant, next <= limit { return .spentBudget }
    return queue.isEmpty ? .ranDry : .reachedLimit
  }
}

/// Why a run came to its end.
public enum RunEnd: Sendable, Hashable {
  /// Everything up to the limit has happened, and more lies behind it.
  case reachedLimit
  /// Everything that was scheduled has happened.
  case ranDry
  /// As many events have happened as the run was allowed, and more lies before the limit.
  case spentBudget
}
