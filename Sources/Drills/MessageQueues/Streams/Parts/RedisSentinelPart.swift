import Kernel

/// A sentinel: it asks both servers whether they are alive and makes the other one the primary when
/// the primary is silent for too long.
///
/// One stands for the three or more that would have to agree.
struct RedisSentinelPart: Sendable, Equatable {
  let servers: [NodeID]
  /// Publishers and workers, who ask it where the primary is.
  let clients: [NodeID]
  let downAfter: TimeSpan
  private var primary = 0
  private var heard: [Instant] = []

  init(servers: [NodeID], clients: [NodeID], downAfter: TimeSpan) {
    self.servers = servers
    self.clients = clients
    self.downAfter = downAfter
  }

  /// How often it asks; redis.io, Sentinel: a PING every second.
  static let period = TimeSpan.seconds(1)

  mutating func step(
    _ input: StreamPart.Input, at now: Instant, _ outputs: inout [StreamPart.Output]
  ) {
    switch input {
    case .started:
      heard = servers.map { _ in now }
      ask(at: now, &outputs)
    case .timer: ask(at: now, &outputs)
    case .received(.alive, let node):
      if let place = servers.firstIndex(of: node) { heard[place] = now }
    case .received, .told: break
    }
  }

  private mutating func ask(at now: Instant, _ outputs: inout [StreamPart.Output]) {
    let other = 1 - primary
    if now - heard[primary] >= downAfter, now - heard[other] <= Self.period * 2 {
      primary = other
      heard[1 - other] = now
      outputs.append(.answer(.promoted(servers[other])))
    }
    for node in servers + clients {
      outputs.append(.send(.primary(servers[primary]), to: node))
    }
    for node in servers { outputs.append(.send(.probe, to: node)) }
    outputs.append(.wakeMe(now + Self.period, timer: 0))
  }
}
