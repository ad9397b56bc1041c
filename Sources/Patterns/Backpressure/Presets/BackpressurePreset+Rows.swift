import Kernel

extension BackpressurePreset {
  static let plainRow = PresetRow<Design>("Plain backpressure", knobs: plainKnobs) {
    plainDesign($0)
  }

  private static let plainKnobs = [
    Knob(
      "flow", .choice(["push", "block", "credit"]), standard: .word("push"),
      "Who decides when an item is sent: the producer, a full buffer, or the consumer by asking."),
    Knob(
      "buffer", .integer(0...10_000_000), standard: .integer(1_000_000),
      "Items that wait in front of a stage (push, block)."),
    Knob(
      "overflow", .choice(["drop-newest", "drop-oldest", "error"]),
      standard: .word("drop-newest"), "What happens when the buffer is full (push)."),
    Knob(
      "prefetch", .integer(1...100_000), standard: .integer(256),
      source: "github.com/reactor/reactor-core Queues.SMALL_BUFFER_SIZE: 256",
      "Items that a consumer asks for at first (credit)."),
    Knob(
      "replenish", .number(0...1, .fraction), standard: .number(0.75),
      source: "github.com/reactor/reactor-core Operators.unboundedOrLimit: 75 %",
      "The share of the prefetch after which a consumer asks for more (credit)."),
  ]

  private static func plainDesign(_ settings: Settings) -> Design {
    let capacity = settings.integer("buffer")
    switch settings.word("flow") {
    case "block":
      return Design(
        buffer: StageBuffer(capacity: max(1, capacity), overflow: .block),
        replenisher: Replenisher(prefetch: max(1, capacity), share: 0))
    case "credit":
      let prefetch = settings.integer("prefetch")
      return Design(
        buffer: StageBuffer(capacity: prefetch, overflow: .block),
        replenisher: Replenisher(prefetch: prefetch, share: settings.number("replenish")))
    default:
      let overflow = StageBuffer.Overflow(rawValue: settings.word("overflow")) ?? .dropNewest
      return Design(buffer: StageBuffer(capacity: capacity, overflow: overflow))
    }
  }

  static let reactorRow = PresetRow<Design>(
    "Reactor 3", knobs: reactorKnobs,
    leavesOut: ["Schedulers and fusion of operators are left out."]
  ) { reactorDesign($0) }

  private static let reactorKnobs = [
    Knob(
      "operator",
      .choice(["publishOn", "onBackpressureBuffer", "onBackpressureDrop", "onBackpressureLatest"]),
      standard: .word("publishOn"),
      source: "github.com/reactor/reactor-core Flux.java", "What stands before the subscriber."),
    Knob(
      "prefetch", .integer(1...100_000), standard: .integer(256),
      source: "github.com/reactor/reactor-core Queues.java @03521d98: SMALL_BUFFER_SIZE",
      "Items that publishOn asks for at first."),
    Knob(
      "maxSize", .integer(1...10_000_000), standard: .integer(10_000_000),
      source: "github.com/reactor/reactor-core Flux.java: onBackpressureBuffer() has no bound",
      "Items that onBackpressureBuffer holds; the greatest value stands for no bound."),
    Knob(
      "BufferOverflowStrategy", .choice(["ERROR", "DROP_LATEST", "DROP_OLDEST"]),
      standard: .word("ERROR"),
      source: "github.com/reactor/reactor-core Flux.java: onBackpressureBuffer(maxSize)",
      "What onBackpressureBuffer does when it is full."),
  ]

  private static func reactorDesign(_ settings: Settings) -> Design {
    switch settings.word("operator") {
    case "onBackpressureDrop":
      return Design(buffer: StageBuffer(capacity: 0, overflow: .dropNewest))
    case "onBackpressureLatest":
      return Design(buffer: StageBuffer(capacity: 1, overflow: .dropOldest))
    case "onBackpressureBuffer":
      let overflow: StageBuffer.Overflow =
        switch settings.word("BufferOverflowStrategy") {
        case "DROP_LATEST": .dropNewest
        case "DROP_OLDEST": .dropOldest
        default: .error
        }
      return Design(
        buffer: StageBuffer(capacity: settings.integer("maxSize"), overflow: overflow))
    default:
      let prefetch = settings.integer("prefetch")
      return Design(
        buffer: StageBuffer(capacity: prefetch, overflow: .block),
        replenisher: Replenisher(prefetch: prefetch))
    }
  }

  static let http2Row = PresetRow<Design>(
    "HTTP/2, RFC 9113", knobs: http2Knobs,
    leavesOut: ["Priorities are left out; headers are not flow-controlled and take no time."]
  ) { settings in
    var design = Design(buffer: StageBuffer(capacity: .max, overflow: .block))
    design.streamWindow = settings.integer("SETTINGS_INITIAL_WINDOW_SIZE")
    design.connectionWindow = FlowWindows.standard + settings.integer("WINDOW_UPDATE")
    design.frame = settings.integer("SETTINGS_MAX_FRAME_SIZE")
    return design
  }

  private static let http2Knobs = [
    Knob(
      "SETTINGS_INITIAL_WINDOW_SIZE", .integer(0...FlowWindows.greatest),
      standard: .integer(FlowWindows.standard), source: "RFC 9113, section 6.5.2: 65,535",
      "The window of a stream, in bytes."),
    Knob(
      "WINDOW_UPDATE", .integer(0...(FlowWindows.greatest - FlowWindows.standard)),
      standard: .integer(0), source: "RFC 9113, section 6.9.2: the connection begins with 65,535",
      "What the connection's window is raised by at the start, in bytes."),
    Knob(
      "SETTINGS_MAX_FRAME_SIZE", .integer(16_384...16_777_215), standard: .integer(16_384),
      source: "RFC 9113, section 6.5.2: 16,384", "The size of a frame, in bytes."),
  ]

  private static let javaSource =
    "docs.oracle.com/javase/8/docs/api/java/util/concurrent/LinkedBlockingQueue.html"

  static let javaRow = PresetRow<Design>(
    "java.util.concurrent.LinkedBlockingQueue", knobs: javaKnobs,
    leavesOut: ["Timed offers are left out."]
  ) { settings in
    let isPut = settings.word("method") == "put"
    let overflow: StageBuffer.Overflow =
      isPut ? .block : settings.word("method") == "add" ? .error : .dropNewest
    let capacity = settings.integer("capacity")
    return Design(
      buffer: StageBuffer(capacity: capacity, overflow: overflow),
      replenisher: isPut ? Replenisher(prefetch: capacity, share: 0) : nil)
  }

  private static let javaKnobs = [
    Knob(
      "capacity", .integer(1...2_147_483_647), standard: .integer(2_147_483_647),
      source: javaSource + ": Integer.MAX_VALUE when not given", "Items in the queue at most."),
    Knob(
      "method", .choice(["put", "offer", "add"]), standard: .word("put"), source: javaSource,
      "How the producer adds: put waits, offer gives up, add throws."),
  ]
}
