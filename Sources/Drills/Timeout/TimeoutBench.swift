import Kernel
import Patterns
import Presentation

/// The timeouts of a chain under commands: who gives up when, and who works on for nobody.
public struct TimeoutBench: Bench {
  /// The knobs and where they stand.
  public private(set) var settings: Settings
  let preset: TimeoutPreset?
  var counters = Counters()

  /// What the last commands measured.
  struct Counters: Sendable, Equatable {
    var answered: Bool?
    var waited: TimeSpan?
    var zombie: TimeSpan?
    var storeLimit: TimeSpan?
    var dropped: Int?
    var cutShare: Double?
    var loadFactor: Double?
  }

  /// A fresh bench: a chain of three layers, or one caller with a tool's timeouts.
  public init(preset: TimeoutPreset? = nil) {
    self.preset = preset
    settings = Settings(preset?.tool.knobs ?? Self.chainKnobs)
  }

  private static let chainKnobs =
    ["client", "edge", "middle"].map { name in
      ChainKnobs.all.first { $0.name == "timeout.\(name)" }
    }.compactMap { $0 } + [
      Knob(
        "margin", .span(.zero...(.seconds(10))), standard: .span(.zero),
        "What each layer keeps of the time left for the way back.")
    ]
    + ChainKnobs.all.filter { ["deadline", "deadline.sent", "timeout.cancels"].contains($0.name) }

  /// The policies of client, edge and middle; of one caller with a tool's knobs.
  var policies: [TimeoutPolicy] {
    if let preset { return [preset.design(settings)] }
    return ["client", "edge", "middle"].map { name in
      let perTry = settings.span("timeout.\(name)")
      let total = settings.span("deadline")
      return TimeoutPolicy(
        perTry: perTry == .zero ? nil : perTry,
        total: name == "client" && total > .zero ? total : nil,
        margin: name == "client" ? .zero : settings.span("margin"),
        isPropagated: settings.flag("deadline.sent"), isCancelling: settings.flag("timeout.cancels")
      )
    }
  }

  /// The words that commands take.
  public var parts: [String] { [] }

  /// What can be typed.
  public var commands: [BenchCommand] {
    let call = BenchCommand(
      "call", usage: "call TIME", example: "call 500ms",
      "Makes a call whose work takes TIME, and tells who waits and who gives up.")
    let cut = BenchCommand(
      "cut", usage: "cut TIME [TRIES]", example: "cut 100ms 3",
      "Cuts 10,000 calls, median 20 ms and p99 200 ms, at TIME, each tried TRIES times."
    )
    let show = BenchCommand("show", usage: "show", example: "show", "Shows the limits.")
    guard preset == nil else { return [call, cut, show] }
    let walk = BenchCommand(
      "walk", usage: "walk EDGE MIDDLE STORE", example: "walk 100ms 100ms 2s",
      "Sends a request through the chain; each layer works so long before it calls the next.")
    return [call, walk, cut, show]
  }

  /// What can be measured right now.
  public var facts: [Measurement] {
    [
      Measurement("answered", counters.answered.map { $0 ? 1 : 0 }, .count),
      Measurement("waited", counters.waited?.seconds, .seconds),
      Measurement("zombie", counters.zombie?.seconds, .seconds),
      Measurement("store_limit", counters.storeLimit?.seconds, .seconds),
      Measurement("dropped", counters.dropped.map(Double.init), .count),
      Measurement("cut_share", counters.cutShare, .fraction),
      Measurement("load_factor", counters.loadFactor, .ratio),
    ]
  }

  /// What the bench leaves out.
  public var fidelity: Fidelity {
    Fidelity(
      models: ["Timeouts and deadlines are the values that the drills use."],
      leavesOut: ["Messages take no time here, and no call waits in line."]
        + (preset?.tool.leavesOut ?? []),
      sources: ["https://grpc.io/docs/guides/deadlines/", "The presets' parameters name theirs."])
  }

  /// Nothing can be broken between two commands.
  public func checkInvariants() -> InvariantViolation? { nil }

  /// Turns knobs.
  public mutating func apply(_ changed: Settings) throws(Diagnostic) -> Document {
    settings = changed
    counters = Counters()
    return show()
  }

  /// Carries out one command.
  public mutating func perform(_ line: BenchLine) throws(Diagnostic) -> Document {
    switch line.name {
    case "call": return walk([try span(line, 0)])
    case "walk":
      var times: [TimeSpan] = []
      for index in 0..<3 { times.append(try span(line, index)) }
      return walk(times)
    case "cut": return cut(try span(line, 0), tries: try tries(line))
    default: return show()
    }
  }

  private func span(_ line: BenchLine, _ index: Int) throws(Diagnostic) -> TimeSpan {
    guard index < line.arguments.count else {
      throw Diagnostic(
        "A time is missing.", found: line.text, expected: "\(line.name) with times such as 500ms")
    }
    let text = line.arguments[index]
    guard let span = TimeSpan(text: text), span >= .zero, span <= .hours(24) else {
      throw Diagnostic(
        "'\(text)' is no time.", column: line.column(index), found: text,
        expected: "a time up to 24h, such as 500ms or 5s")
    }
    return span
  }

  private func tries(_ line: BenchLine) throws(Diagnostic) -> Int {
    guard line.arguments.count > 1 else { return 1 }
    guard let count = Int(line.arguments[1]), (1...10).contains(count) else {
      throw Diagnostic(
        "'\(line.arguments[1])' is no number of tries.", column: line.column(1),
        found: line.arguments[1], expected: "a whole number from 1 to 10")
    }
    return count
  }
}
