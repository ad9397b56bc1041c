import Kernel

/// What a broker's disk keeps.
public struct RabbitDisk: Sendable, Equatable {
  /// One write.
  public enum Record: Sendable, Hashable {
    /// A durable exchange was declared.
    case exchange(RabbitExchange)
    /// A queue was declared, on these brokers if it is a quorum queue.
    case queue(String, RabbitQueueArguments, members: [NodeID])
    /// A binding was made.
    case bound(RabbitBinding)
    /// A binding was taken away.
    case unbound(RabbitBinding)
    /// A persistent message stands in a durable classic queue.
    case stored(String, RabbitQueueEntry)
    /// It was delivered to somebody, so that it counts as redelivered from now on.
    case delivered(String, position: Int)
    /// It is gone.
    case removed(String, position: Int)
    /// The Raft node of a quorum queue wrote.
    case raft(String, RaftWrite<RabbitQuorumCommand, RabbitQuorumState>)
  }

  /// A queue on disk.
  struct StoredQueue: Sendable, Equatable {
    let name: String
    let arguments: RabbitQueueArguments
    let members: [NodeID]
    var entries: [Int: RabbitQueueEntry] = [:]
    var raft: RaftStorage<RabbitQuorumCommand, RabbitQuorumState>
  }

  private(set) var exchanges: [RabbitExchange] = []
  private(set) var bindings: [RabbitBinding] = []
  private(set) var queues: [StoredQueue] = []

  /// The disk of a new broker.
  public init() {}

  /// Carries out a write.
  public mutating func apply(_ record: Record) {
    switch record {
    case .exchange(let exchange): exchanges.append(exchange)
    case .queue(let name, let arguments, let members):
      queues.append(
        StoredQueue(
          name: name, arguments: arguments, members: members,
          raft: RaftStorage(founders: RaftMembership(voters: members))))
    case .bound(let binding): bindings.append(binding)
    case .unbound(let binding): bindings.removeAll { $0 == binding }
    case .stored(let name, let entry): change(name) { $0.entries[entry.position] = entry }
    case .delivered(let name, let position):
      change(name) { $0.entries[position]?.isRedelivered = true }
    case .removed(let name, let position): change(name) { $0.entries[position] = nil }
    case .raft(let name, let write): change(name) { $0.raft.write(write) }
    }
  }

  private mutating func change(_ name: String, _ body: (inout StoredQueue) -> Void) {
    guard let place = queues.firstIndex(where: { $0.name == name }) else { return }
    body(&queues[place])
  }
}

extension RabbitDisk {
  /// How many messages of the classic queue `name` the disk has.
  public func storedCount(of name: String) -> Int {
    queues.first { $0.name == name }?.entries.count ?? 0
  }
}
