import Kernel
import Patterns
import Simulation

/// One process of the failover scenario: a node, a server of the lease store, or the resource.
struct FailoverPart: Machine {
  enum Input: Sendable {
    case started
    case received(FailoverMessage, from: NodeID)
    case wake
    case switchover
    case linkLost(NodeID)
    case fenced(NodeID)
    case checked(isGood: Bool)
    case startFailed
  }

  enum Output: Sendable, Equatable {
    case send(FailoverMessage, to: NodeID)
    case persist(FailoverDisk.Record)
    case wakeMe(at: Instant)
    case fact(FailoverFact)
    case storeLeads(Bool)
    case fence(NodeID)
    case event(SentinelEvent)
    case tellClients(primary: NodeID, epoch: Int)
  }

  enum Role: Sendable, Equatable {
    case node(FailoverNode)
    case store(StoreReplica<LeaseRecord>)
    case resource(FencedResource)
    case sentinel(Sentinel)
  }

  var role: Role
  /// Questions about the lease that wait for the store's consensus.
  var questions: [Question] = []

  struct Question: Sendable, Equatable {
    let ticket: Int
    let number: Int
    let sender: NodeID
  }

  init(role: Role) { self.role = role }

  func checkInvariants() -> InvariantViolation? {
    switch role {
    case .node(let node): node.checkInvariants()
    case .store: nil
    case .resource(let resource): resource.checkInvariants()
    case .sentinel(let sentinel): sentinel.checkInvariants()
    }
  }

  mutating func step(_ input: Input, at now: Instant) -> [Output] {
    switch role {
    case .node(var node):
      defer { role = .node(node) }
      return Self.step(&node, input, at: now)
    case .resource(var resource):
      guard case .received(.store(let request, let token), let sender) = input else { return [] }
      let isTaken = resource.write(request, token: token)
      role = .resource(resource)
      return [.send(.stored(request: request, isTaken: isTaken), to: sender)]
    case .store(var store):
      let outputs = step(&store, input, at: now)
      role = .store(store)
      return outputs
    case .sentinel(var sentinel):
      defer { role = .sentinel(sentinel) }
      return Self.step(&sentinel, input, at: now)
    }
  }

  private static func step(
    _ node: inout FailoverNode, _ input: Input, at now: Instant
  ) -> [Output] {
    let outputs: [FailoverNode.Output] =
      switch input {
      case .started: node.step(.started, at: now)
      case .received(let message, let sender):
        node.step(.received(message, from: sender), at: now)
      case .wake: node.step(.wake, at: now)
      case .switchover: node.step(.switchover, at: now)
      case .fenced(let lost): node.step(.fenced(lost), at: now)
      case .checked(let isGood): node.step(.checked(isGood: isGood), at: now)
      case .startFailed: node.step(.startFailed, at: now)
      case .linkLost: []
      }
    return outputs.map { output in
      switch output {
      case .send(let message, let target): .send(message, to: target)
      case .persist(let record): .persist(.node(record))
      case .wakeMe(let instant): .wakeMe(at: instant)
      case .fact(let fact): .fact(fact)
      case .fence(let lost): .fence(lost)
      }
    }
  }

  private static func step(
    _ sentinel: inout Sentinel, _ input: Input, at now: Instant
  ) -> [Output] {
    let outputs: [Sentinel.Output]
    switch input {
    case .started: outputs = sentinel.step(.started, at: now)
    case .received(.sentinel(let message), let sender):
      outputs = sentinel.step(.received(message, from: sender), at: now)
    case .wake: outputs = sentinel.step(.wake, at: now)
    case .switchover: outputs = sentinel.step(.failoverAsked, at: now)
    case .linkLost(let node): outputs = sentinel.step(.linkLost(node), at: now)
    case .received, .fenced, .checked, .startFailed: outputs = []
    }
    return outputs.map { output in
      switch output {
      case .send(let message, let target): .send(.sentinel(message), to: target)
      case .tellClients(let primary, let epoch): .tellClients(primary: primary, epoch: epoch)
      case .persist(let state): .persist(.sentinel(state))
      case .wakeMe(let instant): .wakeMe(at: instant)
      case .event(let event): .event(event)
      }
    }
  }

  private mutating func step(
    _ store: inout StoreReplica<LeaseRecord>, _ input: Input, at now: Instant
  ) -> [Output] {
    var outputs: [Output] = []
    switch input {
    case .started: take(store.start(at: now), store, &outputs)
    case .wake: take(store.wake(at: now), store, &outputs)
    case .received(.raft(let message), _): take(store.receive(message, at: now), store, &outputs)
    case .received(.leaseAsk(let number, let command), let sender):
      let (ticket, events) = command.map { store.write($0, at: now) } ?? store.read(at: now)
      questions.append(Question(ticket: ticket, number: number, sender: sender))
      take(events, store, &outputs)
    case .received, .switchover, .linkLost, .fenced, .checked, .startFailed: break
    }
    return outputs
  }

  private mutating func take(
    _ events: [StoreReplica<LeaseRecord>.Event], _ store: StoreReplica<LeaseRecord>,
    _ outputs: inout [Output]
  ) {
    for event in events {
      switch event {
      case .persist(let write): outputs.append(.persist(.store(write)))
      case .send(let message): outputs.append(.send(.raft(message), to: message.target))
      case .wakeMe(let instant): outputs.append(.wakeMe(at: instant))
      case .written(let ticket), .readable(let ticket):
        guard let place = questions.firstIndex(where: { $0.ticket == ticket }) else { continue }
        let question = questions.remove(at: place)
        outputs.append(
          .send(.leaseAnswer(number: question.number, store.store), to: question.sender))
      case .failed(let ticket): questions.removeAll { $0.ticket == ticket }
      case .entered(let role, _): outputs.append(.storeLeads(role == .leader))
      case .applied, .follows: break
      }
    }
  }
}

/// What the disk of a process keeps.
struct FailoverDisk: StableStorage {
  /// One write.
  indirect enum Record: Sendable, Hashable {
    case node(FailoverNode.Record)
    case store(RaftWrite<StampedCommand<LeaseRecord.Command>, LeaseRecord>)
    case sentinel(SentinelState)
  }

  var log: [FailoverEntry] = []
  var carts: [SharedCart] = []
  var redis: RedisRole.Kept?
  var sentinel: SentinelState?
  var store: RaftStorage<StampedCommand<LeaseRecord.Command>, LeaseRecord>

  init(stores: [NodeID]) { store = RaftStorage(founders: RaftMembership(voters: stores)) }

  mutating func apply(_ record: Record) {
    switch record {
    case .node(.append(let entry)): log.append(entry)
    case .node(.replace(let after, let entries)):
      log.removeLast(max(0, log.count - after))
      log += entries
    case .node(.carts(let changed)):
      for cart in changed {
        if let place = carts.firstIndex(where: { $0.key == cart.key }) {
          carts[place] = cart
        } else {
          carts.append(cart)
        }
      }
    case .node(.redis(let kept)): redis = kept
    case .sentinel(let state): sentinel = state
    case .store(let write): store.write(write)
    }
  }
}
