import Kernel
import Patterns

/// A broker's process: the machine, and the connections of its clients.
struct BrokerPart: Sendable, Equatable {
  /// One connection.
  struct Connection: Sendable, Equatable {
    var incoming = FrameOrder<RabbitMethod>()
    var sent = 0
    var heardAt: Instant
  }

  var broker: RabbitBroker
  let heartbeat: TimeSpan
  private var connections: [RabbitChannelID: Connection] = [:]

  enum Timer {
    static let machine = 0
    static let heartbeats = 1
  }

  init(_ broker: RabbitBroker, heartbeat: TimeSpan) {
    self.broker = broker
    self.heartbeat = heartbeat
  }

  mutating func step(_ input: QueuePart.Input, at now: Instant) -> [QueuePart.Output] {
    switch input {
    case .started:
      return feed(.started, at: now)
        + [.wakeMe(at: now + .milliseconds(500), timer: Timer.heartbeats)]
    case .timer(Timer.heartbeats):
      return dropSilent(at: now)
        + [.wakeMe(at: now + .milliseconds(500), timer: Timer.heartbeats)]
    case .timer: return feed(.wake, at: now)
    case .received(.request(let number, let method, let channel), _):
      return take(number, method, channel, at: now)
    case .received(.peer(let message), let node): return feed(.heard(message, from: node), at: now)
    case .received(.reply, _), .received(.reset, _), .told(.publish): return []
    case .told(.connectionsReset(let node)): return lose(node, at: now)
    }
  }

  private mutating func take(
    _ number: Int, _ method: RabbitMethod, _ channel: RabbitChannelID, at now: Instant
  ) -> [QueuePart.Output] {
    if connections[channel] == nil {
      // What is left of a connection that was given up is no connection.
      guard number == 1 else { return [] }
      connections[channel] = Connection(heardAt: now)
    }
    let ready = connections[channel]?.incoming.take(number, method, at: now) ?? []
    connections[channel]?.heardAt = now
    var outputs: [QueuePart.Output] = []
    for method in ready { outputs += feed(.received(method, on: channel), at: now) }
    return outputs
  }

  /// Gives up connections that were silent for too long, or where a frame is missing for good.
  private mutating func dropSilent(at now: Instant) -> [QueuePart.Output] {
    var outputs: [QueuePart.Output] = []
    for channel in connections.keys.sorted() {
      guard let connection = connections[channel] else { continue }
      let hasGap = connection.incoming.gapSince.map { now - $0 > .seconds(1) } ?? false
      guard hasGap || now - connection.heardAt > heartbeat else { continue }
      connections[channel] = nil
      outputs += feed(.disconnected(channel.client, upTo: channel.connection), at: now)
    }
    return outputs
  }

  /// Another process is dead: a client's connections are closed, a broker is gone.
  private mutating func lose(_ node: NodeID, at now: Instant) -> [QueuePart.Output] {
    guard let last = connections.keys.filter({ $0.client == node }).map(\.connection).max() else {
      return feed(.nodeDown(node), at: now)
    }
    for channel in connections.keys where channel.client == node { connections[channel] = nil }
    return feed(.disconnected(node, upTo: last), at: now)
  }

  private mutating func feed(_ input: RabbitBroker.Input, at now: Instant) -> [QueuePart.Output] {
    var outputs: [QueuePart.Output] = []
    for output in broker.step(input, at: now) {
      switch output {
      case .reply(let reply, let channel):
        guard connections[channel] != nil else { continue }
        connections[channel]?.sent += 1
        outputs.append(.reply(connections[channel]?.sent ?? 0, reply, channel))
        if case .closed = reply { connections[channel] = nil }
      case .send(let message, let node): outputs.append(.peer(message, to: node))
      case .persist(let record): outputs.append(.persist(record))
      case .write(let record): outputs.append(.write(record))
      case .wakeMe(let instant): outputs.append(.wakeMe(at: instant, timer: Timer.machine))
      case .entered(let fact): outputs.append(.answer(.broker(fact)))
      }
    }
    return outputs
  }
}
