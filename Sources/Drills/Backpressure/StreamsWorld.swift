import Kernel
import Patterns
import Simulation

/// The knobs and settings of the streams that share a connection.
struct StreamsSettings: Sendable {
  static let knobs = [
    Knob(
      "window.stream", .integer(1_024...100_000_000), standard: .integer(FlowWindows.standard),
      source: "RFC 9113, section 6.5.2: 65,535",
      "Bytes that may be under way or unread on a stream."),
    Knob(
      "window.connection", .integer(1_024...1_000_000_000),
      standard: .integer(FlowWindows.standard), source: "RFC 9113, section 6.9.2: 65,535",
      "Bytes that may be under way or unread on all streams together."),
    Knob(
      "streams", .integer(1...16), standard: .integer(4), role: .load,
      "Streams on the connection, each with data without end."),
    Knob(
      "bandwidth", .number(1_000...10_000_000_000, .bytes), standard: .number(10_000_000),
      role: .load, "Bytes a second that the link carries."),
    Knob(
      "read", .number(1_000...10_000_000_000, .bytes), standard: .number(5_000_000), role: .load,
      "Bytes a second that the reader of a stream takes."),
    .network(.milliseconds(10), upTo: .seconds(2)),
    .duration(.seconds(30), upTo: .minutes(5)),
  ]
  /// The size of a frame, in bytes: RFC 9113, section 6.5.2.
  static let frame = 16_384

  let streams: Int
  let streamWindow: Int
  let connectionWindow: Int
  let bandwidth: Double
  let read: Double
  let network: TimeSpan
  let duration: TimeSpan
  let shortcut: BackpressureShortcut?

  init(_ settings: Settings, mutant: String?) {
    streams = settings.integer("streams")
    streamWindow = settings.integer("window.stream")
    connectionWindow = settings.integer("window.connection")
    bandwidth = settings.number("bandwidth")
    read = settings.number("read")
    network = settings.span("network")
    duration = settings.span("duration")
    shortcut = mutant.flatMap(BackpressureShortcut.init(rawValue:))
  }

  var names: [String] { (1...streams).map { "reader-\($0)" } + ["sender"] }
}

/// Everything that a run of streams over one connection changes.
///
///     sender ── frames, as the smaller window allows ──▶ buffers ──▶ readers
///            ◀── WINDOW_UPDATE of the stream and of the connection ──
struct StreamsWorld: ScenarioWorld, Sendable {
  enum Event: ScenarioEvent, Sendable {
    case linkIsFree
    case frameLeaves(stream: Int16, bytes: Int32)
    case frameArrives(stream: Int16, bytes: Int32)
    case frameIsRead(stream: Int16, bytes: Int32)
    /// An update of a stream, or of the connection with -1.
    case updateArrives(stream: Int16, bytes: Int32)
    case faultIsDue
    case watch
  }

  struct Reader: Sendable {
    var buffered = 0
    var total = 0
    var isReading = false
    var isPaused = false
    var window: ReceiveWindow
  }

  let settings: StreamsSettings
  var environment: Environment
  var schedule: FaultSchedule
  var windows: FlowWindows
  var readers: [Reader]
  var connectionWindow: ReceiveWindow
  var turn = 0
  var isSending = false
  /// Bytes sent and not arrived, and bytes of connection updates under way.
  var inFlight = 0
  var grants = 0
  var updates = 0
  var mostBuffered = 0
  var stalledSince: Instant?
  var stalledTime = TimeSpan.zero
  var checks = InvariantLog(StreamsScenario.checks)
  var lastFault: Trace.ID?
  var toldStall: Trace.ID?
  var totals: [[Int]] = []

  init(
    _ settings: StreamsSettings, roster: Roster, faults: FaultPlan, seed: UInt64,
    traceCapacity: Int
  ) {
    self.settings = settings
    environment = Environment(
      roster, network: Network(LinkQuality(latency: .constant(settings.network)), seed: seed),
      traceCapacity: traceCapacity)
    schedule = FaultSchedule(faults)
    windows = FlowWindows(
      count: settings.streams, stream: settings.streamWindow,
      connection: settings.connectionWindow)
    readers = (0..<settings.streams).map { _ in
      Reader(window: ReceiveWindow(size: settings.streamWindow))
    }
    connectionWindow = ReceiveWindow(
      size: settings.connectionWindow, shortcut: settings.shortcut)
  }

  mutating func begin(in queue: inout EventQueue<Event>) {
    send(at: .zero, in: &queue)
    beginWatch(every: PipelineCounts.step, in: &queue)
  }

  mutating func handle(_ event: Event, at now: Instant, in queue: inout EventQueue<Event>) {
    switch event {
    case .linkIsFree:
      isSending = false
      send(at: now, in: &queue)
    case .frameLeaves(let stream, let bytes):
      carry(Int(stream), bytes: Int(bytes), at: now, in: &queue)
    case .frameArrives(let stream, let bytes):
      inFlight -= Int(bytes)
      readers[Int(stream)].buffered += Int(bytes)
      mostBuffered = max(mostBuffered, readers.reduce(0) { $0 + $1.buffered })
      read(Int(stream), at: now, in: &queue)
    case .frameIsRead(let stream, let bytes):
      readers[Int(stream)].isReading = false
      readers[Int(stream)].buffered -= Int(bytes)
      readers[Int(stream)].total += Int(bytes)
      announce(Int(stream), bytes: Int(bytes), at: now, in: &queue)
      read(Int(stream), at: now, in: &queue)
    case .updateArrives(let stream, let bytes):
      if stream < 0 { grants -= Int(bytes) }
      let reply = windows.update(stream < 0 ? nil : Int(stream), by: Int(bytes))
      if reply != .grown { checks.violated("window", at: now, "an update is refused") }
      send(at: now, in: &queue)
    case .faultIsDue: carryOutFaults(at: now, in: &queue)
    case .watch:
      totals.append(readers.map(\.total))
      if now + PipelineCounts.step <= .zero + settings.duration {
        queue.schedule(.watch, after: PipelineCounts.step)
      }
    }
    checkBalance(at: now)
  }

  /// Sends a frame of the next stream that may send; each has its turn.
  private mutating func send(at now: Instant, in queue: inout EventQueue<Event>) {
    guard !isSending else { return }
    for step in 0..<settings.streams {
      let stream = (turn + step) % settings.streams
      let before = windows.allowance(stream)
      guard before > 0 else { continue }
      let bytes = windows.send(StreamsSettings.frame, on: stream)
      if bytes > before { checks.violated("window", at: now, "\(bytes) of \(before) allowed") }
      turn = stream + 1
      isSending = true
      inFlight += bytes
      let time = TimeSpan(seconds: Double(bytes) / settings.bandwidth)
      queue.schedule(.linkIsFree, after: max(time, .nanoseconds(1)))
      queue.schedule(
        .frameLeaves(stream: Int16(stream), bytes: Int32(bytes)), after: time)
      if let since = stalledSince { stalledTime = stalledTime + (now - since) }
      stalledSince = nil
      return
    }
    if stalledSince == nil { stalledSince = now }
    noteStall(at: now)
  }

  /// The last byte of a frame has left; what is lost is sent again after 200 ms.
  private mutating func carry(
    _ stream: Int, bytes: Int, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    if let arrival = transmit(from: NodeID(settings.streams), to: NodeID(stream), at: now) {
      queue.schedule(.frameArrives(stream: Int16(stream), bytes: Int32(bytes)), at: arrival)
    } else {
      queue.schedule(
        .frameLeaves(stream: Int16(stream), bytes: Int32(bytes)), after: .milliseconds(200))
    }
  }

  private mutating func read(
    _ stream: Int, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    let reader = readers[stream]
    guard !reader.isReading, !reader.isPaused, reader.buffered > 0 else { return }
    let bytes = min(reader.buffered, StreamsSettings.frame)
    let slowdown = environment.processes.slowdown(NodeID(stream))
    let time = TimeSpan(seconds: Double(bytes) / settings.read) * slowdown
    readers[stream].isReading = true
    queue.schedule(
      .frameIsRead(stream: Int16(stream), bytes: Int32(bytes)), after: max(time, .nanoseconds(1)))
  }

  private mutating func announce(
    _ stream: Int, bytes: Int, at now: Instant, in queue: inout EventQueue<Event>
  ) {
    if let more = readers[stream].window.read(bytes) {
      updates += 1
      queue.schedule(
        .updateArrives(stream: Int16(stream), bytes: Int32(more)), after: settings.network)
    }
    if let more = connectionWindow.read(bytes) {
      updates += 1
      grants += more
      queue.schedule(.updateArrives(stream: -1, bytes: Int32(more)), after: settings.network)
    }
  }

  mutating func note(fault: Trace.ID) { lastFault = fault }

  mutating func act(on change: WorldChange, at now: Instant, in queue: inout EventQueue<Event>) {
    switch change {
    case .paused(let node), .crashed(let node):
      if readers.indices.contains(node.index) { readers[node.index].isPaused = true }
    case .resumed(let node), .started(let node):
      guard readers.indices.contains(node.index) else { return }
      readers[node.index].isPaused = false
      read(node.index, at: now, in: &queue)
    case .slowed, .clockChanged, .diskChanged, .linksChanged, .loadChanged, .errorsChanged: break
    }
  }

  private mutating func noteStall(at now: Instant) {
    guard toldStall == nil, !environment.active.isEmpty, windows.connection == 0 else { return }
    let fullest = readers.indices.max { readers[$0].buffered < readers[$1].buffered } ?? 0
    guard readers[fullest].buffered * 2 > settings.connectionWindow else { return }
    toldStall = environment.trace.record(
      at: now, "sender", "connection-stalled",
      "the connection's window is used up; \(readers[fullest].buffered) of "
        + "\(settings.connectionWindow) bytes lie unread at reader-\(fullest + 1)",
      weight: .harm, cause: lastFault)
  }

  /// Every byte of the connection's window is free, in flight, unread, or about to be announced.
  private mutating func checkBalance(at now: Instant) {
    let unread = readers.reduce(0) { $0 + $1.buffered }
    let sum =
      windows.connection + inFlight + unread + connectionWindow.unannounced + grants
    if sum != settings.connectionWindow {
      checks.violated(
        "balance", at: now, "\(sum) bytes of a window of \(settings.connectionWindow) are known")
    }
    for (place, reader) in readers.enumerated() where reader.buffered > settings.streamWindow {
      checks.violated("window", at: now, "reader-\(place + 1) holds \(reader.buffered) bytes")
    }
  }
}
