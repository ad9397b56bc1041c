import Kernel

/// The answer of a name server: addresses and how long they may be kept.
public struct NameAnswer: Sendable, Hashable {
  /// The addresses of a headless service: its ready pods.
  public let addresses: [NodeID]
  /// How long the answer may be kept.
  public let timeToLive: TimeSpan

  /// An answer.
  public init(_ addresses: [NodeID], timeToLive: TimeSpan) {
    self.addresses = addresses
    self.timeToLive = timeToLive
  }
}

/// A caller's own cache of a name: kept for the time to live, or for ever, as some runtimes do.
public struct NameCache: Sendable, Hashable {
  /// Whether an answer is kept for ever.
  public let keepsForever: Bool
  /// The answer in use.
  public private(set) var answer: NameAnswer?
  /// Until when it may be used.
  public private(set) var expiry = Instant.zero

  /// An empty cache.
  public init(keepsForever: Bool) { self.keepsForever = keepsForever }

  /// Whether the name has to be looked up (again) before it is used at `now`.
  public func needsLookup(at now: Instant) -> Bool {
    answer == nil || (!keepsForever && now >= expiry)
  }

  /// Takes an answer.
  public mutating func take(_ answer: NameAnswer, at now: Instant) {
    self.answer = answer
    expiry = now + answer.timeToLive
  }
}
