import Kernel
import Patterns
import Presentation

/// One circuit breaker live under commands, with a clock that stands still until `tick`.
///
/// Calls end as the learner says: well, badly, or slowly. The same knobs also set a retry policy
/// and its budget, whose waits and whose load `retries` and `storm` show.
public struct CircuitBreakerBench: Bench {
  /// The knobs and where they stand.
  public private(set) var settings: Settings
  let preset: CircuitBreakerPreset
  var breaker: CircuitBreaker
  var now = Instant.zero
  /// Permits of calls that have not ended, oldest first, with the time they began.
  var flying: [(permit: CircuitBreaker.Permit, since: Instant)] = []
  var counters = Counters()
  /// The changes of state that the command under way has led to.
  var changes: [CircuitBreaker.Transition] = []

  /// What has been counted since the bench was made.
  struct Counters: Sendable, Equatable {
    var admitted = 0
    var rejected = 0
    var lastAdmitted = 0
    var lastRejected = 0
    var opens = 0
    var closes = 0
    /// The waits of the last `retries`, together.
    var retryWait: TimeSpan?
    var retryCount: Int?
    /// Requests and calls of the last `storm`.
    var storm: (requests: Int, calls: Int)?

    static func == (left: Counters, right: Counters) -> Bool {
      left.admitted == right.admitted && left.rejected == right.rejected
        && left.opens == right.opens && left.closes == right.closes
    }
  }

  /// A fresh bench, plain or with the knobs and defaults of `preset`.
  public init(preset: CircuitBreakerPreset = .plain) {
    self.preset = preset
    settings = Settings(preset.tool.knobs + RetryPreset.plain.tool.knobs)
    breaker = CircuitBreaker(
      preset.options(settings), random: RandomStream(seed: 1, name: "bench/breaker"))
  }

  /// The words that commands take.
  public var parts: [String] { ["ok", "fail"] + CircuitBreaker.Forcing.allCases.map(\.rawValue) }

  /// What the bench leaves out.
  public var fidelity: Fidelity {
    Fidelity(
      models: [
        "The breaker, the retries and the budgets are the machines that the drills run.",
        "Presets keep the libraries' rules, down to what happens at the very end of a time.",
      ],
      leavesOut: [
        "There is no dependency here: calls end as you say. Lines, slots and load are in the drills."
      ] + preset.tool.leavesOut,
      sources: [
        "Nygard, Release It! (2007)",
        "github.com/resilience4j/resilience4j, github.com/Netflix/Hystrix, "
          + "github.com/App-vNext/Polly",
        "Finagle RetryBudget, gRFC A6, botocore retries, Envoy resource_manager_impl.h",
      ])
  }

  /// The first invariant that does not hold, or nil.
  public func checkInvariants() -> InvariantViolation? { breaker.checkInvariants() }

  /// Turns knobs; a breaker whose own knobs changed begins anew, closed and empty.
  public mutating func apply(_ changed: Settings) throws(Diagnostic) -> Document {
    let old = preset.options(settings)
    let new = preset.options(changed)
    settings = changed
    var reply = Document()
    reply.add(.text(settings.turned))
    if old != new {
      breaker = CircuitBreaker(
        new, at: now, random: RandomStream(seed: 1, name: "bench/breaker"))
      flying.removeAll()
      reply.add("The breaker begins anew: closed, with an empty window.")
    }
    breaker.force(preset.forcing(settings), at: now)
    reply.add(state)
    return reply
  }

  /// What can be measured right now.
  public var facts: [Measurement] {
    let phase = breaker.phase
    let seen = phase == .halfOpen ? breaker.trials : breaker.window.total
    let left = phase == .open ? max(.zero, breaker.openUntil - now) : .zero
    let trialsLeft =
      phase == .halfOpen
      ? breaker.options.trialCalls - breaker.trialsGranted + breaker.trialsReleased : 0
    return [
      Measurement("closed", phase == .closed ? 1 : 0, .count),
      Measurement("open", phase == .open ? 1 : 0, .count),
      Measurement("half_open", phase == .halfOpen ? 1 : 0, .count),
      Measurement("window_calls", Double(seen.calls), .count),
      Measurement("failure_rate", seen.calls == 0 ? nil : seen.failureRate, .fraction),
      Measurement("slow_rate", seen.calls == 0 ? nil : seen.slowRate, .fraction),
      Measurement("failures_in_row", Double(breaker.failuresInRow), .count),
      Measurement("open_left", left.seconds, .seconds),
      Measurement("trials_left", Double(trialsLeft), .count),
      Measurement("admitted", Double(counters.admitted), .count),
      Measurement("rejected", Double(counters.rejected), .count),
      Measurement("last_admitted", Double(counters.lastAdmitted), .count),
      Measurement("last_rejected", Double(counters.lastRejected), .count),
      Measurement("in_flight", Double(flying.count), .count),
      Measurement("opens", Double(counters.opens), .count),
      Measurement("closes", Double(counters.closes), .count),
      Measurement("retry_count", counters.retryCount.map(Double.init), .count),
      Measurement("retry_wait", counters.retryWait?.seconds, .seconds),
      Measurement(
        "amplification", counters.storm.map { Double($0.calls) / Double(max(1, $0.requests)) },
        .ratio),
      Measurement("clock", now.seconds, .seconds),
    ]
  }
}
