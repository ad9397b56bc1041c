import Kernel
import Patterns

/// A worker, which handles one message at a time.
///
/// Messages are pushed to it over its connection, or it asks for them. What it holds it forgets in a
/// crash.
struct StreamWorkerPart: Sendable, Equatable {
  struct Options: Sendable, Equatable {
    enum Source: Sendable, Equatable {
      /// Messages come over the connection.
      case pushed
      /// It asks, and the broker keeps the request open so long.
      case pulled(expires: TimeSpan)
      /// It asks, and asks again after the pause when there is nothing.
      case polled(pause: TimeSpan)
    }

    var source = Source.pushed
    /// The most messages it asks for at once.
    var batch = 1
    /// The most messages it buffers of what is pushed; more are dropped.
    var buffer = 1_000_000
    var acknowledges = true
    /// How often it says that work goes on; zero never does.
    var progress = TimeSpan.zero
    /// How often it takes over what is pending for others, and after how long; zero never does.
    var claimEvery = TimeSpan.zero
    var minIdle = TimeSpan.zero
    /// How long it waits for an answer, and before it connects anew.
    var patience = TimeSpan.seconds(7)
    var reconnectWait = TimeSpan.seconds(2)
  }

  let options: Options
  var broker: NodeID
  /// Numbers requests, pieces of work and connections, so that none of an earlier life is met again.
  var nextNumber = 0
  private var held: [StreamItem] = []
  private var tag: Int?
  private var request: Int?
  private var left = 0
  private var due = Instant.zero
  private var nextClaim = Instant.distantFuture
  private var nextProgress = Instant.distantFuture
  private var nextBeat = Instant.distantFuture
  private var session = 0
  private var place = 0
  private var hasReadOwn = false

  init(_ options: Options, broker: NodeID) {
    self.options = options
    self.broker = broker
  }

  private var isPushed: Bool { options.source == .pushed }
  private var isPolled: Bool { if case .polled = options.source { true } else { false } }

  mutating func step(
    _ input: StreamPart.Input, at now: Instant, _ outputs: inout [StreamPart.Output]
  ) {
    switch input {
    case .started:
      if options.claimEvery > .zero { nextClaim = now + options.claimEvery }
      if isPushed { connect(at: now, &outputs) } else { due = now }
    case .timer: passTime(at: now, &outputs)
    case .told(.workDone(let number)): worked(number, at: now, &outputs)
    case .told(.publish): break
    case .received(.handed(let items, let number), _):
      if number == request { take(items, at: now, &outputs) }
    case .received(.pushed(let item, let number, let at), _):
      if number == session { takePushed(item, at, &outputs) }
    case .received(.closed, _):
      if isPushed { nextBeat = min(nextBeat, now + options.reconnectWait); session = 0 }
    case .received(.primary(let node), _):
      guard node != broker else { break }
      broker = node
      request = nil
      due = now
      if isPushed { connect(at: now, &outputs) }
    case .received: break
    }
    work(at: now, &outputs)
    if !isPushed, held.isEmpty, request == nil, due <= now { ask(at: now, &outputs) }
    let claim = nextClaim > now ? nextClaim : .distantFuture
    let wake = min(isPushed ? .distantFuture : due, nextProgress, nextBeat, claim)
    if wake != .distantFuture { outputs.append(.wakeMe(max(wake, now), timer: 0)) }
  }

  private mutating func connect(at now: Instant, _ outputs: inout [StreamPart.Output]) {
    nextNumber += 1
    session = nextNumber
    place = 0
    nextBeat = now + .seconds(2)
    outputs.append(.send(.hello(session: session), to: broker))
  }

  private mutating func takePushed(
    _ item: StreamItem, _ at: Int, _ outputs: inout [StreamPart.Output]
  ) {
    if at == place {
      place += 1
      if held.count >= options.buffer {
        outputs.append(.answer(.dropped(item.number)))
      } else {
        held.append(item)
        outputs.append(.answer(.handed(item)))
      }
    }
    outputs.append(.send(.read(session: session, place: place - 1), to: broker))
  }

  private mutating func take(
    _ items: [StreamItem], at now: Instant, _ outputs: inout [StreamPart.Output]
  ) {
    for item in items where !held.contains(where: { $0.token == item.token }) {
      held.append(item)
      outputs.append(.answer(.handed(item)))
    }
    left -= items.count
    guard isPolled || items.isEmpty || left <= 0 else { return }
    request = nil
    due = now
    guard case .polled(let pause) = options.source, items.isEmpty else { return }
    if hasReadOwn { due = now + pause }
    hasReadOwn = true
  }

  /// Begins with the next message in hand.
  private mutating func work(at now: Instant, _ outputs: inout [StreamPart.Output]) {
    guard tag == nil, let item = held.first else { return }
    nextNumber += 1
    tag = nextNumber
    if options.progress > .zero, nextProgress == .distantFuture {
      nextProgress = now + options.progress
    }
    outputs.append(.answer(.begins(item, tag: nextNumber)))
  }

  private mutating func worked(
    _ number: Int, at now: Instant, _ outputs: inout [StreamPart.Output]
  ) {
    guard tag == number, let item = held.first else { return }
    tag = nil
    held.removeFirst()
    if held.isEmpty {
      nextProgress = .distantFuture
      if request == nil { due = now }
    }
    outputs.append(.answer(.applied(item.number)))
    if options.acknowledges {
      outputs.append(.send(.settle(token: item.token, isDone: true), to: broker))
    }
  }

  private mutating func ask(at now: Instant, _ outputs: inout [StreamPart.Output]) {
    var kind = StreamFetch.new(expires: .zero)
    if case .pulled(let expires) = options.source { kind = .new(expires: expires) }
    if isPolled, !hasReadOwn { kind = .own }
    if nextClaim <= now {
      nextClaim = now + options.claimEvery
      kind = .idle(options.minIdle)
    }
    nextNumber += 1
    request = nextNumber
    left = options.batch
    due = now + options.patience
    outputs.append(.send(.fetch(kind, most: options.batch, request: nextNumber), to: broker))
  }

  private mutating func passTime(at now: Instant, _ outputs: inout [StreamPart.Output]) {
    if nextProgress <= now {
      nextProgress = held.isEmpty ? .distantFuture : now + options.progress
      for item in held {
        outputs.append(.send(.settle(token: item.token, isDone: false), to: broker))
      }
    }
    if nextBeat <= now {
      if session == 0 {
        connect(at: now, &outputs)
      } else {
        nextBeat = now + .seconds(2)
        outputs.append(.send(.beat(session: session), to: broker))
      }
    }
    // While it works it neither asks nor claims: both wait for its hands to be empty.
    if !isPushed, due <= now {
      if held.isEmpty { request = nil } else { due = now + options.patience }
    }
    if nextClaim <= now, held.isEmpty, request == nil { due = now }
  }
}
