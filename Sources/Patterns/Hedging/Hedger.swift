import Kernel

/// Sends a second copy of a call that takes longer than most, and takes whichever answer comes
/// first.
///
///     first copy ──answered──▶ done
///        │ delay over, budget left
///        ▼
///     second copy ── first answer of the two ──▶ done, the other is told to stop
///
/// A hedge trades a little load for the tail: with the delay at the 95th percentile one call in
/// twenty is sent twice. That holds while slowness is the fault of *one* server. When all are
/// slow every call is late, so a budget must bound the copies.
///
/// **Copies never exceed the budget's share of first calls plus its burst.**
///
/// Source: Dean and Barroso, The Tail at Scale, CACM 2013; gRFC A6; Polly hedging strategy.
public struct Hedger: Sendable, Hashable {
  /// Times that must be known before a percentile is trusted.
  static let least = 20
  /// What one copy costs, in the unit of `tokens`.
  static let price = 1_000

  /// How it is built.
  public let options: Options
  /// What is left of the budget, in thousandths of a copy.
  public private(set) var tokens: Int
  /// First copies so far.
  public private(set) var firstCount = 0
  /// Further copies so far.
  public private(set) var hedgeCount = 0
  /// Further copies that the budget refused.
  public private(set) var refusedCount = 0
  /// The times that calls took.
  public private(set) var digest = LatencyDigest()

  /// A hedger with a full budget.
  public init(_ options: Options) {
    self.options = options
    tokens = options.burst * Self.price
  }

  /// Takes note of a first copy, and says how long to wait before the next; nil for never.
  public mutating func started() -> TimeSpan? {
    firstCount += 1
    if let budget = options.budget {
      let gain = Int((budget * Double(Self.price)).rounded(.down))
      tokens = min(options.burst * Self.price, tokens + gain)
    }
    return delay
  }

  /// How long to wait before the next copy; nil while no percentile is known.
  public var delay: TimeSpan? {
    if options.shortcut == .sendsAtOnce { return .zero }
    switch options.delay {
    case .fixed(let span): return span
    case .quantile(let q): return digest.count >= Self.least ? digest.quantile(q) : nil
    }
  }

  /// Whether a further copy of a call that has `copies` besides its first may be sent now; it
  /// is paid for.
  public mutating func hedges(after copies: Int) -> Bool {
    guard copies < options.maxHedges else { return false }
    if options.budget != nil {
      guard tokens >= Self.price else {
        refusedCount += 1
        return false
      }
      if options.shortcut != .neverCharges { tokens -= Self.price }
    }
    hedgeCount += 1
    return true
  }

  /// Whether the next copy is sent at once after one failed, of a call that has `copies` besides its
  /// first; it is paid for.
  public mutating func replaces(after copies: Int) -> Bool {
    !options.isFailureFinal && hedges(after: copies)
  }

  /// Takes note of how long a call took to its first answer.
  public mutating func answered(after span: TimeSpan) { digest.record(span) }
}
