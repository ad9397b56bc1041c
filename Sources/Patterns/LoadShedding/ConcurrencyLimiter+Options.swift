import Kernel

extension ConcurrencyLimiter {
  /// How the limit is found.
  public enum Rule: Sendable, Hashable {
    /// A number that somebody chose.
    case fixed(Int)
    /// Grows by one, shrinks by a share after a loss.
    case aimd(AIMDLimit)
    /// Estimates the line from the shortest time.
    case vegas(VegasLimit)
    /// Compares with a long-term average.
    case gradient2(Gradient2Limit)
    /// Envoy's: compares with a time measured at a very low limit.
    case gradient(MinRTTGradient)

    /// The present limit.
    public var limit: Int {
      switch self {
      case .fixed(let limit): limit
      case .aimd(let rule): rule.limit
      case .vegas(let rule): rule.limit
      case .gradient2(let rule): rule.limit
      case .gradient(let rule): rule.limit
      }
    }

    /// The least and the greatest limit.
    public var bounds: ClosedRange<Int> {
      switch self {
      case .fixed(let limit): limit...limit
      case .aimd(let rule): rule.minLimit...rule.maxLimit
      case .vegas(let rule): 1...rule.maxConcurrency
      case .gradient2(let rule): rule.minLimit...rule.maxConcurrency
      case .gradient(let rule):
        rule.options.minConcurrency...rule.options.maxConcurrencyLimit
      }
    }

    mutating func advance(to now: Instant) {
      guard case .gradient(var rule) = self else { return }
      rule.advance(to: now)
      self = .gradient(rule)
    }

    /// Takes in a window of calls; Envoy's rule takes calls one by one instead.
    public mutating func update(rtt: TimeSpan, inFlight: Int, didDrop: Bool) {
      switch self {
      case .fixed, .gradient: break
      case .aimd(var rule):
        rule.update(rtt: rtt, inFlight: inFlight, didDrop: didDrop)
        self = .aimd(rule)
      case .vegas(var rule):
        rule.update(rtt: rtt, inFlight: inFlight, didDrop: didDrop)
        self = .vegas(rule)
      case .gradient2(var rule):
        rule.update(rtt: rtt, inFlight: inFlight, didDrop: didDrop)
        self = .gradient2(rule)
      }
    }
  }

  /// How a limiter is built.
  public struct Options: Sendable, Hashable {
    /// How the limit is found.
    public var rule: Rule
    /// The share of the limit that each class may use, in the order of `Criticality`, from 0 to 1
    /// and never rising.
    public var shares: [Double]
    /// How long times are gathered before the rule gets their average; zero hands on each call.
    public var window: TimeSpan
    /// Calls that a window needs to count.
    public var windowSamples: Int
    /// A wrong way to build it, for drills; nil for the right one.
    public var shortcut: LoadSheddingShortcut?

    /// Options; the window is that of Netflix's WindowedLimit.
    public init(
      rule: Rule, shares: [Double] = [1, 1, 1], window: TimeSpan = .seconds(1),
      windowSamples: Int = 10, shortcut: LoadSheddingShortcut? = nil
    ) {
      precondition(shares.count == Criticality.allCases.count, "one share a class")
      self.rule = rule
      self.shares = shares
      self.window = window
      self.windowSamples = windowSamples
      self.shortcut = shortcut
    }
  }
}
