import Kernel
import Patterns

/// A Redis server as a process: a stream with consumer groups or a channel, an append-only file, and
/// asynchronous replication to the other server.
struct RedisServerPart: Sendable, Equatable {
  enum Sync: String, Sendable, Equatable, CaseIterable { case always, everysec, no }

  struct Options: Sendable, Equatable {
    var isPubSub = false
    var sync = Sync.everysec
    /// The most entries of the stream; 0 is any number.
    var maxLength = 0
    /// How many replicas must have a write before it is answered (WAIT).
    var waits = 0
    var acknowledges = true
  }

  struct Waiting: Sendable, Equatable {
    let offset: Int
    let node: NodeID
    let request: Int
  }

  static let key = "orders"

  let options: Options
  let me: NodeID
  let peer: NodeID
  let workers: [NodeID]
  let services: [String]
  let names: [String]
  var streams: RedisStreams
  var pubSub: RedisPubSub
  /// How many writes it has.
  var offset = 0
  /// Whether it starts for the first time; later it waits for the sentinel's word.
  var isFirstLife = true
  private var isPrimary = false
  private var waiting: [Waiting] = []
  private var connections = StreamConnections()
  private var isAsking = false

  init(
    _ options: Options, me: NodeID, peer: NodeID, workers: [NodeID], services: [String],
    names: [String], streams: RedisStreams, pubSub: RedisPubSub
  ) {
    self.options = options
    self.me = me
    self.peer = peer
    self.workers = workers
    self.services = services
    self.names = names
    self.streams = streams
    self.pubSub = pubSub
  }

  private enum Timer {
    static let second = 0
    static let pubSub = 1
  }

  /// With `appendfsync no` the kernel writes when it wants; 30 s is Linux's usual age of dirty pages.
  static let kernelSync = 30

  mutating func step(
    _ input: StreamPart.Input, at now: Instant, _ outputs: inout [StreamPart.Output]
  ) {
    switch input {
    case .started:
      isPrimary = isFirstLife && me.index < peer.index
      if !isFirstLife {
        for worker in workers { outputs.append(.send(.closed, to: worker)) }
      }
      outputs.append(.wakeMe(now + .seconds(1), timer: Timer.second))
    case .timer(Timer.pubSub): carryOut(.wake, for: nil, at: now, &outputs)
    case .timer:
      let second = Int(now.nanoseconds / 1_000_000_000)
      let isDue = options.sync == .everysec || second.isMultiple(of: Self.kernelSync)
      if isDue, options.sync != .always { outputs.append(.persist(.sync)) }
      if isPrimary { outputs.append(.send(.stands(offset: offset), to: peer)) }
      connections.sendAgain(&outputs)
      outputs.append(.wakeMe(now + .seconds(1), timer: Timer.second))
    case .received(let message, let node): take(message, from: node, at: now, &outputs)
    case .told: break
    }
  }

  private mutating func take(
    _ message: StreamWire, from node: NodeID, at now: Instant,
    _ outputs: inout [StreamPart.Output]
  ) {
    switch message {
    case .probe: outputs.append(.send(.alive, to: node))
    case .primary(let primary): follow(primary, &outputs)
    case .replicate(let words, let number, let at):
      guard !isPrimary else { return }
      if number == offset + 1 {
        _ = streams.step(words, at: at)
        note(words, at: at, &outputs)
        outputs.append(.send(.replicated(offset: offset), to: node))
      } else if number > offset {
        askAll(&outputs)
      }
    case .stands(let number): if !isPrimary, number != offset { askAll(&outputs) }
    case .resync:
      if isPrimary { outputs.append(.send(.snapshot(streams, offset: offset), to: node)) }
    case .snapshot(let other, let number): replace(other, number, from: node, &outputs)
    case .replicated(let number): replicated(number, &outputs)
    default: if isPrimary { serve(message, for: node, at: now, &outputs) }
    }
  }

  // MARK: Replication

  private mutating func follow(_ primary: NodeID, _ outputs: inout [StreamPart.Output]) {
    if primary == me {
      isPrimary = true
    } else if isPrimary {
      isPrimary = false
      waiting = []
      for worker in workers {
        connections.close(worker)
        outputs.append(.send(.closed, to: worker))
      }
      askAll(&outputs)
    }
  }

  private mutating func askAll(_ outputs: inout [StreamPart.Output]) {
    outputs.append(.send(.resync, to: peer))
  }

  private mutating func replace(
    _ other: RedisStreams, _ number: Int, from node: NodeID, _ outputs: inout [StreamPart.Output]
  ) {
    guard !isPrimary else { return }
    let last = other.streams[Self.key]?.lastID ?? .zero
    let own = Self.numbers(streams.streams[Self.key]?.entries ?? [])
    let kept = Set(Self.numbers(other.streams[Self.key]?.entries ?? []))
    let gone = own.filter { !kept.contains($0) }
    // Only what the primary never had: what it trimmed has an id below its last one.
    if streams.streams[Self.key]?.lastID ?? .zero > last, !gone.isEmpty {
      outputs.append(.answer(.overwritten(gone)))
    }
    streams = other
    offset = number
    outputs.append(.persist(.snapshot(other, offset: number)))
    outputs.append(.send(.replicated(offset: number), to: node))
  }

  private static func numbers(_ entries: [RedisStream.Entry]) -> [Int] {
    entries.compactMap { $0.fields.last.flatMap { Int($0) } }
  }

  private mutating func replicated(_ number: Int, _ outputs: inout [StreamPart.Output]) {
    guard isPrimary else { return }
    for caller in waiting where caller.offset <= number {
      outputs.append(.send(.accepted(request: caller.request), to: caller.node))
    }
    waiting.removeAll { $0.offset <= number }
  }

  /// Puts a write that was carried out into the file.
  private mutating func note(
    _ words: [String], at now: Instant, _ outputs: inout [StreamPart.Output]
  ) {
    offset += 1
    let record = StreamRecord.command(words, at: now)
    outputs.append(options.sync == .always ? .persist(record) : .write(record))
  }

  // MARK: Commands

  private mutating func serve(
    _ message: StreamWire, for node: NodeID, at now: Instant,
    _ outputs: inout [StreamPart.Output]
  ) {
    switch message {
    case .hello(let session):
      connections.connect(node, session: session)
      carryOut(.connect(client: node.index), for: nil, at: now, &outputs)
      carryOut(
        .command(client: node.index, ["SUBSCRIBE", Self.key]), for: nil, at: now, &outputs)
    case .beat(let session):
      if connections.session(of: node) != session { outputs.append(.send(.closed, to: node)) }
    case .read(let session, let place):
      let bytes = connections.read(upTo: place, session: session, by: node, &outputs)
      if bytes > 0 {
        carryOut(.read(client: node.index, bytes: bytes), for: nil, at: now, &outputs)
      }
    case .publish(let number, _, let request):
      if options.isPubSub {
        if pubSub.buffered(node.index) == 0 {
          carryOut(.connect(client: node.index), for: nil, at: now, &outputs)
        }
        carryOut(
          .command(client: node.index, ["PUBLISH", Self.key, "\(number)"]), for: number, at: now,
          &outputs)
      } else {
        add(number, request, from: node, at: now, &outputs)
      }
    case .fetch(let kind, let most, let request):
      fetch(kind, most, request, for: node, at: now, &outputs)
    case .settle(let token, true):
      guard let place = workers.firstIndex(of: node) else { return }
      replicate(["XACK", Self.key, services[place], token], at: now, &outputs)
    default: break
    }
  }

  @discardableResult private mutating func replicate(
    _ words: [String], at now: Instant, _ outputs: inout [StreamPart.Output]
  ) -> RedisAnswer {
    let answer = streams.step(words, at: now).first ?? .null
    // A reply with nothing in it changed nothing: it is neither written nor sent on.
    guard !RedisReplies.isEmpty(answer) else { return answer }
    note(words, at: now, &outputs)
    outputs.append(.send(.replicate(words, offset: offset, at: now), to: peer))
    return answer
  }

  private mutating func add(
    _ number: Int, _ request: Int, from node: NodeID, at now: Instant,
    _ outputs: inout [StreamPart.Output]
  ) {
    let before = streams.streams[Self.key]?.entries.count ?? 0
    let limit = options.maxLength == 0 ? [] : ["MAXLEN", "\(options.maxLength)"]
    replicate(["XADD", Self.key] + limit + ["*", "m", "\(number)"], at: now, &outputs)
    let gone = before + 1 - (streams.streams[Self.key]?.entries.count ?? 0)
    if gone > 0 { outputs.append(.answer(.discarded(gone))) }
    if options.waits > 0 {
      waiting.append(Waiting(offset: offset, node: node, request: request))
    } else {
      outputs.append(.send(.accepted(request: request), to: node))
    }
  }

  private mutating func fetch(
    _ kind: StreamFetch, _ most: Int, _ request: Int, for node: NodeID, at now: Instant,
    _ outputs: inout [StreamPart.Output]
  ) {
    guard let place = workers.firstIndex(of: node) else { return }
    let group = services[place]
    let name = names[place]
    let answer: RedisAnswer
    switch kind {
    case .new, .own:
      let noAck = options.acknowledges ? [] : ["NOACK"]
      answer = replicate(
        ["XREADGROUP", "GROUP", group, name, "COUNT", "\(most)"] + noAck
          + ["STREAMS", Self.key, kind == .own ? "0" : ">"], at: now, &outputs)
    case .idle(let span):
      answer = replicate(
        [
          "XAUTOCLAIM", Self.key, group, name, "\(span.nanoseconds / 1_000_000)", "0", "COUNT",
          "\(most)",
        ], at: now, &outputs)
    }
    let items = RedisReplies.items(answer).map { id, number in
      StreamItem(number: number, token: id, count: count(id, group))
    }
    if case .idle = kind, !items.isEmpty {
      outputs.append(.answer(.claimed(items.map(\.number), by: node)))
    }
    outputs.append(.send(.handed(items, request: request), to: node))
  }

  private func count(_ id: String, _ group: String) -> Int {
    guard let entry = streams.streams[Self.key]?.groups.first(where: { $0.name == group }) else {
      return 1
    }
    return entry.pending.first { $0.id.description == id }?.count ?? 1
  }

  // MARK: Publish and subscribe

  private mutating func carryOut(
    _ input: RedisPubSub.Input, for number: Int?, at now: Instant,
    _ outputs: inout [StreamPart.Output]
  ) {
    for output in pubSub.step(input, at: now) {
      switch output {
      case .reply(let client, .array(let parts)) where parts.first == .bulk("message"):
        let item = StreamItem(number: number ?? 0, token: "", count: 1)
        connections.put(
          item, size: RedisAnswer.array(parts).size, to: NodeID(client), &outputs)
      case .reply(let client, let reply):
        // Answers to commands are read at once.
        _ = pubSub.step(.read(client: client, bytes: reply.size), at: now)
      case .closed(let client, let unread):
        connections.close(NodeID(client))
        outputs.append(.send(.closed, to: NodeID(client)))
        outputs.append(.answer(.cutOff(NodeID(client), unread: unread)))
      case .wakeMe(let instant): outputs.append(.wakeMe(instant, timer: Timer.pubSub))
      }
    }
  }
}
