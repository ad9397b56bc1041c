import Kernel
import Patterns
import Presentation

/// A bulkhead under commands: calls that begin, hang and end; and shards under tenants.
public struct BulkheadBench: Bench {
  /// The knobs and where they stand.
  public private(set) var settings: Settings
  let preset: BulkheadPreset
  var semaphore: SemaphoreBulkhead?
  var pool: ThreadPoolBulkhead?
  var clock = Instant.zero
  /// Calls under way, in the order they began, and those that wait with the end of their wait.
  var running: [Int] = []
  var waiting: [(call: Int, until: Instant)] = []
  var nextCall = 1
  var counters = Counters()

  /// What commands measured.
  struct Counters: Sendable, Equatable {
    var refused = 0
    var timedOut = 0
    var sameShare: Double?
    var same: Int?
    var untouched: Int?
    var hands: Double?
    var needed: Double?
  }

  /// A fresh bench, plain or with the knobs and defaults of `preset`; the plain one begins with a
  /// semaphore.
  public init(preset: BulkheadPreset = .plain) {
    self.preset = preset
    settings = Settings(preset.tool.knobs)
    if preset == .plain { try? settings.set("isolation", "semaphore") }
    build()
  }

  private mutating func build() {
    semaphore = nil
    pool = nil
    switch preset.design(settings) {
    case .none: break
    case .semaphore(let bulkhead): semaphore = bulkhead
    case .pool(let options): pool = ThreadPoolBulkhead(options)
    }
    clock = .zero
    running = []
    waiting = []
    nextCall = 1
    counters = Counters()
  }

  /// The words that commands take.
  public var parts: [String] { ShuffleShards.Plan.allCases.map(\.rawValue) }

  /// What can be typed.
  public var commands: [BenchCommand] {
    [
      BenchCommand(
        "begin", usage: "begin [COUNT]", example: "begin 5",
        "Lets COUNT calls come; those that get in go on until they end."),
      BenchCommand(
        "finish", usage: "finish [COUNT]", example: "finish 1",
        "Ends the COUNT calls that have been under way longest."),
      BenchCommand(
        "wait", usage: "wait TIME", example: "wait 100ms",
        "Lets time pass: waits for a permit end, idle threads die."),
      BenchCommand(
        "need", usage: "need RATE TIME", example: "need 300 20ms",
        "Says how many calls are under way on average: Little's law."),
      BenchCommand(
        "deal", usage: "deal PLAN WORKERS SHARD TENANTS", example: "deal shuffle 8 2 200",
        "Deals workers to tenants and counts who shares with the first, beside the exact average."),
      BenchCommand("show", usage: "show", example: "show", "Shows the bulkhead."),
    ]
  }

  /// What can be measured right now.
  public var facts: [Measurement] {
    func count(_ name: String, _ value: Int?) -> Measurement {
      Measurement(name, value.map(Double.init), .count)
    }
    return [
      count("under_way", running.count), count("waiting", waiting.count + (pool?.queued ?? 0)),
      count("refused", counters.refused), count("timed_out", counters.timedOut),
      count("threads", pool?.threads(at: clock)), count("free", free),
      Measurement("needed", counters.needed, .ratio), count("same_shard", counters.same),
      count("untouched", counters.untouched),
      Measurement("same_chance", counters.sameShare, .fraction),
      Measurement("hands", counters.hands, .count),
    ]
  }

  private var free: Int? {
    if let semaphore { return semaphore.maxConcurrentCalls - semaphore.inUse }
    if let pool { return pool.options.maxSize - pool.busy }
    return nil
  }

  /// What the bench leaves out.
  public var fidelity: Fidelity {
    Fidelity(
      models: ["Semaphore, pool and shards are the machines that the drills run."],
      leavesOut: ["Calls end when you say so; threads of the service are in the drills."]
        + preset.tool.leavesOut,
      sources: [
        "resilience4j BulkheadConfig.java and ThreadPoolBulkheadConfig.java",
        "Hystrix HystrixThreadPoolProperties.java", "Polly RateLimiterConstants.cs",
        "aws.amazon.com/builders-library/workload-isolation-using-shuffle-sharding",
      ])
  }

  /// The first invariant that does not hold, or nil.
  public func checkInvariants() -> InvariantViolation? {
    semaphore?.checkInvariants() ?? pool?.checkInvariants()
  }

  /// Turns knobs; the bulkhead begins anew.
  public mutating func apply(_ changed: Settings) throws(Diagnostic) -> Document {
    if preset == .plain, changed.integer("pool.core") > changed.integer("max"),
      changed.word("isolation") == "pool"
    {
      throw Diagnostic(
        "pool.core is above max.", expected: "a pool.core that is at most max")
    }
    settings = changed
    build()
    return show()
  }

  /// Carries out one command.
  public mutating func perform(_ line: BenchLine) throws(Diagnostic) -> Document {
    switch line.name {
    case "begin": return begin(try line.count(0, of: "calls", upTo: 10_000))
    case "finish": return finish(try line.count(0, of: "calls", upTo: 10_000))
    case "wait": return wait(try line.span(upTo: .hours(24), expected: "a time such as 100ms"))
    case "need": return try need(line)
    case "deal": return try deal(line)
    default: return show()
    }
  }
}
