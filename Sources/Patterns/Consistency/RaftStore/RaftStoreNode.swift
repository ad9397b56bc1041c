import Kernel

/// A key-value store on Raft: every write goes through the log, reads as the options say.
public struct RaftStoreNode: Machine {
  /// How reads are answered.
  public enum Reads: String, Sendable, Hashable, CaseIterable {
    /// As entries of the log: the slowest and simplest right way.
    case log
    /// By ReadIndex: the leader makes sure of its office with a round of heartbeats.
    case readIndex = "read-index"
    /// By the leader's lease: no message, but it leans on clocks.
    case lease
    /// From whatever the node asked has applied: fast, and stale.
    case local
  }

  /// The commands in the log.
  public typealias Command = StampedCommand<StoreRequest>
  /// A message of Raft.
  public typealias Message = RaftNode<Command, RegisterState>.Message
  /// A write to disk.
  public typealias Write = RaftWrite<Command, RegisterState>
  /// The disk.
  public typealias Storage = RaftStorage<Command, RegisterState>

  /// What can happen to it.
  public enum Input: Sendable {
    /// The process starts.
    case started
    /// A client asks something.
    case asked(StoreRequest, from: NodeID)
    /// Another node says something.
    case received(Message)
    /// Time to look what is due.
    case wake
  }

  /// What it asks for or states.
  public enum Output: Sendable, Hashable {
    /// Answer a client.
    case reply(StoreReply, to: NodeID)
    /// Send a message of Raft.
    case send(Message)
    /// Wake it at that time.
    case wakeMe(at: Instant)
    /// Write to disk before anything that follows.
    case persist(Write)
    /// It has a new role.
    case entered(RaftRole, term: Int)
  }

  private struct Asker: Sendable, Hashable {
    let ticket: Int
    let request: StoreRequest
    let client: NodeID
  }

  /// The replica: Raft node, log and state.
  public private(set) var replica: StoreReplica<RegisterState>
  private let reads: Reads
  private let ignoresSession: Bool
  private var askers: [Asker] = []

  /// A node that has not started.
  ///
  /// `patience` is how long it holds a request that it cannot carry out. `ignoresSession` is a shortcut: local reads do not look at what the session has seen.
  public init(
    _ id: NodeID, storage: Storage, options: RaftOptions, reads: Reads, patience: TimeSpan,
    ignoresSession: Bool = false, random: RandomStream
  ) {
    replica = StoreReplica(
      id, storage: storage, empty: RegisterState(), options: options, patience: patience,
      random: random)
    self.reads = reads
    self.ignoresSession = ignoresSession
  }

  /// The invariants of the Raft node.
  public func checkInvariants() -> InvariantViolation? { replica.raft.checkInvariants() }

  /// Takes one input at `now`.
  public mutating func step(_ input: Input, at now: Instant) -> [Output] {
    switch input {
    case .started: return translate(replica.start(at: now))
    case .received(let message): return translate(replica.receive(message, at: now))
    case .wake: return translate(replica.wake(at: now))
    case .asked(let request, let client): return take(request, from: client, at: now)
    }
  }

  private mutating func take(
    _ request: StoreRequest, from client: NodeID, at now: Instant
  ) -> [Output] {
    if request.action.isRead {
      switch reads {
      case .local:
        if let wanted = request.atLeast, replica.store.applied < wanted, !ignoresSession {
          let ask = replica.raft.leader
          return [.reply(StoreReply(request.id, .refused(.behind, ask: ask)), to: client)]
        }
        return [.reply(StoreReply(request.id, replica.store.read(request.key)), to: client)]
      case .readIndex, .lease:
        let (ticket, events) = replica.read(at: now)
        askers.append(Asker(ticket: ticket, request: request, client: client))
        return translate(events)
      case .log: break
      }
    }
    if let result = replica.store.result(of: request.id) {
      return [.reply(StoreReply(request.id, result), to: client)]
    }
    let (ticket, events) = replica.write(request, at: now)
    askers.append(Asker(ticket: ticket, request: request, client: client))
    return translate(events)
  }

  private mutating func translate(
    _ events: [StoreReplica<RegisterState>.Event]
  ) -> [Output] {
    var outputs: [Output] = []
    for event in events {
      switch event {
      case .persist(let write): outputs.append(.persist(write))
      case .send(let message): outputs.append(.send(message))
      case .wakeMe(let instant): outputs.append(.wakeMe(at: instant))
      case .written(let ticket):
        guard let asker = close(ticket),
          let result = replica.store.result(of: asker.request.id)
        else { continue }
        outputs.append(.reply(StoreReply(asker.request.id, result), to: asker.client))
      case .readable(let ticket):
        guard let asker = close(ticket) else { continue }
        let result = replica.store.read(asker.request.key)
        outputs.append(.reply(StoreReply(asker.request.id, result), to: asker.client))
      case .failed(let ticket):
        // A read that came to nothing took no effect; of a write nobody knows, so nothing is said.
        guard let asker = close(ticket), asker.request.action.isRead else { continue }
        outputs.append(
          .reply(StoreReply(asker.request.id, .refused(.noQuorum, ask: nil)), to: asker.client))
      case .entered(let role, let term): outputs.append(.entered(role, term: term))
      case .applied, .follows: break
      }
    }
    return outputs
  }

  private mutating func close(_ ticket: Int) -> Asker? {
    guard let place = askers.firstIndex(where: { $0.ticket == ticket }) else { return nil }
    return askers.remove(at: place)
  }
}
