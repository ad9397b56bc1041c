import Kernel

/// Refuses calls at the door of a server once as many are inside as it can serve in time.
///
///     call ── inside < limit x share of its class ──▶ inside ── answered or dropped ──▶ gone
///       └──── otherwise ──▶ refused at once
///
/// Calls inside are those at work and those in line. The limit is not set by hand: it follows what
/// calls that were let in took. **The limit stays within its bounds; a call is refused only when every
/// less critical call would be; the limit does not grow while less than half of it is used.**
///
/// Source: github.com/Netflix/concurrency-limits @78a74b9.
public struct ConcurrencyLimiter: Sendable, Hashable {
  /// A place inside, which the call gives back.
  public struct Permit: Sendable, Hashable {
    /// When it was given.
    public let begunAt: Instant
    /// Calls inside at that moment, this one included.
    public let inFlight: Int
  }

  /// How a call left.
  public enum Outcome: Sendable, Hashable {
    /// It was answered: its time counts.
    case answered
    /// It was dropped, or its time was over: a sign of overload.
    case dropped
    /// It says nothing about the server.
    case ignored
  }

  /// How it is built.
  public let options: Options
  /// The rule with what it has learned.
  public private(set) var rule: Rule
  /// Calls inside.
  public private(set) var inFlight = 0
  /// Calls refused so far.
  public private(set) var refusedCount = 0
  var idleGrowth: String?
  private var window = SampleWindow()

  /// A limiter at its start.
  public init(_ options: Options) {
    self.options = options
    rule = options.rule
  }

  /// The present limit.
  public var limit: Int { rule.limit }

  /// Calls inside below which a call of `criticality` is let in.
  public func threshold(_ criticality: Criticality) -> Int {
    var place = criticality.rawValue
    if options.shortcut == .invertsPriority { place = options.shares.count - 1 - place }
    return max(1, Int((Double(limit) * options.shares[place]).rounded(.up)))
  }

  /// Lets a call in, or refuses it with nil.
  public mutating func admit(_ criticality: Criticality, at now: Instant) -> Permit? {
    rule.advance(to: now)
    guard inFlight < threshold(criticality) else {
      refusedCount += 1
      return nil
    }
    inFlight += 1
    return Permit(begunAt: now, inFlight: inFlight)
  }

  /// Takes a place back and learns from the call.
  public mutating func release(_ permit: Permit, _ outcome: Outcome, at now: Instant) {
    if options.shortcut != .leaksPermits || outcome == .answered {
      precondition(inFlight > 0, "a permit is given back once")
      inFlight -= 1
    }
    guard outcome != .ignored else { return }
    if case .gradient(var gradient) = rule {
      if outcome == .answered {
        gradient.record(begun: permit.begunAt, at: now)
        rule = .gradient(gradient)
      }
      return
    }
    let sample = window.add(
      rtt: now - permit.begunAt, inFlight: permit.inFlight, didDrop: outcome == .dropped, at: now,
      every: options.window, least: options.windowSamples)
    if let sample { learn(sample) }
  }

  /// Learns from a whole window at once: so many calls, let in together at `begun`, took `rtt` each.
  public mutating func learn(calls: Int, rtt: TimeSpan, didDrop: Bool, begun: Instant) {
    if case .gradient(var gradient) = rule {
      for _ in 0..<min(calls, 10_000) { gradient.record(begun: begun, at: begun + rtt) }
      gradient.advance(to: begun + max(rtt, gradient.options.concurrencyUpdateInterval))
      rule = .gradient(gradient)
    } else {
      learn(SampleWindow.Sample(rtt: rtt, inFlight: calls, didDrop: didDrop))
    }
  }

  private mutating func learn(_ sample: SampleWindow.Sample) {
    let before = rule
    var inFlight = sample.inFlight
    if options.shortcut == .growsWhileIdle { inFlight = max(inFlight, limit) }
    rule.update(rtt: sample.rtt, inFlight: inFlight, didDrop: sample.didDrop)
    if options.shortcut == .neverShrinks, rule.limit < before.limit { rule = before }
    if rule.limit > before.limit, sample.inFlight * 2 < before.limit, idleGrowth == nil {
      idleGrowth = "\(before.limit) became \(rule.limit) with \(sample.inFlight) in flight"
    }
  }
}
