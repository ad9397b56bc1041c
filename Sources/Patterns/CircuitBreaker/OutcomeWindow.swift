import Kernel

/// The recent past as a circuit breaker sees it: a ring of tallies with a running total.
///
/// A new slot is subtracted from when it leaves the ring, so that a question costs the same
/// however long the window is, and nothing is allocated after the window was made. The four shapes
/// are those of the libraries that are modelled; they differ in when a call is forgotten and
/// in whether the newest calls are seen at all.
public struct OutcomeWindow: Sendable, Equatable {
  /// How the past is cut into slots.
  public enum Shape: Sendable, Hashable {
    /// The last so many calls, one slot each: resilience4j `COUNT_BASED`.
    case calls(Int)
    /// Buckets on the grid of the clock, the running one included: resilience4j `TIME_BASED`.
    case clockBuckets(count: Int, width: TimeSpan)
    /// Buckets counted only once they are complete, from the window's start: Hystrix.
    case snapshots(count: Int, width: TimeSpan)
    /// Buckets that begin with a call and are forgotten one window after that: Polly.
    case eventBuckets(count: Int, width: TimeSpan)
  }

  /// How the past is cut into slots.
  public let shape: Shape
  /// The counts of everything the window holds.
  public private(set) var total = OutcomeTally()
  /// The counts of the bucket that is not complete yet; used by snapshots only.
  public private(set) var pending = OutcomeTally()
  /// When the running snapshot bucket ends; the distant future for other shapes.
  public private(set) var nextSnapshotAt: Instant
  /// Whether buckets that are too old are dropped; only a wrong window keeps them.
  public let isSliding: Bool

  private var slots: [OutcomeTally]
  private var starts: [Int64]
  private var newest = 0
  private var live = 0

  /// An empty window that begins at `start`; counts and widths must be above 0.
  public init(_ shape: Shape, from start: Instant, isSliding: Bool = true) {
    self.shape = shape
    self.isSliding = isSliding
    nextSnapshotAt = .distantFuture
    switch shape {
    case .calls(let count):
      precondition(count > 0, "a window of calls needs at least one slot, got \(count)")
      slots = Array(repeating: OutcomeTally(), count: count)
      starts = []
    case .clockBuckets(let count, let width):
      precondition(count > 0 && width > .zero, "a window needs buckets with a width")
      slots = Array(repeating: OutcomeTally(), count: count)
      starts = [start.nanoseconds / width.nanoseconds]
      live = 1
    case .snapshots(let count, let width):
      precondition(count > 0 && width > .zero, "a window needs buckets with a width")
      slots = Array(repeating: OutcomeTally(), count: count)
      starts = []
      nextSnapshotAt = start + width
    case .eventBuckets(let count, let width):
      precondition(count > 0 && width > .zero, "a window needs buckets with a width")
      slots = Array(repeating: OutcomeTally(), count: count + 1)
      starts = Array(repeating: 0, count: count + 1)
    }
  }

  /// Forgets everything and begins again at `start`, without allocating.
  public mutating func reset(at start: Instant) {
    total = OutcomeTally()
    pending = OutcomeTally()
    newest = 0
    live = 0
    for index in slots.indices { slots[index] = OutcomeTally() }
    switch shape {
    case .calls: break
    case .clockBuckets(_, let width):
      starts[0] = start.nanoseconds / width.nanoseconds
      live = 1
    case .snapshots(_, let width): nextSnapshotAt = start + width
    case .eventBuckets: for index in starts.indices { starts[index] = 0 }
    }
  }

  /// Counts one finished call at `now`.
  public mutating func record(isFailure: Bool, isSlow: Bool, at now: Instant) {
    let call = OutcomeTally(calls: 1, failures: isFailure ? 1 : 0, slow: isSlow ? 1 : 0)
    switch shape {
    case .calls:
      push(call)
    case .clockBuckets:
      forget(until: now)
      slots[newest] += call
      total += call
    case .snapshots:
      pending += call
    case .eventBuckets(_, let width):
      forget(until: now)
      if live == 0 || now.nanoseconds - starts[newest] >= width.nanoseconds {
        push(OutcomeTally())
        starts[newest] = now.nanoseconds
      }
      slots[newest] += call
      total += call
    }
  }

  /// Drops what is too old at `now`; for snapshots time passes through `closeSnapshot` only.
  public mutating func forget(until now: Instant) {
    guard isSliding else { return }
    switch shape {
    case .calls, .snapshots: break
    case .clockBuckets(let count, let width):
      let bucket = now.nanoseconds / width.nanoseconds
      let passed = min(bucket - starts[0], Int64(count))
      guard passed > 0 else { return }
      for _ in 0..<passed { push(OutcomeTally()) }
      starts[0] = bucket
    case .eventBuckets(let count, let width):
      let span = width.nanoseconds * Int64(count)
      while live > 0 {
        let oldest = (newest + slots.count - live + 1) % slots.count
        guard now.nanoseconds - starts[oldest] >= span else { return }
        total -= slots[oldest]
        live -= 1
      }
    }
  }

  /// Completes the running snapshot bucket, whose end must have come.
  public mutating func closeSnapshot() {
    guard case .snapshots(_, let width) = shape else { return }
    push(pending)
    pending = OutcomeTally()
    nextSnapshotAt += width
  }

  /// Skips whole snapshot buckets in which nothing can have happened, up to `now`.
  ///
  /// Allowed only when neither the window nor the running bucket holds a call.
  public mutating func skipSnapshots(until now: Instant) {
    guard case .snapshots(_, let width) = shape, nextSnapshotAt <= now else { return }
    precondition(total.calls == 0 && pending.calls == 0, "only an empty window may be skipped")
    let buckets = (now - nextSnapshotAt).nanoseconds / width.nanoseconds + 1
    nextSnapshotAt += width * Int(buckets)
  }

  /// How many slots the ring has: what the window costs in memory.
  public var slotCount: Int { slots.count }

  /// The total counted again slot by slot, for the invariant that the running total is right.
  public var recount: OutcomeTally {
    var sum = OutcomeTally()
    for back in 0..<live { sum += slots[(newest + slots.count - back) % slots.count] }
    return sum
  }

  private mutating func push(_ tally: OutcomeTally) {
    newest = newest + 1 == slots.count ? 0 : newest + 1
    if live == slots.count { total -= slots[newest] } else { live += 1 }
    slots[newest] = tally
    total += tally
  }
}
