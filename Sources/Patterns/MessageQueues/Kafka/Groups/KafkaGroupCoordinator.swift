import Kernel
import OrderedCollections

/// The coordinator of one consumer group: who is in it, who reads what, and how far they came.
///
/// The classic protocol: members join, and when all have, or the time is up, a new generation begins.
/// The coordinator itself computes the assignment, which in Kafka the first member does on its
/// behalf. Sources: apache/kafka, `GroupMetadataManager`, `ClassicGroup`; KIP-345 for static members,
/// KIP-429 for cooperative rebalancing.
public struct KafkaGroupCoordinator: Machine {
  /// How it is set up.
  public struct Options: Sendable, Hashable {
    /// The partitions of the topic.
    public var partitions: Int
    /// `partition.assignment.strategy`.
    public var assignor: KafkaAssignor
    /// `session.timeout.ms`.
    public var sessionTimeout: TimeSpan
    /// How long it waits for members to join again: their `max.poll.interval.ms`.
    public var rebalanceTimeout: TimeSpan
    /// `group.initial.rebalance.delay.ms`.
    public var initialRebalanceDelay: TimeSpan
    /// Wrong ways to build it.
    public var shortcuts: Set<KafkaShortcut>

    /// The options; the defaults are Kafka's (`GroupCoordinatorConfig`, `ConsumerConfig`).
    public init(
      partitions: Int, assignor: KafkaAssignor = .range, sessionTimeout: TimeSpan = .seconds(45),
      rebalanceTimeout: TimeSpan = .minutes(5), initialRebalanceDelay: TimeSpan = .seconds(3),
      shortcuts: Set<KafkaShortcut> = []
    ) {
      self.partitions = partitions
      self.assignor = assignor
      self.sessionTimeout = sessionTimeout
      self.rebalanceTimeout = rebalanceTimeout
      self.initialRebalanceDelay = initialRebalanceDelay
      self.shortcuts = shortcuts
    }
  }

  /// What can happen to it.
  public enum Input: Sendable {
    /// The process starts.
    case started
    /// A message arrived.
    case received(KafkaMessage, from: NodeID)
    /// Time to look what is due.
    case wake
  }

  /// What it asks for or states.
  public enum Output: Sendable, Hashable {
    /// Send a message.
    case send(KafkaMessage, to: NodeID)
    /// Wake it at that time.
    case wakeMe(at: Instant)
    /// Write and flush before anything that follows.
    case persist(KafkaStorage.Record)
    /// A rebalance begins, because of that member.
    case rebalances(because: Reason, NodeID)
    /// A generation begins with so many members.
    case begins(generation: Int, members: Int)
  }

  /// Why a group rebalances.
  public enum Reason: String, Sendable, Hashable {
    case joined = "joins"
    case joinedAgain = "joins again"
    case left = "leaves"
    case expired = "was silent for longer than session.timeout.ms"
    case late = "did not join again in time"
  }

  /// Where the group stands, in Kafka's words.
  public enum State: String, Sendable, Hashable {
    /// It has no members.
    case empty = "Empty"
    /// Members are to join again.
    case preparingRebalance = "PreparingRebalance"
    /// Everybody reads.
    case stable = "Stable"
  }

  struct Member: Sendable, Hashable {
    var node: NodeID
    let instance: Int?
    var heardAt: Instant
    var hasJoined: Bool
    var owned: [Int]
    var assigned: [Int] = []
  }

  let options: Options
  /// Where the group stands.
  public internal(set) var state = State.empty
  /// Counted up with every rebalance.
  public internal(set) var generation = 0
  /// The positions, by partition.
  public internal(set) var offsets: [Int?]
  /// Positions of open transactions, by producer id.
  var pending: OrderedDictionary<Int, KafkaPendingCommits>
  var members: [Member] = []
  var deadline: Instant = .zero
  var opensAt: Instant = .zero

  /// A coordinator of a group with those positions.
  public init(storage: KafkaStorage, options: Options) {
    self.options = options
    offsets = storage.offsets
    pending = storage.pendingCommits
  }

  /// Who reads which partitions.
  public var assignment: [(node: NodeID, partitions: [Int])] {
    members.map { ($0.node, $0.assigned) }
  }

  /// No partition has two readers in one generation.
  public func checkInvariants() -> InvariantViolation? {
    let all = members.flatMap(\.assigned)
    guard Set(all).count == all.count else {
      return InvariantViolation(
        "one reader a partition", witness: "generation \(generation): \(members.map(\.assigned))")
    }
    return nil
  }

  /// Takes one input at `now`.
  public mutating func step(_ input: Input, at now: Instant) -> [Output] {
    var outputs: [Output] = []
    switch input {
    case .started: outputs.append(.wakeMe(at: now + .milliseconds(100)))
    case .wake:
      look(at: now, &outputs)
      outputs.append(.wakeMe(at: now + .milliseconds(100)))
    case .received(let message, let sender): take(message, from: sender, at: now, &outputs)
    }
    return outputs
  }

  mutating func take(
    _ message: KafkaMessage, from sender: NodeID, at now: Instant, _ outputs: inout [Output]
  ) {
    let place = members.firstIndex { $0.node == sender }
    if let place { members[place].heardAt = now }
    switch message {
    case .join(let instance, let owned): join(sender, instance, owned, at: now, &outputs)
    case .heartbeat(let generation):
      outputs.append(.send(.heartbeatAnswer(complaint(sender, generation)), to: sender))
    case .leave:
      guard let place else { return }
      members.remove(at: place)
      rebalance(.left, sender, at: now, &outputs)
    case .commit(let generation, let commits):
      let error = generationError(sender, generation)
      if error == nil || options.shortcuts.contains(.takesOldGenerations) {
        for commit in commits {
          offsets[commit.partition] = commit.offset
          outputs.append(.persist(.commit(commit)))
        }
        outputs.append(.send(.committed(error: nil), to: sender))
      } else {
        outputs.append(.send(.committed(error: error), to: sender))
      }
    case .fetchOffsets(let partitions):
      let stable = partitions.filter { partition in
        !pending.values.contains { $0.commits.contains { $0.partition == partition } }
      }
      let commits = stable.map { KafkaCommit(partition: $0, offset: offsets[$0]) }
      outputs.append(.send(.offsets(commits), to: sender))
    case .commitInTransaction(let producer, let epoch, let generation, let commits):
      let error = note(producer, epoch, generation, commits, from: sender, &outputs)
      outputs.append(
        .send(.offsetsAdded(producer: producer, epoch: epoch, error: error), to: sender))
    case .writeMarker(let partition, let marker, let producer, let epoch):
      finish(producer, epoch, marker, &outputs)
      outputs.append(
        .send(
          .markerWritten(partition: partition, producer: producer, epoch: epoch), to: sender))
    default: break
    }
  }

  /// Notes positions that count once their transaction commits (`TxnOffsetCommit`, KIP-447).
  mutating func note(
    _ producer: Int, _ epoch: Int, _ generation: Int, _ commits: [KafkaCommit],
    from sender: NodeID, _ outputs: inout [Output]
  ) -> KafkaError? {
    if let known = pending[producer], known.epoch > epoch { return .producerFenced }
    if let error = generationError(sender, generation) { return error }
    let noted = KafkaPendingCommits(epoch: epoch, commits: commits)
    pending[producer] = noted
    outputs.append(.persist(.pendingCommits(producer: producer, noted)))
    return nil
  }

  /// A transaction has ended: its positions count, or are forgotten.
  mutating func finish(
    _ producer: Int, _ epoch: Int, _ marker: KafkaBatch.Marker, _ outputs: inout [Output]
  ) {
    if let known = pending[producer], known.epoch >= epoch { return }
    if marker == .commit {
      for commit in pending[producer]?.commits ?? [] {
        offsets[commit.partition] = commit.offset
        outputs.append(.persist(.commit(commit)))
      }
    }
    let ended = KafkaPendingCommits(epoch: epoch, commits: [])
    pending[producer] = ended
    outputs.append(.persist(.pendingCommits(producer: producer, ended)))
  }

  func generationError(_ node: NodeID, _ generation: Int) -> KafkaError? {
    guard members.contains(where: { $0.node == node }) else { return .unknownMember }
    return generation == self.generation ? nil : .illegalGeneration
  }

  func complaint(_ node: NodeID, _ generation: Int) -> KafkaError? {
    if let error = generationError(node, generation) { return error }
    return state == .preparingRebalance ? .rebalanceInProgress : nil
  }

  mutating func join(
    _ node: NodeID, _ instance: Int?, _ owned: [Int], at now: Instant,
    _ outputs: inout [Output]
  ) {
    if let instance, let place = members.firstIndex(where: { $0.instance == instance }) {
      let isReturning = owned.isEmpty && !members[place].assigned.isEmpty
      members[place].node = node
      members[place].heardAt = now
      members[place].hasJoined = true
      // A static member that restarts finds its place as it left it.
      if state == .stable, isReturning {
        let member = members[place]
        outputs.append(
          .send(.joined(generation: generation, partitions: member.assigned), to: node))
        return
      }
      members[place].owned = owned
      if state == .stable { rebalance(.joinedAgain, node, at: now, &outputs, joined: place) }
    } else if let place = members.firstIndex(where: { $0.node == node }) {
      members[place].owned = owned
      if state == .stable {
        rebalance(.joinedAgain, node, at: now, &outputs, joined: place)
      } else {
        members[place].hasJoined = true
      }
    } else {
      members.append(
        Member(node: node, instance: instance, heardAt: now, hasJoined: true, owned: owned))
      rebalance(.joined, node, at: now, &outputs, joined: members.count - 1)
    }
    completeIfReady(at: now, &outputs)
  }
}
