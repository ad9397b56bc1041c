import Kernel

extension Hedger {
  /// When a second copy is sent, and how much that may cost.
  public struct Options: Sendable, Hashable {
    /// What the wait before a second copy is.
    public enum Delay: Sendable, Hashable {
      /// A fixed time.
      case fixed(TimeSpan)
      /// The time that this share of calls, from 0 to 1, has been answered in; no copy is sent
      /// before 20 times are known.
      case quantile(Double)
    }

    /// The wait before each further copy.
    public var delay: Delay
    /// The most copies besides the first, from 1; Polly's MaxHedgedAttempts is 1.
    public var maxHedges: Int
    /// Copies as a share of first calls, from 0 to 1; nil for no bound; about 5 % is usual.
    public var budget: Double?
    /// Copies that may be sent in a row out of a full budget.
    public var burst: Int
    /// Whether the first copy that fails ends the call; otherwise the next one is sent at once.
    public var isFailureFinal: Bool
    /// A wrong way to build it, for drills; nil for the right one.
    public var shortcut: HedgeShortcut?

    /// Options.
    public init(
      delay: Delay, maxHedges: Int = 1, budget: Double? = nil, burst: Int = 10,
      isFailureFinal: Bool = true, shortcut: HedgeShortcut? = nil
    ) {
      self.delay = delay
      self.maxHedges = maxHedges
      self.budget = budget
      self.burst = burst
      self.isFailureFinal = isFailureFinal
      self.shortcut = shortcut
    }
  }
}
