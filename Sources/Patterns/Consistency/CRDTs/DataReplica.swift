import Kernel

/// A replica of replicated data: it changes its own value at once and gossips.
///
/// By state it sends its whole value to every peer in each round. By delta it keeps its changes in
/// order and sends each peer what that peer has not confirmed; a peer that is behind the buffer gets
/// the whole value. Messages may be lost, repeated and overtake each other.
///
/// Source: Almeida et al., "Delta state replicated data types" (2018), algorithm 2.
public struct DataReplica<Value: ReplicatedData>: Machine {
  /// What peers send each other.
  public enum Message: Sendable, Hashable {
    /// The sender's changes up to its number `upTo` of its life `life`, or its whole value.
    case gossip(Value, upTo: Int, life: Int)
    /// The receiver has the sender's changes up to this number of that life.
    case confirm(upTo: Int, life: Int)
  }

  /// What can happen to it.
  public enum Input: Sendable {
    /// The process starts.
    case started
    /// A client does something.
    case apply(Value.Operation)
    /// A peer says something.
    case received(Message, from: NodeID)
    /// Time for a round.
    case wake
  }

  /// What it asks for or states.
  public enum Output: Sendable, Hashable {
    /// Send a message.
    case send(Message, to: NodeID)
    /// Wake it at that time.
    case wakeMe(at: Instant)
    /// Keep the value on disk before anything that follows.
    case persist(Value)
  }

  /// How replicas gossip.
  public struct Options: Sendable, Hashable {
    /// The other replicas.
    public var peers: [NodeID]
    /// The time from round to round.
    public var interval: TimeSpan
    /// Whether changes are sent, or whole values.
    public var sendsDeltas: Bool
    /// The most changes kept for peers that are behind.
    public var bufferLimit: Int

    /// Options; ours.
    public init(
      peers: [NodeID], interval: TimeSpan = .milliseconds(200), sendsDeltas: Bool = true,
      bufferLimit: Int = 1_000
    ) {
      self.peers = peers
      self.interval = interval
      self.sendsDeltas = sendsDeltas
      self.bufferLimit = bufferLimit
    }
  }

  /// The node.
  public let id: NodeID
  let options: Options
  /// Counts the starts of the node, so that a confirmation of a former life counts for nothing.
  let life: Int
  /// The value, as far as it is known here.
  public private(set) var value: Value
  /// Changes that may have to be sent, oldest first; the last has the number `count`.
  private var buffer: [Value] = []
  /// How many changes there were in this life.
  private var count = 0
  /// What each peer has confirmed; nil before it confirmed anything in this life.
  private var confirmed: [NodeID: Int] = [:]
  private var merging: @Sendable (inout Value, Value) -> Void = { $0.merge($1) }
  private var dueAt: Instant?

  /// The replica `id` with what its disk holds; it does nothing before it is started.
  public init(_ id: NodeID, value: Value = Value(), life: Int = 0, options: Options) {
    self.id = id
    self.life = life
    self.value = value
    self.options = options
  }

  /// The replica with a deliberately wrong merge, for tests of the tests.
  init(
    _ id: NodeID, value: Value, life: Int, options: Options,
    merging: @escaping @Sendable (inout Value, Value) -> Void
  ) {
    self.init(id, value: value, life: life, options: options)
    self.merging = merging
  }

  /// Takes one input at `now`.
  public mutating func step(_ input: Input, at now: Instant) -> [Output] {
    switch input {
    case .started: return schedule(now)
    case .apply(let operation):
      keep(value.apply(operation, at: id))
      return [.persist(value)]
    case .received(.gossip(let theirs, let upTo, let life), let sender):
      let before = value
      merging(&value, theirs)
      let confirmation = Output.send(.confirm(upTo: upTo, life: life), to: sender)
      guard value != before else { return [confirmation] }
      // What others changed goes on to peers that the sender may not reach.
      keep(theirs)
      return [.persist(value), confirmation]
    case .received(.confirm(let upTo, let life), let sender):
      if life == self.life { confirmed[sender] = max(confirmed[sender] ?? 0, upTo) }
      return []
    case .wake:
      guard let due = dueAt, due <= now else { return [] }
      return gossip() + schedule(now)
    }
  }

  /// The value never shrinks by construction; there is nothing else to hold.
  public func checkInvariants() -> InvariantViolation? {
    guard buffer.count <= count else {
      return InvariantViolation(
        "changes are numbered", witness: "\(id): \(buffer.count) kept of \(count)")
    }
    return nil
  }

  /// Whether both are in the same state.
  public static func == (left: DataReplica, right: DataReplica) -> Bool {
    left.id == right.id && left.life == right.life && left.options == right.options
      && left.value == right.value
      && left.buffer == right.buffer && left.count == right.count
      && left.confirmed == right.confirmed && left.dueAt == right.dueAt
  }

  private mutating func keep(_ delta: Value) {
    count += 1
    buffer.append(delta)
    if buffer.count > options.bufferLimit {
      buffer.removeFirst(buffer.count - options.bufferLimit)
    }
  }

  private func gossip() -> [Output] {
    options.peers.compactMap { peer in
      let from = confirmed[peer]
      guard options.sendsDeltas, let from, from >= count - buffer.count else {
        return .send(.gossip(value, upTo: count, life: life), to: peer)
      }
      guard from < count else { return nil }
      var delta = Value()
      for change in buffer.suffix(count - from) { delta.merge(change) }
      return .send(.gossip(delta, upTo: count, life: life), to: peer)
    }
  }

  private mutating func schedule(_ now: Instant) -> [Output] {
    dueAt = now + options.interval
    return [.wakeMe(at: now + options.interval)]
  }
}
