import Kernel
import Patterns

/// A NATS server as a process: core subscriptions over connections, and one stream of JetStream.
struct NATSServerPart: Sendable, Equatable {
  struct Options: Sendable, Equatable {
    /// Whether messages are kept in a stream; otherwise they go to whoever is subscribed.
    var isStream = true
    var isPush = false
    var isFile = true
    /// How often the file store is synced; zero syncs every write before its answer.
    var syncInterval = TimeSpan.minutes(2)
    /// The size of every message, in bytes.
    var size = 1_024
    var acknowledges = true
  }

  struct Caller: Sendable, Equatable {
    let node: NodeID
    let request: Int
    let number: Int
  }

  static let stream = "ORDERS"
  static let subject = "orders.new"

  let options: Options
  var server: NATSServer
  var jetStream: JetStream
  let workers: [NodeID]
  /// The service of each worker: its queue group, and the name of its consumer.
  let services: [String]
  var nextRequest = 0
  private var connections = StreamConnections()
  private var callers: [Int: Caller] = [:]
  private var discarded = 0

  init(
    _ options: Options, server: NATSServer, jetStream: JetStream, workers: [NodeID],
    services: [String]
  ) {
    self.options = options
    self.server = server
    self.jetStream = jetStream
    self.workers = workers
    self.services = services
  }

  private enum Timer {
    static let jetStream = 0
    static let server = 1
    static let again = 2
    static let sync = 3
  }

  mutating func step(
    _ input: StreamPart.Input, at now: Instant, _ outputs: inout [StreamPart.Output]
  ) {
    switch input {
    case .started:
      discarded = jetStream.stream(Self.stream)?.discarded ?? 0
      carryOut(.restarted, at: now, &outputs)
      // The connections of an earlier life are gone, and whoever writes to one is told.
      if nextRequest > 0 {
        for worker in workers { outputs.append(.send(.closed, to: worker)) }
      }
      outputs.append(.wakeMe(now + StreamConnections.patience, timer: Timer.again))
      if isLazy { outputs.append(.wakeMe(now + options.syncInterval, timer: Timer.sync)) }
    case .timer(Timer.jetStream): carryOut(JetStream.Input.wake, at: now, &outputs)
    case .timer(Timer.server): carryOut(NATSServer.Input.wake, at: now, &outputs)
    case .timer(Timer.sync):
      outputs.append(.persist(.sync))
      outputs.append(.wakeMe(now + options.syncInterval, timer: Timer.sync))
    case .timer:
      connections.sendAgain(&outputs)
      outputs.append(.wakeMe(now + StreamConnections.patience, timer: Timer.again))
    case .received(let message, let node): take(message, from: node, at: now, &outputs)
    case .told: break
    }
  }

  /// Whether writes reach the disk some time after their answer.
  private var isLazy: Bool { options.isStream && options.isFile && options.syncInterval > .zero }

  private mutating func take(
    _ message: StreamWire, from node: NodeID, at now: Instant,
    _ outputs: inout [StreamPart.Output]
  ) {
    switch message {
    case .hello(let session): connect(node, session, at: now, &outputs)
    case .beat(let session):
      if connections.session(of: node) != session { outputs.append(.send(.closed, to: node)) }
    case .publish(let number, let id, let request):
      publish(number, id, request, from: node, at: now, &outputs)
    case .fetch(.new(let expires), let most, let request):
      guard let service = service(of: node) else { return }
      let number = remember(node, request, 0)
      carryOut(
        .pull(
          stream: Self.stream, consumer: service, batch: most, expires: expires, noWait: false,
          request: number), at: now, &outputs)
    case .settle(let token, let isDone):
      guard let service = service(of: node), let sequence = Int(token) else { return }
      carryOut(
        .acknowledge(
          stream: Self.stream, consumer: service, sequence: sequence,
          isDone ? .ack : .inProgress), at: now, &outputs)
    case .read(let session, let place):
      let bytes = connections.read(upTo: place, session: session, by: node, &outputs)
      if bytes > 0, !options.isStream {
        carryOut(.taken(client: node.index, bytes: bytes), at: now, &outputs)
      }
    default: break
    }
  }

  private func service(of node: NodeID) -> String? {
    workers.firstIndex(of: node).map { services[$0] }
  }

  private mutating func remember(_ node: NodeID, _ request: Int, _ number: Int) -> Int {
    nextRequest += 1
    callers[nextRequest] = Caller(node: node, request: request, number: number)
    return nextRequest
  }

  private mutating func connect(
    _ node: NodeID, _ session: Int, at now: Instant, _ outputs: inout [StreamPart.Output]
  ) {
    guard let service = service(of: node) else { return }
    connections.connect(node, session: session)
    if options.isStream {
      carryOut(
        .attach(stream: Self.stream, consumer: service, client: node.index), at: now, &outputs)
    } else {
      carryOut(.connect(client: node.index), at: now, &outputs)
      carryOut(
        .subscribe(client: node.index, id: 1, subject: "orders.>", queue: service), at: now,
        &outputs)
    }
  }

  private mutating func publish(
    _ number: Int, _ id: String?, _ request: Int, from node: NodeID, at now: Instant,
    _ outputs: inout [StreamPart.Output]
  ) {
    if options.isStream {
      let message = JetStreamPublication(Self.subject, "\(number)", id: id, size: options.size)
      let request = remember(node, request, number)
      carryOut(.publish(message, request: request), at: now, &outputs)
    } else {
      if !server.isConnected(node.index) {
        carryOut(.connect(client: node.index), at: now, &outputs)
      }
      let message = NATSMessage(Self.subject, "\(number)", size: options.size)
      carryOut(.publish(client: node.index, message), at: now, &outputs)
    }
  }

  // MARK: The machines

  private mutating func carryOut(
    _ input: NATSServer.Input, at now: Instant, _ outputs: inout [StreamPart.Output]
  ) {
    for output in server.step(input, at: now) {
      switch output {
      case .deliver(let client, _, let message):
        let item = StreamItem(number: Int(message.body) ?? 0, token: "", count: 1)
        connections.put(item, size: message.size, to: NodeID(client), &outputs)
      case .cutOff(let client, _, let unread):
        let node = NodeID(client)
        connections.close(node)
        outputs.append(.send(.closed, to: node))
        outputs.append(.answer(.cutOff(node, unread: unread)))
      case .wakeMe(let instant): outputs.append(.wakeMe(instant, timer: Timer.server))
      case .refused: break
      }
    }
  }

  private mutating func carryOut(
    _ input: JetStream.Input, at now: Instant, _ outputs: inout [StreamPart.Output]
  ) {
    if options.isStream, options.isFile {
      let record = StreamRecord.jetStream(input, at: now)
      outputs.append(isLazy ? .write(record) : .persist(record))
    }
    for output in jetStream.step(input, at: now) { take(output, &outputs) }
    let gone = jetStream.stream(Self.stream)?.discarded ?? 0
    if gone > discarded { outputs.append(.answer(.discarded(gone - discarded))) }
    discarded = gone
  }

  private mutating func take(_ output: JetStream.Output, _ outputs: inout [StreamPart.Output]) {
    switch output {
    case .stored(let ack, _, let request):
      guard let caller = callers.removeValue(forKey: request) else { return }
      if ack.isDuplicate { outputs.append(.answer(.repeated(caller.number))) }
      outputs.append(.send(.accepted(request: caller.request), to: caller.node))
    case .failed(_, let request):
      guard let caller = callers.removeValue(forKey: request) else { return }
      outputs.append(.send(.rejected(request: caller.request), to: caller.node))
    case .pulled(let delivery, _, let request):
      guard let caller = callers[request] else { return }
      outputs.append(
        .send(.handed([item(delivery)], request: caller.request), to: caller.node))
    case .pushed(let delivery, _, let client):
      connections.put(item(delivery), size: delivery.size, to: NodeID(client), &outputs)
    case .ended(_, let request):
      guard let caller = callers.removeValue(forKey: request) else { return }
      outputs.append(.send(.handed([], request: caller.request), to: caller.node))
    case .timedOut(_, _, let sequence, let count):
      if let number = number(sequence) {
        outputs.append(.answer(.timedOut(number, deliveries: count)))
      }
    case .maxDeliveries(_, let given):
      if let number = number(given.sequence) {
        outputs.append(.answer(.givenUp(number, deliveries: given.deliveries)))
      }
    case .wakeMe(let instant): outputs.append(.wakeMe(instant, timer: Timer.jetStream))
    case .done, .noResponders, .removed: break
    }
  }

  private func item(_ delivery: JetStreamDelivery) -> StreamItem {
    StreamItem(
      number: Int(delivery.body) ?? 0, token: "\(delivery.streamSequence)", count: delivery.count)
  }

  private func number(_ sequence: Int) -> Int? {
    jetStream.stream(Self.stream)?[sequence].flatMap { Int($0.body) }
  }
}
