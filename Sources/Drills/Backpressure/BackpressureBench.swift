import Kernel
import Patterns
import Presentation

/// Demand, a buffer and windows under commands.
public struct BackpressureBench: Bench {
  /// The knobs and where they stand.
  public private(set) var settings: Settings
  let preset: BackpressurePreset
  var subscription = Subscription()
  var buffer: StageBuffer
  var replenisher: Replenisher?
  var windows: FlowWindows
  var nextItem = 1
  var counters = Counters()

  /// What commands measured.
  struct Counters: Sendable, Equatable {
    var refused = 0
    var stored = 0
    var dropped = 0
    var held = 0
    var failed = 0
    var messages = 0
    var oldest: Int?
    var sent = 0
  }

  /// A fresh bench, plain or with the knobs and defaults of `preset`.
  public init(preset: BackpressurePreset = .plain) {
    self.preset = preset
    settings = Settings(preset.tool.knobs)
    let design = preset.design(settings)
    buffer = design.buffer
    replenisher = design.replenisher
    windows = FlowWindows(
      count: 3, stream: design.streamWindow, connection: design.connectionWindow)
    beginDemand()
  }

  /// A consumer that asks begins by asking for its prefetch.
  mutating func beginDemand() {
    guard let replenisher else { return }
    _ = subscription.request(replenisher.prefetch)
    counters.messages = 1
  }

  /// The words that commands take.
  public var parts: [String] { ["connection"] }

  /// What can be typed.
  public var commands: [BenchCommand] {
    [
      BenchCommand(
        "request", usage: "request COUNT", example: "request 5",
        "The subscriber asks for COUNT more items, also for 0 or less, to see what happens."),
      BenchCommand(
        "cancel", usage: "cancel", example: "cancel", "The subscriber wants no more."),
      BenchCommand(
        "produce", usage: "produce [COUNT]", example: "produce 10",
        "The producer has COUNT items: each is sent if it may be, and meets the buffer."),
      BenchCommand(
        "consume", usage: "consume [COUNT]", example: "consume 3",
        "The consumer takes COUNT items from the buffer, and asks for more if it is one that asks."),
      BenchCommand(
        "transmit", usage: "transmit STREAM BYTES", example: "transmit 1 30000",
        "Sends BYTES on one of three HTTP/2 streams, as many as both windows allow."),
      BenchCommand(
        "grant", usage: "grant STREAM|connection BYTES", example: "grant connection 10000",
        "A WINDOW_UPDATE of BYTES comes for a stream or for the connection."),
      BenchCommand("show", usage: "show", example: "show", "Shows demand, buffer and windows."),
    ]
  }

  /// What can be measured right now.
  public var facts: [Measurement] {
    func count(_ name: String, _ value: Int?) -> Measurement {
      Measurement(name, value.map(Double.init), .count)
    }
    return [
      count("demand", subscription.demand == .max ? nil : subscription.demand),
      count("signalled", subscription.signalled), count("held", counters.held),
      count("failed", subscription.phase == .failed ? 1 : counters.failed),
      count("cancelled", subscription.phase == .cancelled ? 1 : 0),
      count("buffered", buffer.count), count("dropped", counters.dropped),
      count("oldest", counters.oldest), count("messages", counters.messages),
      count("stream_1", windows.streams[0]), count("stream_2", windows.streams[1]),
      count("stream_3", windows.streams[2]), count("connection", windows.connection),
      count("sent", counters.sent),
    ]
  }

  /// What the bench leaves out.
  public var fidelity: Fidelity {
    Fidelity(
      models: ["Demand, buffer and windows are the machines that the drills run."],
      leavesOut: ["Messages take no time, and nobody works: you consume."]
        + preset.tool.leavesOut,
      sources: [
        "github.com/reactive-streams/reactive-streams-jvm README.md @006202eb",
        "github.com/reactor/reactor-core Queues.java @03521d98",
        "RFC 9113, sections 5.2 and 6.9",
      ])
  }

  /// The first invariant that does not hold, or nil.
  public func checkInvariants() -> InvariantViolation? {
    subscription.checkInvariants() ?? buffer.checkInvariants()
  }

  /// Turns knobs; everything begins anew.
  public mutating func apply(_ changed: Settings) throws(Diagnostic) -> Document {
    settings = changed
    let design = preset.design(changed)
    subscription = Subscription()
    buffer = design.buffer
    replenisher = design.replenisher
    windows = FlowWindows(
      count: 3, stream: design.streamWindow, connection: design.connectionWindow)
    nextItem = 1
    counters = Counters()
    beginDemand()
    return show()
  }

  /// Carries out one command.
  public mutating func perform(_ line: BenchLine) throws(Diagnostic) -> Document {
    switch line.name {
    case "request": return request(try whole(line, 0, of: "items"))
    case "cancel":
      subscription.cancel()
      return Document([.text("The subscription is cancelled; requests do nothing any more.")])
    case "produce": return produce(try line.count(0, of: "items", upTo: 100_000))
    case "consume": return consume(try line.count(0, of: "items", upTo: 100_000))
    case "transmit":
      let stream = try line.count(0, of: "streams", upTo: 3)
      return transmit(stream - 1, try line.count(1, of: "bytes", upTo: 1_000_000_000))
    case "grant": return try grant(line)
    default: return show()
    }
  }

  func whole(_ line: BenchLine, _ place: Int, of things: String) throws(Diagnostic) -> Int {
    let text = place < line.arguments.count ? line.arguments[place] : ""
    guard let value = Unit.count.value(from: text), value == value.rounded(), abs(value) < 1e15
    else {
      throw Diagnostic(
        "'\(text)' is no number of \(things).", found: text, expected: "a whole number")
    }
    return Int(value)
  }
}
