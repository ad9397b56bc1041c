import Kernel

/// A pool of threads, and a queue, for calls to one dependency.
///
///     call ── threads < core ──────────▶ a new thread
///       ├──── the queue has room ──────▶ queue
///       ├──── threads < max ───────────▶ a new thread
///       └──── otherwise ───────────────▶ refused at once
///
/// That is the order of Java's ThreadPoolExecutor, and it surprises everybody once: **the pool grows past
/// its core only when the queue is full.** A queue without an end means that `max` is never used.
///
/// The caller's thread is free to give up while the pool's thread still waits.
///
/// Source: github.com/resilience4j/resilience4j bulkhead/ThreadPoolBulkheadConfig.java @05a4c30a;
/// github.com/Netflix/Hystrix HystrixThreadPoolProperties.java @00d8ecb9.
public struct ThreadPoolBulkhead: Sendable, Hashable {
  /// What became of a call.
  public enum Decision: Sendable, Hashable {
    /// A thread begins it now.
    case runs
    /// It waits in the queue.
    case queued
    /// The pool is full.
    case refused
  }

  /// How it is built.
  public struct Options: Sendable, Hashable {
    /// Threads that are made before anything is queued.
    public var coreSize: Int
    /// Threads at most.
    public var maxSize: Int
    /// Calls that wait at most; zero hands calls to threads directly.
    public var queueCapacity: Int
    /// How long a thread above the core lives without work.
    public var keepAlive: TimeSpan
    /// A wrong way to build it, for drills; nil for the right one.
    public var shortcut: BulkheadShortcut?

    /// Options.
    public init(
      coreSize: Int, maxSize: Int, queueCapacity: Int, keepAlive: TimeSpan = .milliseconds(20),
      shortcut: BulkheadShortcut? = nil
    ) {
      precondition(coreSize > 0 && maxSize >= coreSize, "a pool has threads, and max is not below")
      self.coreSize = coreSize
      self.maxSize = maxSize
      self.queueCapacity = queueCapacity
      self.keepAlive = keepAlive
      self.shortcut = shortcut
    }
  }

  /// How it is built.
  public let options: Options
  /// Threads at work.
  public private(set) var busy = 0
  /// The most threads there have been.
  public private(set) var mostThreads = 0
  private var idleSince: [Instant] = []
  private var line: [Int] = []
  private var head = 0

  /// A pool without threads.
  public init(_ options: Options) { self.options = options }

  /// Calls in the queue.
  public var queued: Int { line.count - head }

  /// Threads at `now`, idle ones included; those above the core die when they are idle too long.
  public func threads(at now: Instant) -> Int { busy + idle(at: now) }

  /// Takes a call.
  public mutating func submit(_ call: Int, at now: Instant) -> Decision {
    retire(at: now)
    let all = busy + idleSince.count
    if all < options.coreSize {
      begin(isNew: true)
      return .runs
    }
    if !idleSince.isEmpty {
      begin(isNew: false)
      return .runs
    }
    if queued < options.queueCapacity || options.shortcut == .queuesForever {
      line.append(call)
      return .queued
    }
    guard all < options.maxSize else { return .refused }
    begin(isNew: true)
    return .runs
  }

  /// A thread is done with a call; returns the call that it begins next, if one waits.
  public mutating func finished(at now: Instant) -> Int? {
    precondition(busy > 0, "a thread ends what it began")
    if head < line.count {
      let call = line[head]
      head += 1
      if head > 256, head * 2 > line.count {
        line.removeFirst(head)
        head = 0
      }
      return call
    }
    busy -= 1
    idleSince.append(now)
    retire(at: now)
    return nil
  }

  /// Takes a call out of the queue; false when it is not there.
  public mutating func leave(_ call: Int) -> Bool {
    guard let place = line[head...].firstIndex(of: call) else { return false }
    line.remove(at: place)
    return true
  }

  /// The pool loses its threads and what waited; returns who waited, oldest first.
  public mutating func dropAll() -> [Int] {
    let waiting = Array(line[head...])
    busy = 0
    idleSince.removeAll()
    line.removeAll()
    head = 0
    return waiting
  }

  private mutating func begin(isNew: Bool) {
    if !isNew { idleSince.removeLast() }
    busy += 1
    mostThreads = max(mostThreads, busy + idleSince.count)
  }

  private func idle(at now: Instant) -> Int {
    let spare = max(0, busy + idleSince.count - options.coreSize)
    let old = idleSince.prefix { now - $0 >= options.keepAlive }.count
    return idleSince.count - min(spare, old)
  }

  private mutating func retire(at now: Instant) {
    let left = idle(at: now)
    if left < idleSince.count { idleSince.removeFirst(idleSince.count - left) }
  }

  /// The first invariant that does not hold, or nil.
  public func checkInvariants() -> InvariantViolation? {
    if busy + idleSince.count > options.maxSize {
      return InvariantViolation(
        "pool", witness: "\(busy + idleSince.count) threads, \(options.maxSize) allowed")
    }
    if queued > options.queueCapacity {
      return InvariantViolation(
        "pool queue", witness: "\(queued) calls in a queue of \(options.queueCapacity)")
    }
    return nil
  }
}
