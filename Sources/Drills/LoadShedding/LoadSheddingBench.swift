import Kernel
import Patterns
import Presentation

/// Limits, doors, lines and throttles under commands, without a network.
public struct LoadSheddingBench: Bench {
  /// The knobs and where they stand.
  public private(set) var settings: Settings
  let preset: LoadSheddingPreset
  var limiter: ConcurrencyLimiter
  var clock = Instant.zero
  var counters = Counters()

  /// What the last command of each kind measured.
  struct Counters: Sendable, Equatable {
    var limitBefore: Int?
    var probability: Double?
    var inTime: Double?
    var late: Int?
    var dropped: Int?
    var refused: Int?
    var longestWait: TimeSpan?
  }

  /// A fresh bench, plain or with the knobs and defaults of `preset`.
  public init(preset: LoadSheddingPreset = .plain) {
    self.preset = preset
    settings = Settings(preset.tool.knobs)
    limiter = ConcurrencyLimiter(preset.design(settings).limiter)
  }

  var design: SheddingDesign { preset.design(settings) }

  /// The words that commands take.
  public var parts: [String] { Criticality.allCases.map(\.description) }

  /// What can be typed.
  public var commands: [BenchCommand] {
    [
      BenchCommand(
        "windows", usage: "windows COUNT TIME [INSIDE]", example: "windows 5 20ms",
        "Lets COUNT windows pass in which calls take TIME, with INSIDE in flight, else a full limit."
      ),
      BenchCommand(
        "lose", usage: "lose [COUNT]", example: "lose",
        "Lets COUNT windows pass in which a call was lost."),
      BenchCommand(
        "door", usage: "door INSIDE", example: "door 10",
        "Shows which class of call is let in while INSIDE calls are inside."),
      BenchCommand(
        "ask", usage: "ask REQUESTS ACCEPTS", example: "ask 100 40",
        "Shows how likely a client refuses itself after REQUESTS of which ACCEPTS were accepted."),
      BenchCommand(
        "rush", usage: "rush COUNT [PATIENCE]", example: "rush 1000 100ms",
        "Sends COUNT calls, one each ms, through the line to a server that does one each 2 ms."),
      BenchCommand("show", usage: "show", example: "show", "Shows the limit and what it does."),
    ]
  }

  /// What can be measured right now.
  public var facts: [Measurement] {
    let isLimited = limiter.limit < 1_000_000
    return [
      Measurement("limit", isLimited ? Double(limiter.limit) : nil, .count),
      Measurement("limit_before", counters.limitBefore.map(Double.init), .count),
      Measurement("door_critical", door(.critical), .count),
      Measurement("door_normal", door(.normal), .count),
      Measurement("door_sheddable", door(.sheddable), .count),
      Measurement("probability", counters.probability, .fraction),
      Measurement("in_time", counters.inTime, .fraction),
      Measurement("late", counters.late.map(Double.init), .count),
      Measurement("dropped", counters.dropped.map(Double.init), .count),
      Measurement("refused", counters.refused.map(Double.init), .count),
      Measurement("longest_wait", counters.longestWait?.seconds, .seconds),
    ]
  }

  private func door(_ criticality: Criticality) -> Double? {
    limiter.limit < 1_000_000 ? Double(limiter.threshold(criticality)) : nil
  }

  /// What the bench leaves out.
  public var fidelity: Fidelity {
    Fidelity(
      models: ["Limit, door, line and throttle are the machines that the drills run."],
      leavesOut: [
        "Times are what you say: a limit here does not make calls faster. That loop is in the drills.",
        "A rush has one server, steady arrivals and no retries.",
      ] + preset.tool.leavesOut,
      sources: [
        "github.com/Netflix/concurrency-limits @78a74b9",
        "Envoy, gradient_controller.cc and admission_control.proto",
        "github.com/facebook/folly Codel.cpp", "sre.google/sre-book/handling-overload",
      ])
  }

  /// The first invariant that does not hold, or nil.
  public func checkInvariants() -> InvariantViolation? { limiter.checkInvariants() }

  /// Turns knobs; the limit begins anew.
  public mutating func apply(_ changed: Settings) throws(Diagnostic) -> Document {
    settings = changed
    limiter = ConcurrencyLimiter(design.limiter)
    clock = .zero
    counters = Counters()
    return show()
  }

  /// Carries out one command.
  public mutating func perform(_ line: BenchLine) throws(Diagnostic) -> Document {
    switch line.name {
    case "windows": return try windows(line)
    case "lose":
      counters.limitBefore = limiter.limit
      for _ in 0..<(try line.count(0, of: "windows", upTo: 1_000)) { pass(lost: true) }
      return moved()
    case "door": return door(inside: try line.count(0, of: "calls", upTo: 1_000_000))
    case "ask":
      let requests = try line.count(0, of: "requests", upTo: 1_000_000)
      return ask(requests, try accepts(line, of: requests))
    case "rush": return try rush(line)
    default: return show()
    }
  }

  private func accepts(_ line: BenchLine, of requests: Int) throws(Diagnostic) -> Int {
    let text = line.arguments.count > 1 ? line.arguments[1] : ""
    guard let value = Unit.count.value(from: text), value >= 0, value <= Double(requests),
      value == value.rounded()
    else {
      throw Diagnostic(
        "'\(text)' is no number of accepted requests.", found: text,
        expected: "a whole number from 0 to \(requests)")
    }
    return Int(value)
  }
}
