import Kernel
import Patterns

/// A client's connection to one of the brokers: opened, watched, and opened anew when it breaks.
struct ClientLink: Sendable, Equatable {
  /// What became of something that happened to the link.
  enum Event: Sendable, Equatable {
    case opened
    case broken
    case reply(RabbitReply)
  }

  enum Phase: Sendable, Equatable { case waiting, connecting, open }

  /// How long a client waits for an answer to its first frame, and before it tries again.
  static let connectTimeout = TimeSpan.seconds(1)

  let me: NodeID
  let brokers: [NodeID]
  let heartbeat: TimeSpan
  private(set) var phase = Phase.waiting
  private(set) var connection: Int
  private var place: Int
  private var sent = 0
  private var incoming = FrameOrder<RabbitReply>()
  private var heardAt = Instant.zero
  private var beatAt = Instant.zero

  /// A link of one life of `me`; clients begin with different brokers.
  ///
  /// It connects at `start` at the earliest.
  init(
    me: NodeID, life: Int, brokers: [NodeID], first: Int, heartbeat: TimeSpan,
    start: Instant = .zero
  ) {
    self.me = me
    heardAt = start
    self.brokers = brokers
    self.heartbeat = heartbeat
    connection = life * 10_000
    place = first % max(1, brokers.count)
  }

  var isOpen: Bool { phase == .open }
  var broker: NodeID { brokers[place] }
  var channel: RabbitChannelID { RabbitChannelID(client: me, connection: connection) }

  /// When to look at the link next.
  var due: Instant {
    switch phase {
    case .waiting: heardAt
    case .connecting: heardAt + Self.connectTimeout
    case .open: min(beatAt, heardAt + heartbeat)
    }
  }

  mutating func send(_ method: RabbitMethod) -> QueuePart.Output {
    sent += 1
    return .request(sent, method, channel, to: broker)
  }

  mutating func connect(at now: Instant) -> QueuePart.Output {
    connection += 1
    sent = 0
    incoming = FrameOrder()
    phase = .connecting
    heardAt = now
    return send(.open)
  }

  /// Takes a frame; frames of earlier connections are nothing.
  mutating func take(
    _ number: Int, _ reply: RabbitReply, _ channel: RabbitChannelID, at now: Instant
  ) -> [Event] {
    guard channel == self.channel, phase != .waiting else { return [] }
    heardAt = now
    var events: [Event] = []
    for reply in incoming.take(number, reply, at: now) {
      if phase == .connecting {
        phase = .open
        beatAt = now + heartbeat / 2
        events.append(.opened)
      } else if case .closed = reply {
        events += breakOff(at: now)
        return events
      } else {
        events.append(.reply(reply))
      }
    }
    return events
  }

  /// The process at the other end is dead.
  mutating func reset(by node: NodeID, at now: Instant) -> [Event] {
    node == broker && phase != .waiting ? breakOff(at: now) : []
  }

  /// Looks whether the link still lives, and keeps it alive.
  mutating func tick(at now: Instant) -> (outputs: [QueuePart.Output], events: [Event]) {
    switch phase {
    case .waiting: return now >= heardAt ? ([connect(at: now)], []) : ([], [])
    case .connecting:
      guard now >= heardAt + Self.connectTimeout else { return ([], []) }
      return ([], breakOff(at: now))
    case .open:
      let hasGap = incoming.gapSince.map { now - $0 > .seconds(1) } ?? false
      if hasGap || now >= heardAt + heartbeat { return ([], breakOff(at: now)) }
      guard now >= beatAt else { return ([], []) }
      beatAt = now + heartbeat / 2
      return ([send(.heartbeat)], [])
    }
  }

  /// Gives the connection up: the next broker is tried after a moment.
  mutating func breakOff(at now: Instant) -> [Event] {
    let wasOpen = phase == .open
    phase = .waiting
    heardAt = now + Self.connectTimeout / 4
    place = (place + 1) % brokers.count
    return wasOpen ? [.broken] : []
  }
}
