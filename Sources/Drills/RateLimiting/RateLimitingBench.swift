import Kernel
import Patterns
import Presentation

/// A table of rate limiters live under commands, a limiter for each key, with a clock that stands
/// still until `tick`.
public struct RateLimitingBench: Bench {
  /// The knobs and where they stand.
  public private(set) var settings: Settings
  let preset: RateLimiterPreset
  var table: RateLimiterTable<String>
  var now = Instant.zero
  var counters = Counters()
  /// Keys in the order in which they were first used.
  var keys: [String] = []
  /// When requests of the last window's length went on, with their costs, and with which key.
  var admitted: [(key: String, at: Instant)] = []

  /// What has been counted since the bench was made.
  struct Counters: Sendable, Equatable {
    var admitted = 0
    var refused = 0
    var lastAdmitted = 0
    var lastRefused = 0
    var lastDelayed = 0
    var longestWait = TimeSpan.zero
    var retryAfter: TimeSpan?
    var mostInWindow = 0
  }

  /// A fresh bench, plain or with the knobs and defaults of `preset`.
  public init(preset: RateLimiterPreset = .plain) {
    self.preset = preset
    settings = Settings(preset.tool.knobs + Self.ownKnobs)
    table = Self.table(preset, settings)
  }

  private static let ownKnobs = [
    Knob(
      "keys", .integer(1...10_000), standard: .integer(1_000),
      "Keys that are held; the one not used for longest makes room.")
  ]

  private static func table(
    _ preset: RateLimiterPreset, _ settings: Settings
  ) -> RateLimiterTable<String> {
    RateLimiterTable(
      RateLimiter(preset.options(settings)), capacity: settings.integer("keys"))
  }

  /// The names of the keys, as far as they were used.
  public var parts: [String] { keys.isEmpty ? ["a"] : keys }

  /// What the bench leaves out.
  public var fidelity: Fidelity {
    Fidelity(
      models: ["The limiters are the values that everything else in Drillhall limits with."],
      leavesOut: [
        "Requests take no time and there is no network; delayed requests are only counted."
      ] + preset.tool.leavesOut,
      sources: [
        "github.com/nginx/nginx src/http/modules/ngx_http_limit_req_module.c",
        "github.com/throttled/throttled rate_test.go, github.com/brandur/redis-cell",
      ])
  }

  /// The first invariant that does not hold, or nil.
  public func checkInvariants() -> InvariantViolation? {
    for key in keys {
      if let violation = table.limiter(of: key)?.checkInvariants() { return violation }
    }
    return nil
  }

  /// Turns knobs; every key begins anew.
  public mutating func apply(_ changed: Settings) throws(Diagnostic) -> Document {
    settings = changed
    table = Self.table(preset, changed)
    keys = []
    admitted = []
    counters.mostInWindow = 0
    let changes = settings.changes.map { "\($0.name)=\($0.text)" }
    return Document([
      .text(
        "The limiter begins anew, "
          + (changes.isEmpty
            ? "at its defaults." : "with \(changes.joined(separator: ", "))."))
    ])
  }

  /// The length of the rolling window in which admitted requests are counted: the limit's period.
  var window: TimeSpan { preset.options(settings).rate.period }

  /// Sends `count` requests of `cost` with `key`, all now.
  mutating func send(_ key: String, _ count: Int, cost: Int) {
    counters.lastAdmitted = 0
    counters.lastRefused = 0
    counters.lastDelayed = 0
    counters.longestWait = .zero
    counters.retryAfter = nil
    if !keys.contains(key) { keys.append(key) }
    for _ in 0..<count {
      let decision = table.acquire(key, cost: cost, at: now)
      if decision.isAdmitted {
        counters.lastAdmitted += 1
        admitted.append((key, now))
        if decision.wait > .zero { counters.lastDelayed += 1 }
        counters.longestWait = max(counters.longestWait, decision.wait)
      } else {
        counters.lastRefused += 1
        if counters.lastRefused == 1, case .deny(let after) = decision {
          counters.retryAfter = after
        }
      }
    }
    counters.admitted += counters.lastAdmitted
    counters.refused += counters.lastRefused
    let (now, window) = (now, window)
    admitted.removeAll { $0.at + window <= now }
    counters.mostInWindow = max(counters.mostInWindow, admitted.count { $0.key == key })
  }
}
