import Kernel
import Patterns
import Presentation

/// Envoy's outlier detection live under commands: some hosts, some of them bad, a clock that stands
/// still until `tick`.
public struct OutlierBench: Bench {
  /// The knobs and where they stand.
  public private(set) var settings: Settings
  var detector: OutlierDetector
  var now = Instant.zero
  /// The share of calls that fail, by host.
  var badness: [Double]
  var counters = Counters()
  /// Calls of the last `load` that each host got.
  var lastLoad: [Int]
  private var random = RandomStream(seed: 1, name: "bench/hosts")

  /// What has been counted since the bench was made.
  struct Counters: Sendable, Equatable {
    var calls = 0
    var errors = 0
    var ejections = 0
    var overflows = 0
    var lastCalls = 0
    var lastErrors = 0
  }

  /// A fresh bench of ten hosts, all good.
  public init() {
    settings = Settings(EnvoyOutlierDetection.tool.knobs + Self.ownKnobs)
    let count = settings.integer("hosts")
    detector = OutlierDetector(EnvoyOutlierDetection.options(settings), hostCount: count)
    badness = Array(repeating: 0, count: count)
    lastLoad = Array(repeating: 0, count: count)
  }

  private static let ownKnobs = [
    Knob("hosts", .integer(1...100), standard: .integer(10), role: .load, "Hosts of the cluster.")
  ]

  /// The names of the hosts.
  public var parts: [String] { detector.hosts.indices.map { "h\($0 + 1)" } }

  /// What the bench leaves out.
  public var fidelity: Fidelity {
    Fidelity(
      models: ["The detector is the machine that the drills run, by Envoy's rules."],
      leavesOut: EnvoyOutlierDetection.tool.leavesOut + [
        "Calls take no time; 'load' spreads them evenly over the hosts that are in."
      ],
      sources: [
        "github.com/envoyproxy/envoy source/common/upstream/outlier_detection_impl.cc",
        "github.com/envoyproxy/envoy api/envoy/config/cluster/v3/outlier_detection.proto",
      ])
  }

  /// The first invariant that does not hold, or nil.
  public func checkInvariants() -> InvariantViolation? { detector.checkInvariants() }

  /// Turns knobs; the detector begins anew with every host in.
  public mutating func apply(_ changed: Settings) throws(Diagnostic) -> Document {
    let count = changed.integer("hosts")
    settings = changed
    detector = OutlierDetector(
      EnvoyOutlierDetection.options(changed), hostCount: count, at: now)
    badness = (0..<count).map { $0 < badness.count ? badness[$0] : 0 }
    lastLoad = Array(repeating: 0, count: count)
    return Document([
      .text(settings.turned),
      .text("The detector begins anew: every host is in."),
    ])
  }

  /// What can be measured right now.
  public var facts: [Measurement] {
    [
      Measurement("hosts", Double(detector.hosts.count), .count),
      Measurement("ejected", Double(detector.ejectedCount), .count),
      Measurement("ejections", Double(counters.ejections), .count),
      Measurement("overflows", Double(counters.overflows), .count),
      Measurement("calls", Double(counters.calls), .count),
      Measurement("errors", Double(counters.errors), .count),
      Measurement(
        "last_error_rate",
        counters.lastCalls == 0
          ? nil : Double(counters.lastErrors) / Double(counters.lastCalls), .fraction),
      Measurement("mean_success", detector.lastThreshold.map { $0.mean / 100 }, .fraction),
      Measurement("success_bound", detector.lastThreshold.map { $0.bound / 100 }, .fraction),
      Measurement("clock", now.seconds, .seconds),
    ]
  }

  /// What can be typed.
  public var commands: [BenchCommand] {
    [
      BenchCommand(
        "bad", usage: "bad HOST SHARE", example: "bad h3 100%",
        "Makes a host fail this share of its calls."),
      BenchCommand(
        "load", usage: "load COUNT", example: "load 1000",
        "Spreads calls evenly over the hosts that are in."),
      BenchCommand(
        "fail", usage: "fail HOST [COUNT]", example: "fail h3 5",
        "Lets calls to one host fail with a server error."),
      BenchCommand(
        "ok", usage: "ok HOST [COUNT]", example: "ok h3", "Lets calls to one host succeed."),
      BenchCommand(
        "timeout", usage: "timeout HOST [COUNT]", example: "timeout h3 5",
        "Lets calls to one host time out, which is a gateway error."),
      BenchCommand("tick", usage: "tick TIME", example: "tick 10s", "Lets time pass."),
      BenchCommand("show", usage: "show", example: "show", "Shows the hosts."),
    ]
  }

  /// Carries out one command.
  public mutating func perform(_ line: BenchLine) throws(Diagnostic) -> Document {
    switch line.name {
    case "bad": return try makeBad(line)
    case "load": return load(try count(line, 0))
    case "fail": return record(.serverError, try host(line), try count(line, 1))
    case "ok": return record(.success, try host(line), try count(line, 1))
    case "timeout": return record(.gatewayError, try host(line), try count(line, 1))
    case "tick": return try tick(line)
    default: return show()
    }
  }

  private func host(_ line: BenchLine) throws(Diagnostic) -> Int {
    let word = line.arguments.first ?? ""
    guard let index = parts.firstIndex(of: word) else {
      throw .unknown(
        "host", word, known: parts, column: line.arguments.isEmpty ? nil : line.column(0))
    }
    return index
  }

  private func count(_ line: BenchLine, _ index: Int) throws(Diagnostic) -> Int {
    try line.count(index, of: "calls", upTo: 100_000)
  }

  private mutating func makeBad(_ line: BenchLine) throws(Diagnostic) -> Document {
    let index = try host(line)
    let text = line.arguments.count > 1 ? line.arguments[1] : ""
    guard let share = Unit.fraction.value(from: text), (0...1).contains(share) else {
      throw Diagnostic(
        "'\(text)' is no share of calls.",
        column: line.arguments.count > 1 ? line.column(1) : nil, found: text,
        expected: "a share from 0 % to 100 %, as in 'bad h3 100%'")
    }
    badness[index] = share
    return Document([.text("\(parts[index]) fails \(Unit.fraction.text(share)) of its calls now.")])
  }

  private mutating func load(_ count: Int) -> Document {
    lastLoad = Array(repeating: 0, count: detector.hosts.count)
    counters.lastCalls = count
    counters.lastErrors = 0
    var events: [OutlierDetector.Event] = []
    var turn = 0
    for _ in 0..<count {
      let active = detector.hosts.indices.filter { detector.hosts[$0].isActive }
      // With fewer than half of them in, all are used: the panic threshold of 50 %.
      let isPanic = active.count * 2 < detector.hosts.count
      let usable = isPanic ? Array(detector.hosts.indices) : active
      let index = usable[turn % usable.count]
      turn += 1
      lastLoad[index] += 1
      let isError = random.chance(badness[index])
      if isError { counters.lastErrors += 1 }
      let result: OutlierDetector.Result = isError ? .serverError : .success
      if let event = detector.record(result, from: NodeID(index), at: now) {
        events.append(event)
      }
    }
    counters.calls += count
    counters.errors += counters.lastErrors
    var reply = Document([
      .text(
        "\(count) calls, \(counters.lastErrors) failed "
          + "(\(Unit.fraction.text(Double(counters.lastErrors) / Double(count)))).")
    ])
    tell(events, in: &reply)
    return reply
  }

  private mutating func record(
    _ result: OutlierDetector.Result, _ index: Int, _ count: Int
  ) -> Document {
    var events: [OutlierDetector.Event] = []
    for _ in 0..<count {
      counters.calls += 1
      if result != .success { counters.errors += 1 }
      if let event = detector.record(result, from: NodeID(index), at: now) {
        events.append(event)
      }
    }
    var reply = Document()
    tell(events, in: &reply)
    let row = detector.hosts[index].serverErrorsInRow
    if events.isEmpty { reply.add("\(parts[index]): \(row) server errors in a row.") }
    return reply
  }

  private mutating func tick(_ line: BenchLine) throws(Diagnostic) -> Document {
    now += try line.span(upTo: .hours(24), expected: "a time up to 24h, such as 10s")
    var reply = Document([.text("It is \(now).")])
    tell(detector.sweep(until: now), in: &reply)
    return reply
  }
}
