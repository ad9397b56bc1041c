import Kernel

/// A client's own brake: it refuses calls itself, by chance, once the server accepts too few.
///
///     p = max(0, (requests - K x accepts) / (requests + 1)) ^ (1 / aggression), at most `most`
///
/// Refusing costs a server too. A client that counts what it asked for and what was accepted knows
/// enough to stop most of the useless calls before they leave. With K = 2 it sends about twice what the
/// server accepts, so that it notices when the server is well again.
///
/// Google counts calls that the client refused itself among the requests; Envoy's admission control
/// counts only those it sent. **The chance of refusal never exceeds `most`.**
///
/// Source: sre.google/sre-book/handling-overload; github.com/envoyproxy/envoy api/envoy/extensions/
/// filters/http/admission_control/v3/admission_control.proto @292030a3.
public struct AdaptiveThrottle: Sendable, Hashable {
  /// How it is built.
  public struct Options: Sendable, Hashable {
    /// How far it looks back; whole seconds.
    public var window: TimeSpan
    /// Requests for each accepted one before it refuses; Google's K, Envoy's 1 / sr_threshold.
    public var multiplier: Double
    /// How steeply refusal rises, from 1.
    public var aggression: Double
    /// The greatest chance of refusal.
    public var most: Double
    /// Requests a second below which it never refuses.
    public var leastRate: Double
    /// Whether its own refusals count as requests.
    public var countsOwnRefusals: Bool
    /// A wrong way to build it, for drills; nil for the right one.
    public var shortcut: LoadSheddingShortcut?

    /// Google's figures: two minutes, K = 2.
    public init(
      window: TimeSpan = .seconds(120), multiplier: Double = 2, aggression: Double = 1,
      most: Double = 1, leastRate: Double = 0, countsOwnRefusals: Bool = true,
      shortcut: LoadSheddingShortcut? = nil
    ) {
      self.window = window
      self.multiplier = multiplier
      self.aggression = aggression
      self.most = most
      self.leastRate = leastRate
      self.countsOwnRefusals = countsOwnRefusals
      self.shortcut = shortcut
    }
  }

  private struct Bucket: Sendable, Hashable {
    var requests = 0
    var accepts = 0
  }

  /// How it is built.
  public let options: Options
  /// Requests within the window.
  public private(set) var requests = 0
  /// Requests within the window that the server accepted.
  public private(set) var accepts = 0
  /// Calls it refused itself.
  public private(set) var refusedCount = 0
  private var buckets: [Bucket]
  private var second = 0

  /// A throttle that has seen nothing.
  public init(_ options: Options = Options()) {
    self.options = options
    let count = max(1, Int(options.window.seconds.rounded()))
    buckets = Array(repeating: Bucket(), count: count)
  }

  /// The chance that the next call is refused.
  public var probability: Double {
    let total = Double(requests)
    guard total / Double(buckets.count) >= options.leastRate else { return 0 }
    let excess = max(0, total - options.multiplier * Double(accepts)) / (total + 1)
    let chance =
      options.aggression == 1 || excess == 0
      ? excess : PortableMath.power(excess, 1 / options.aggression)
    return min(options.most, chance)
  }

  /// Whether a call may be sent.
  public mutating func admits(at now: Instant, random: inout RandomStream) -> Bool {
    advance(to: now)
    let isRefused = random.chance(probability)
    if isRefused { refusedCount += 1 }
    if options.countsOwnRefusals { add(requests: 1, accepts: 0) }
    return !isRefused
  }

  /// Takes note of what became of a call that was sent: the server accepted it or did not.
  public mutating func answered(isAccepted: Bool, at now: Instant) {
    advance(to: now)
    let counts = isAccepted || options.shortcut == .countsRefusalsAsAccepted
    add(requests: options.countsOwnRefusals ? 0 : 1, accepts: counts ? 1 : 0)
  }

  /// Takes note of a whole row of requests at once, for a bench.
  public mutating func saw(requests: Int, accepts: Int, at now: Instant) {
    advance(to: now)
    add(requests: requests, accepts: accepts)
  }

  private mutating func add(requests: Int, accepts: Int) {
    buckets[second % buckets.count].requests += requests
    buckets[second % buckets.count].accepts += accepts
    self.requests += requests
    self.accepts += accepts
  }

  private mutating func advance(to now: Instant) {
    let target = Int(now.nanoseconds / 1_000_000_000)
    var steps = min(target - second, buckets.count)
    while steps > 0 {
      let place = (target - steps + 1) % buckets.count
      requests -= buckets[place].requests
      accepts -= buckets[place].accepts
      buckets[place] = Bucket()
      steps -= 1
    }
    second = max(second, target)
  }
}
