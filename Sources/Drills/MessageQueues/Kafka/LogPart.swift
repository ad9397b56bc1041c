import Kernel
import Patterns
import Simulation

/// Any process of the log broker's world.
struct LogPart: Machine {
  /// What can happen to it.
  enum Input: Sendable {
    case started
    case received(KafkaMessage, from: NodeID)
    case wake
    /// The application behind a producer sends a record.
    case send(key: String, value: String?, tag: Int)
    /// The process is to end in an orderly way.
    case close
  }

  /// What it asks for or states.
  enum Output: Sendable, Equatable {
    case send(KafkaMessage, to: NodeID)
    case wakeMe(at: Instant)
    case persist(KafkaStorage.Record)
    case write(KafkaStorage.Record)
    case fact(Fact)
    case answer(LogAnswer)
  }

  /// What kind of process it is; in a box, since hosts hand processes on.
  indirect enum Role: Sendable, Equatable {
    case broker(KafkaBroker)
    case controller(KafkaController)
    case coordinator(KafkaGroupCoordinator)
    case producer(KafkaProducer)
    case consumer(KafkaConsumer)
    case transactions(KafkaTransactionCoordinator)
    case transformer(KafkaTransformer)
    case reader(KafkaReader)
    case away
  }

  var role: Role
  let roster: Roster

  mutating func step(_ input: Input, at now: Instant) -> [Output] {
    let taken = role
    role = .away
    switch taken {
    case .broker(var machine):
      let outputs = step(&machine, input, at: now)
      role = .broker(machine)
      return outputs
    case .controller(var machine):
      let outputs = step(&machine, input, at: now)
      role = .controller(machine)
      return outputs
    case .coordinator(var machine):
      let outputs = step(&machine, input, at: now)
      role = .coordinator(machine)
      return outputs
    case .producer(var machine):
      let outputs = step(&machine, input, at: now)
      role = .producer(machine)
      return outputs
    case .consumer(var machine):
      let outputs = step(&machine, input, at: now)
      role = .consumer(machine)
      return outputs
    case .transactions(var machine):
      let outputs = step(&machine, input, at: now)
      role = .transactions(machine)
      return outputs
    case .transformer(var machine):
      let outputs = step(&machine, input, at: now)
      role = .transformer(machine)
      return outputs
    case .reader(var machine):
      let outputs = step(&machine, input, at: now)
      role = .reader(machine)
      return outputs
    case .away: return []
    }
  }

  func checkInvariants() -> InvariantViolation? {
    switch role {
    case .broker(let machine): machine.checkInvariants()
    case .controller(let machine): machine.checkInvariants()
    case .coordinator(let machine): machine.checkInvariants()
    case .producer(let machine): machine.checkInvariants()
    case .consumer(let machine): machine.checkInvariants()
    case .transactions(let machine): machine.checkInvariants()
    case .transformer(let machine): machine.checkInvariants()
    case .reader(let machine): machine.checkInvariants()
    case .away: nil
    }
  }

  func names(_ nodes: [NodeID]) -> String { nodes.map(roster.name).joined(separator: ",") }
}

/// What the driver is told.
enum LogAnswer: Sendable, Equatable {
  /// A record is acknowledged to its producer.
  case acknowledged(tag: Int, partition: Int)
  /// A record failed.
  case failed(tag: Int, error: String, isCertain: Bool)
  /// A consumer was handed a record.
  case took(tag: Int)
  /// A consumer's work on a record is done.
  case applied(tag: Int)
  /// A rebalance has begun.
  case rebalancing
  /// A consumer reads these partitions.
  case assigned([Int])
  /// A consumer reads these no more.
  case revoked([Int])
  /// A producer was told that there are too few in-sync replicas.
  case tooFewReplicas
  /// A partition has a leader that was out of sync.
  case uncleanElection(partition: Int)
  /// A consumer's position was outside the log.
  case reset
  /// A worker has an old producer epoch.
  case fenced
  /// A transaction is aborted.
  case aborted
  /// A partition has no leader, or has one again.
  case leaderless(partition: Int, Bool)
}
