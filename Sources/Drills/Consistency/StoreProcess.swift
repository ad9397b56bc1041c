import Kernel
import Patterns
import Simulation

/// What can happen to a process of a store.
enum StoreInput<Message: Sendable>: Sendable {
  /// The process starts.
  case started
  /// A message arrived.
  case received(Message, from: NodeID)
  /// A timer went off.
  case wake
}

/// What a process of a store asks for or states.
enum StoreOutput<Message: Sendable & Equatable, Record: Sendable & Equatable>: Sendable, Equatable {
  /// Send a message.
  case send(Message, to: NodeID)
  /// Wake it at that time.
  case wakeMe(at: Instant)
  /// Write to disk before anything that follows.
  case persist(Record)
  /// Write to disk some time.
  case write(Record)
  /// State a fact.
  case fact(Fact)
}

/// What is sent in a world with leaderless nodes.
protocol QuorumMail: Sendable, Equatable {
  /// What nodes tell each other.
  static func quorum(_ message: QuorumMessage) -> Self
  /// What a client is told, with the versions of the value that it asked for.
  static func reply(_ reply: StoreReply, _ versions: [QuorumValue], _ context: VersionVector)
    -> Self
  /// What a node makes of it; nil for what is not for it.
  func input(from sender: NodeID) -> QuorumNode.Input?
}

/// What is written to disk in a world with leaderless nodes.
protocol QuorumEntry: Sendable, Equatable {
  /// A write of such a node.
  static func quorum(_ record: QuorumStorage.Record) -> Self
}

extension QuorumNode {
  /// Steps the node as a process of a store; `name` tells what is kept under a key.
  mutating func step<Mail: QuorumMail, Entry: QuorumEntry>(
    _ input: StoreInput<Mail>, at now: Instant, naming name: (Int) -> String
  ) -> [StoreOutput<Mail, Entry>] {
    let outputs: [Output]
    switch input {
    case .started: outputs = step(.started, at: now)
    case .wake: outputs = step(.wake, at: now)
    case .received(let mail, let sender):
      guard let input = mail.input(from: sender) else { return [] }
      outputs = step(input, at: now)
    }
    return outputs.compactMap { output in
      switch output {
      case .reply(let reply, let versions, let context, let client):
        .send(.reply(reply, versions, context), to: client)
      case .send(let message, let target): .send(.quorum(message), to: target)
      case .wakeMe(let instant): .wakeMe(at: instant)
      case .persist(let record): .persist(.quorum(record))
      case .suspects, .handsOff, .refusesHint, .forgets:
        output.fact(at: now, naming: name).map { .fact($0) }
      }
    }
  }
}
