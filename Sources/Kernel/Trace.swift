/// The record of what happened in a run: bounded, ordered, each event with what caused it.
///
/// `why` reads it: it looks for the first bad event, walks `cause` back to where it began and
/// forward to how far it spread. Only events that change the story are recorded (faults, changes
/// of state, the first of each kind of trouble), not every request. The digest folds in everything
/// that was ever recorded, also what no longer fits.
public struct Trace: Sendable, Equatable {
  /// The place of an event in its trace.
  public struct ID: Sendable, Hashable, Comparable {
    /// Counted from 0 in the order of recording.
    public let index: Int

    /// The event recorded as number `index`.
    public init(_ index: Int) { self.index = index }

    /// Whether the left event was recorded earlier.
    public static func < (left: ID, right: ID) -> Bool { left.index < right.index }
  }

  /// How an event bears on the run's objectives.
  public enum Weight: String, Sendable, Hashable {
    /// A fault that the plan injected or an action of the operator.
    case fault
    /// A change worth telling that is neither good nor bad.
    case change
    /// Something that clients or an objective suffer from.
    case harm
    /// The end of some harm.
    case recovery
  }

  /// One thing that happened.
  public struct Event: Sendable, Hashable {
    /// When it happened.
    public let at: Instant
    /// The part it happened to, as the learner names it: `shard-2`, `breaker`, `client`.
    public let part: String
    /// What kind of event it is: a stable word such as `opened`, `lease-expired`, `timed-out`.
    public let kind: String
    /// What happened, as a sentence with the quantities, without the time and the part.
    public let detail: String
    /// How it bears on the objectives.
    public let weight: Weight
    /// The event that led to it, if one did.
    public let cause: ID?
  }

  /// The most events kept; later ones are counted and folded into the digest only.
  public let capacity: Int
  /// The events kept, in order.
  public private(set) var events: [Event] = []
  /// Events that were recorded after the trace was full.
  public private(set) var overflow = 0
  /// A rolling hash of every event ever recorded.
  public private(set) var digest = Digest()

  /// An empty trace that keeps up to `capacity` events.
  public init(capacity: Int = 20_000) { self.capacity = capacity }

  /// Records an event and returns its place, for use as a cause.
  @discardableResult
  public mutating func record(
    at: Instant, _ part: String, _ kind: String, _ detail: String, weight: Weight = .change,
    cause: ID? = nil
  ) -> ID {
    digest.fold(UInt64(bitPattern: at.nanoseconds))
    digest.fold(part)
    digest.fold(kind)
    digest.fold(detail)
    digest.fold(UInt64(bitPattern: Int64(cause?.index ?? -1)))
    let id = ID(events.count + overflow)
    if events.count < capacity {
      events.append(
        Event(at: at, part: part, kind: kind, detail: detail, weight: weight, cause: cause))
    } else {
      overflow += 1
    }
    return id
  }

  /// The event at `id`, or nil when it did not fit.
  public subscript(id: ID) -> Event? {
    events.indices.contains(id.index) ? events[id.index] : nil
  }
}

/// A rolling 64-bit hash (FNV-1a over 8-byte words with a final mix) that is the same on every
/// machine: two runs that agree in it told the same story.
public struct Digest: Sendable, Hashable {
  @usableFromInline var state: UInt64 = 0xcbf2_9ce4_8422_2325

  /// The hash of nothing.
  public init() {}

  /// Folds in a word.
  @inlinable public mutating func fold(_ word: UInt64) {
    state = (state ^ word) &* 0x0000_0100_0000_01b3
    state ^= state >> 29
  }

  /// Folds in a text, its length included.
  public mutating func fold(_ text: String) {
    var word: UInt64 = 0
    var count: UInt64 = 0
    for byte in text.utf8 {
      word = word << 8 | UInt64(byte)
      count += 1
      if count % 8 == 0 {
        fold(word)
        word = 0
      }
    }
    fold(word ^ count << 56)
  }

  /// The hash of everything folded in so far.
  public var value: UInt64 {
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  /// The hash as 16 hexadecimal digits.
  public var text: String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
