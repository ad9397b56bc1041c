import Kernel
import Patterns
import Simulation

/// One process of a universe of NATS or Redis: a machine that plays the role of its node.
struct StreamPart: Machine {
  enum Input: Sendable {
    case started
    case received(StreamWire, from: NodeID)
    case told(StreamWord)
    case timer(Int)
  }

  enum Output: Sendable, Equatable {
    case send(StreamWire, to: NodeID)
    case wakeMe(Instant, timer: Int)
    case persist(StreamRecord)
    case write(StreamRecord)
    case answer(StreamAnswer)
  }

  enum Role: Sendable, Equatable {
    case publisher(StreamPublisherPart)
    case nats(NATSServerPart)
    case redis(RedisServerPart)
    case sentinel(RedisSentinelPart)
    case worker(StreamWorkerPart)
    /// What stands in for a role while it changes.
    case away
  }

  var role: Role

  mutating func step(_ input: Input, at now: Instant) -> [Output] {
    var outputs: [Output] = []
    // Taken out, so that it changes in place instead of being copied.
    let taken = role
    role = .away
    switch consume taken {
    case .publisher(var part):
      part.step(input, at: now, &outputs)
      role = .publisher(part)
    case .nats(var part):
      part.step(input, at: now, &outputs)
      role = .nats(part)
    case .redis(var part):
      part.step(input, at: now, &outputs)
      role = .redis(part)
    case .sentinel(var part):
      part.step(input, at: now, &outputs)
      role = .sentinel(part)
    case .worker(var part):
      part.step(input, at: now, &outputs)
      role = .worker(part)
    case .away: break
    }
    return outputs
  }

  func checkInvariants() -> InvariantViolation? {
    switch role {
    case .nats(let part): part.server.checkInvariants() ?? part.jetStream.checkInvariants()
    case .redis(let part): part.streams.checkInvariants() ?? part.pubSub.checkInvariants()
    case .publisher, .sentinel, .worker, .away: nil
    }
  }
}

/// A write of a broker.
enum StreamRecord: Sendable, Equatable {
  case jetStream(JetStream.Input, at: Instant)
  case command([String], at: Instant)
  case snapshot(RedisStreams, offset: Int)
  /// Nothing of its own: makes durable what was written before.
  case sync
}

/// What the disk of a process keeps: of a broker its messages, of a client nothing.
///
/// It steps a copy of the machine, so that the next life goes on where the last one was.
struct StreamDisk: StableStorage {
  var role: StreamPart.Role

  mutating func apply(_ record: StreamRecord) {
    let before = role
    role = .away
    switch (consume before, record) {
    case (.nats(var part), .jetStream(let input, let at)):
      _ = part.jetStream.step(input, at: at)
      role = .nats(part)
    case (.redis(var part), .command(let words, let at)):
      _ = part.streams.step(words, at: at)
      part.offset += 1
      role = .redis(part)
    case (.redis(var part), .snapshot(let streams, let offset)):
      part.streams = streams
      part.offset = offset
      role = .redis(part)
    case (let other, _): role = other
    }
  }
}

/// How the processes live in their cluster.
struct StreamFamily: MachineFamily {
  /// The role of each node, as it starts for the first time.
  let roles: [StreamPart.Role]

  var firstInput: StreamPart.Input? { .started }

  func blankStorage(_ node: NodeID) -> StreamDisk { StreamDisk(role: roles[node.index]) }

  mutating func start(
    _ node: NodeID, from storage: StreamDisk, life: Int, at now: Instant
  ) -> StreamPart {
    // Numbers of an earlier life must not be taken for this one's.
    let first = life * 1_000_000
    switch storage.role {
    case .publisher(var part):
      part.nextRequest = first
      return StreamPart(role: .publisher(part))
    case .worker(var part):
      part.nextNumber = first
      return StreamPart(role: .worker(part))
    case .nats(var part):
      part.nextRequest = first
      return StreamPart(role: .nats(part))
    case .redis(var part):
      part.isFirstLife = life == 0
      return StreamPart(role: .redis(part))
    case .sentinel, .away: return StreamPart(role: storage.role)
    }
  }

  func input(_ message: StreamWire, from node: NodeID) -> StreamPart.Input {
    .received(message, from: node)
  }

  func input(timer: Int) -> StreamPart.Input { .timer(timer) }

  mutating func effect(
    _ output: StreamPart.Output, of node: NodeID
  ) -> MachineEffect<StreamWire, StreamRecord, StreamAnswer> {
    switch output {
    case .send(let message, let target): .send(message, to: target)
    case .wakeMe(let instant, let timer): .wakeMe(at: instant, timer: timer)
    case .persist(let record): .persist(record)
    case .write(let record): .write(record)
    case .answer(let answer): .answer(answer)
    }
  }
}
