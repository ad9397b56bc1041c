import Kernel

/// The line in front of a server: how long it may get, who is next, and who has waited too long.
///
/// **The line is never longer than its capacity. A call comes out once, to be worked on or dropped.**
public struct AdmissionQueue: Sendable, Hashable {
  /// Who is next.
  public enum Order: String, Sendable, Hashable, CaseIterable {
    /// The oldest: fair, and in an overload everybody is late.
    case fifo
    /// The newest: in an overload some are in time and the others never.
    case lifo
    /// The oldest, and the newest while a line stands.
    case adaptive
  }

  /// How it is built.
  public struct Options: Sendable, Hashable {
    /// Calls in line at most.
    public var capacity: Int
    /// Who is next.
    public var order: Order
    /// What drops calls that waited long while a line stands; nil for nothing.
    public var codel: Codel?
    /// Whether calls whose caller no longer waits are dropped when their turn comes.
    public var isDeadlineChecked: Bool

    /// Options.
    public init(
      capacity: Int, order: Order = .fifo, codel: Codel? = nil, isDeadlineChecked: Bool = false
    ) {
      self.capacity = capacity
      self.order = order
      self.codel = codel
      self.isDeadlineChecked = isDeadlineChecked
    }
  }

  /// What came out of the line.
  public enum Turn: Sendable, Hashable {
    /// It is this call's turn.
    case work(Int)
    /// This call has waited too long.
    case drop(Int)
  }

  struct Entry: Sendable, Hashable {
    let call: Int
    let since: Instant
    let deadline: Instant
  }

  /// How it is built.
  public let options: Options
  private var entries: [Entry] = []
  private var head = 0
  private var codel: Codel?
  private var lastEmpty = Instant.zero

  /// An empty line.
  public init(_ options: Options) {
    self.options = options
    codel = options.codel
  }

  /// Calls in line.
  public var count: Int { entries.count - head }

  /// How long the oldest call has waited.
  public func oldest(at now: Instant) -> TimeSpan? {
    head < entries.count ? now - entries[head].since : nil
  }

  /// Whether the newest is next.
  public func takesNewest(at now: Instant) -> Bool {
    switch options.order {
    case .fifo: false
    case .lifo: true
    case .adaptive: count > 0 && now - lastEmpty > (codel ?? Codel()).interval
    }
  }

  /// Puts a call in line; false when the line is full.
  public mutating func offer(_ call: Int, deadline: Instant, at now: Instant) -> Bool {
    guard count < options.capacity else { return false }
    if count == 0 { lastEmpty = now }
    entries.append(Entry(call: call, since: now, deadline: deadline))
    return true
  }

  /// Takes the next call out; nil when nobody waits.
  public mutating func next(at now: Instant) -> Turn? {
    guard head < entries.count else { return nil }
    let entry: Entry
    if takesNewest(at: now) {
      entry = entries.removeLast()
    } else {
      entry = entries[head]
      head += 1
      if head > 1_024, head * 2 > entries.count {
        entries.removeFirst(head)
        head = 0
      }
    }
    if count == 0 {
      lastEmpty = now
      entries.removeAll(keepingCapacity: true)
      head = 0
    }
    if options.isDeadlineChecked, now >= entry.deadline { return .drop(entry.call) }
    if codel?.drops(delay: now - entry.since, at: now) == true { return .drop(entry.call) }
    return .work(entry.call)
  }

  /// Empties the line and returns who stood in it, oldest first.
  public mutating func removeAll(at now: Instant) -> [Int] {
    defer {
      entries.removeAll()
      head = 0
      lastEmpty = now
    }
    return entries[head...].map(\.call)
  }

  /// The first invariant that does not hold, or nil.
  public func checkInvariants() -> InvariantViolation? {
    count > options.capacity || count < 0
      ? InvariantViolation("queue", witness: "\(count) in a line of \(options.capacity)") : nil
  }
}
