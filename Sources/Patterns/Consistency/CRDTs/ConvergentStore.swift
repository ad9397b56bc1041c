import Kernel

/// Registers and counters that replicas change without asking each other.
public struct ConvergentData: ReplicatedData {
  /// Changes one key.
  public enum Operation: Sendable, Hashable {
    /// Writes a register at the writer's time.
    case write(key: Int, value: Int, time: Instant)
    /// Adds to a counter.
    case add(key: Int, amount: Int)
  }

  /// The registers that were written.
  public private(set) var registers: [Int: LastWriteWinsRegister<Int>] = [:]
  /// The counters that were added to.
  public private(set) var counters: [Int: UpDownCounter] = [:]

  /// Nothing is held.
  public init() {}

  /// Merges key by key.
  public mutating func merge(_ other: ConvergentData) {
    registers.merge(other.registers, uniquingKeysWith: Self.joined)
    counters.merge(other.counters, uniquingKeysWith: Self.joined)
  }

  /// The delta of the key alone.
  public func delta(of operation: Operation, at node: NodeID) -> ConvergentData {
    var delta = ConvergentData()
    switch operation {
    case .write(let key, let value, let time):
      delta.registers[key] = (registers[key] ?? .init()).delta(
        of: .write(value, time: time), at: node)
    case .add(let key, let amount):
      delta.counters[key] = (counters[key] ?? .init()).delta(of: .add(amount), at: node)
    }
    return delta
  }

  /// What a key holds and how much of its history that is: for a counter everything ever counted,
  /// for a register the winner's time.
  public func read(_ key: Int) -> StoreResult {
    if let counter = counters[key] {
      let seen = counter.added.value + counter.removed.value
      return .holds(counter.value, version: StoreVersion(epoch: 0, place: seen))
    }
    guard let winner = registers[key]?.winner else { return .holds(nil, version: .none) }
    return .holds(winner.value, version: StoreVersion(wall: winner.time, writer: winner.node))
  }

  /// The mutant's merge: counters are added up.
  mutating func mergeBySum(_ other: ConvergentData) {
    registers.merge(other.registers, uniquingKeysWith: Self.joined)
    counters.merge(other.counters) { mine, theirs in
      var sum = mine
      sum.mergeBySum(theirs)
      return sum
    }
  }

  private static func joined<Value: ReplicatedData>(_ left: Value, _ right: Value) -> Value {
    var result = left
    result.merge(right)
    return result
  }
}

/// A node that answers clients from its own copy of the data and gossips.
///
/// It never refuses and never waits. An addition that a client repeats elsewhere counts twice: a
/// counter forgives repeated merges, not repeated requests.
public struct ConvergentStoreNode: Machine {
  /// What nodes send each other.
  public typealias Message = DataReplica<ConvergentData>.Message

  /// What can happen to it.
  public enum Input: Sendable {
    /// The process starts.
    case started
    /// A client asks something.
    case asked(StoreRequest, from: NodeID)
    /// A node says something.
    case received(Message, from: NodeID)
    /// Time for a round of gossip.
    case wake
  }

  /// What it asks for or states.
  public enum Output: Sendable, Hashable {
    /// Answer a client.
    case reply(StoreReply, to: NodeID)
    /// Send a message.
    case send(Message, to: NodeID)
    /// Wake it at that time.
    case wakeMe(at: Instant)
    /// Keep the data on disk before anything that follows.
    case persist(ConvergentData)
  }

  /// The replica of the data.
  public private(set) var replica: DataReplica<ConvergentData>
  private var done: [NodeID: StoreReply] = [:]

  /// The node `id` with what its disk holds; `addsUpCounters` is the deliberately wrong merge.
  public init(
    _ id: NodeID, data: ConvergentData, life: Int, options: DataReplica<ConvergentData>.Options,
    addsUpCounters: Bool = false
  ) {
    replica = DataReplica(id, value: data, life: life, options: options) { mine, theirs in
      if addsUpCounters { mine.mergeBySum(theirs) } else { mine.merge(theirs) }
    }
  }

  /// Takes one input at `now`.
  public mutating func step(_ input: Input, at now: Instant) -> [Output] {
    switch input {
    case .started: return carried(replica.step(.started, at: now))
    case .wake: return carried(replica.step(.wake, at: now))
    case .received(let message, let sender):
      return carried(replica.step(.received(message, from: sender), at: now))
    case .asked(let request, let client): return serve(request, for: client, at: now)
    }
  }

  /// What must hold of its replica.
  public func checkInvariants() -> InvariantViolation? { replica.checkInvariants() }

  private mutating func serve(
    _ request: StoreRequest, for client: NodeID, at now: Instant
  ) -> [Output] {
    if let last = done[client], last.id == request.id { return [.reply(last, to: client)] }
    let operation: ConvergentData.Operation
    switch request.action {
    case .read:
      return [.reply(StoreReply(request.id, replica.value.read(request.key)), to: client)]
    case .write(let value):
      operation = .write(key: request.key, value: value, time: request.madeAt ?? now)
    case .add(let amount): operation = .add(key: request.key, amount: amount)
    case .compareAndSet, .delete:
      return [.reply(StoreReply(request.id, .refused(.notOffered, ask: nil)), to: client)]
    }
    let outputs = carried(replica.step(.apply(operation), at: now))
    guard case .holds(_, let version) = replica.value.read(request.key) else { return outputs }
    let reply = StoreReply(request.id, .written(version: version))
    done[client] = reply
    return outputs + [.reply(reply, to: client)]
  }

  private func carried(_ outputs: [DataReplica<ConvergentData>.Output]) -> [Output] {
    outputs.map { output in
      switch output {
      case .send(let message, let target): .send(message, to: target)
      case .wakeMe(let instant): .wakeMe(at: instant)
      case .persist(let data): .persist(data)
      }
    }
  }
}
