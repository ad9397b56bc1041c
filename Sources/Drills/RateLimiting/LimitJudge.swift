import Kernel
import Patterns

/// An exact count, over all gateways, of what each client got through in the last window.
struct LimitJudge: Sendable {
  private let rate: RateLimit
  private var times: [[Instant]]
  private var heads: [Int]
  private var most = 0

  init(senders: Int, rate: RateLimit) {
    self.rate = rate
    times = Array(repeating: [], count: senders)
    heads = Array(repeating: 0, count: senders)
  }

  /// The most of one client within one window, over the limit.
  var worst: Double { Double(most) / Double(rate.permits) }

  private mutating func count(_ sender: Int, at now: Instant) -> Int {
    while heads[sender] < times[sender].count,
      times[sender][heads[sender]] + rate.period <= now
    {
      heads[sender] += 1
    }
    return times[sender].count - heads[sender]
  }

  /// Counts a request that goes on and says how many went on in the window that ends with it.
  mutating func admitted(_ sender: Int, at now: Instant) -> Int {
    times[sender].append(now)
    let count = count(sender, at: now)
    most = max(most, count)
    return count
  }

  /// Whether an exact limit would let one more through.
  mutating func hasRoom(_ sender: Int, at now: Instant) -> Bool {
    count(sender, at: now) < rate.permits
  }
}
