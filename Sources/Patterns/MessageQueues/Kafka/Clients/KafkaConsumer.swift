import Kernel

/// A member of a consumer group: it joins, polls, works on what it got, and commits.
///
/// Working happens between two polls, as in the Java client: a rebalance waits for it, and when it
/// takes longer than `max.poll.interval.ms` the client leaves by itself. Heartbeats go on meanwhile.
///
/// Sources: apache/kafka, `ConsumerCoordinator`, `AbstractCoordinator`, `ConsumerConfig`.
public struct KafkaConsumer: Machine {
  /// What can happen to it.
  public enum Input: Sendable {
    /// The process starts.
    case started
    /// The process is to end in an orderly way.
    case close
    /// Its owner says that the positions of these partitions are settled.
    case mayRead([Int])
    /// Its owner is done with a batch; its position is to be committed, or was.
    case goOn(commits: Bool)
    /// Its owner gave a batch up: it lets go of everything and joins again.
    case leaveAndJoin
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
    /// It was handed a record.
    case took(KafkaRecord, partition: Int)
    /// Its work on a record is done.
    case applied(KafkaRecord, partition: Int)
    /// The work on a batch is done; its owner says when to go on.
    case finished(partition: Int, next: Int)
    /// It reads these partitions from now on.
    case assigned([Int], generation: Int)
    /// It does not read these any more.
    case revoked([Int])
    /// Its position was outside the log: it goes on where `auto.offset.reset` says.
    case reset(partition: Int, from: Int, to: Int)
    /// Its work took longer than it may: it leaves.
    case overstayed(since: TimeSpan)
    /// It came too late: the coordinator does not know it in this generation.
    case expelled(KafkaError)
  }

  struct Work: Sendable, Hashable {
    let partition: Int
    var records: [KafkaRecord]
    let next: Int
  }

  enum Membership: Sendable, Hashable {
    case outside
    case joining(since: Instant)
    case member
  }

  /// The node.
  public let id: NodeID
  let options: Options
  var random: RandomStream
  var membership = Membership.outside
  /// The generation that it is in.
  public internal(set) var generation = 0
  /// What it reads.
  public internal(set) var owned: [Int] = []
  /// The next offset to read, by partition; nil while it is not known.
  public internal(set) var positions: [Int?]
  var leaders: [NodeID?]
  var mustRejoin = false
  var work: Work?
  var workDoneAt: Instant?
  var polledAt: Instant = .zero
  var committedAt: Instant = .zero
  var beatAt: Instant = .zero
  var hasLeft = false
  var isClosed = false
  var turn = 0
  var asking: (partition: Int, since: Instant)?
  var askedMetadataAt: Instant?
  var askedOffsetsAt: Instant = .zero
  /// Partitions whose positions are settled; only asked for by an owner that commits.
  var readable: [Int] = []
  /// The partition of a batch whose owner is not done with it.
  var held: Int?

  /// A consumer that has not started.
  public init(_ id: NodeID, options: Options, random: RandomStream) {
    self.id = id
    self.options = options
    self.random = random
    positions = Array(repeating: nil, count: options.partitions)
    leaders = Array(repeating: nil, count: options.partitions)
  }

  /// Whether both stand alike.
  public static func == (left: KafkaConsumer, right: KafkaConsumer) -> Bool {
    left.id == right.id && left.generation == right.generation && left.owned == right.owned
      && left.positions == right.positions && left.work == right.work
  }

  /// It reads nothing outside a group.
  public func checkInvariants() -> InvariantViolation? { nil }

  /// Takes one input at `now`.
  public mutating func step(_ input: Input, at now: Instant) -> [Output] {
    var outputs: [Output] = []
    guard !isClosed else { return outputs }
    switch input {
    case .started:
      askMetadata(at: now, &outputs)
      join(at: now, &outputs)
    case .close:
      if options.instance == nil { outputs.append(.send(.leave, to: options.coordinator)) }
      isClosed = true
      return outputs
    case .received(let message, _): take(message, at: now, &outputs)
    case .mayRead(let partitions):
      let settled = partitions.filter { owned.contains($0) && positions[$0] == nil }
      readable += settled
      if !settled.isEmpty { askOffsets(settled, at: now, &outputs) }
      return outputs
    case .goOn(let commits):
      if commits, let held { commit([held], &outputs) }
      held = nil
      return outputs
    case .leaveAndJoin:
      work = nil
      workDoneAt = nil
      held = nil
      letGo(&outputs)
      membership = .outside
      mustRejoin = true
      return outputs
    case .wake: look(at: now, &outputs)
    }
    outputs.append(.wakeMe(at: min(now + .milliseconds(20), workDoneAt ?? .distantFuture)))
    return outputs
  }

  mutating func take(
    _ message: KafkaMessage, at now: Instant, _ outputs: inout [Output]
  ) {
    switch message {
    case .leaders(let known): leaders = known
    case .joined(let generation, let partitions):
      joined(generation, partitions, at: now, &outputs)
    case .heartbeatAnswer(let error?), .committed(let error?): told(error, &outputs)
    case .offsets(let commits):
      for commit in commits where owned.contains(commit.partition) {
        guard positions[commit.partition] == nil else { continue }
        positions[commit.partition] = commit.offset ?? (options.beginsAtStart ? 0 : .max)
      }
    case .consumed(
      let partition, let offset, let records, let next, let start, let watermark, let error):
      consumed(partition, offset, records, next, start, watermark, error, at: now, &outputs)
    default: break
    }
  }

  mutating func join(at now: Instant, _ outputs: inout [Output]) {
    membership = .joining(since: now)
    mustRejoin = false
    hasLeft = false
    outputs.append(
      .send(.join(instance: options.instance, owned: owned), to: options.coordinator))
    beatAt = now + options.heartbeatInterval
  }

  mutating func joined(
    _ generation: Int, _ partitions: [Int], at now: Instant, _ outputs: inout [Output]
  ) {
    guard case .joining = membership else { return }
    self.generation = generation
    membership = .member
    polledAt = now
    let gone = owned.filter { !partitions.contains($0) }
    let fresh = partitions.filter { !owned.contains($0) }
    if !gone.isEmpty { outputs.append(.revoked(gone)) }
    for partition in gone + fresh { positions[partition] = nil }
    readable.removeAll { gone.contains($0) || fresh.contains($0) }
    owned = partitions
    outputs.append(.assigned(partitions, generation: generation))
    if !fresh.isEmpty, !options.isExternal { askOffsets(fresh, at: now, &outputs) }
    // What was let go of another member may take, in a second round.
    if options.isCooperative, !gone.isEmpty { mustRejoin = true }
    askMetadata(at: now, &outputs)
  }

  mutating func told(_ error: KafkaError, _ outputs: inout [Output]) {
    switch error {
    case .rebalanceInProgress: mustRejoin = true
    case .illegalGeneration, .unknownMember:
      guard membership == .member else { return }
      outputs.append(.expelled(error))
      letGo(&outputs)
      mustRejoin = true
    case .notLeaderOrFollower, .notEnoughReplicas, .notEnoughReplicasAfterAppend,
      .outOfOrderSequence, .producerFenced, .offsetOutOfRange, .concurrentTransactions:
      break
    }
  }

  /// It reads nothing any more.
  mutating func letGo(_ outputs: inout [Output]) {
    if !owned.isEmpty { outputs.append(.revoked(owned)) }
    for partition in owned { positions[partition] = nil }
    owned = []
    readable = []
  }

  mutating func consumed(
    _ partition: Int, _ offset: Int, _ records: [KafkaRecord], _ next: Int, _ logStart: Int,
    _ watermark: Int, _ error: KafkaError?, at now: Instant, _ outputs: inout [Output]
  ) {
    guard let asked = asking, asked.partition == partition else { return }
    asking = nil
    switch error {
    case .notLeaderOrFollower?: return askMetadata(at: now, &outputs)
    case .offsetOutOfRange?:
      guard owned.contains(partition), positions[partition] == offset else { return }
      let reset = options.beginsAtStart ? logStart : watermark
      positions[partition] = reset
      outputs.append(.reset(partition: partition, from: offset, to: reset))
      return
    case nil: break
    default: return
    }
    guard owned.contains(partition), positions[partition] == offset, work == nil else { return }
    guard !records.isEmpty else {
      positions[partition] = next
      return
    }
    positions[partition] = next
    for record in records { outputs.append(.took(record, partition: partition)) }
    work = Work(partition: partition, records: records, next: next)
    workDoneAt = now + workTime()
    if options.commit == .before { commit([partition], &outputs) }
  }

  /// How long the work on the next record takes.
  private mutating func workTime() -> TimeSpan {
    if options.slowShare > 0, random.chance(options.slowShare) { return options.slowProcessing }
    return options.processing.sample(&random)
  }

  mutating func look(at now: Instant, _ outputs: inout [Output]) {
    doWork(at: now, &outputs)
    beat(at: now, &outputs)
    if case .joining(let since) = membership, now - since > .seconds(70) {
      // The answer, or the question, was lost.
      join(at: now, &outputs)
    }
    if work == nil, held == nil { poll(at: now, &outputs) }
  }

  mutating func doWork(at now: Instant, _ outputs: inout [Output]) {
    while var current = work, let due = workDoneAt, due <= now {
      outputs.append(.applied(current.records.removeFirst(), partition: current.partition))
      guard current.records.isEmpty else {
        work = current
        workDoneAt = due + workTime()
        continue
      }
      work = nil
      workDoneAt = nil
      if options.isExternal {
        held = current.partition
        outputs.append(.finished(partition: current.partition, next: current.next))
      } else if options.commit == .after, owned.contains(current.partition) {
        commit([current.partition], &outputs)
      }
    }
    let isBusy = work != nil || held != nil
    if isBusy, membership == .member, now - polledAt > options.maxPollInterval, !hasLeft {
      hasLeft = true
      outputs.append(.overstayed(since: now - polledAt))
      outputs.append(.send(.leave, to: options.coordinator))
      letGo(&outputs)
      membership = .outside
      mustRejoin = true
    }
  }

  mutating func beat(at now: Instant, _ outputs: inout [Output]) {
    guard now >= beatAt, membership != .outside else { return }
    beatAt = now + options.heartbeatInterval
    if membership == .member {
      outputs.append(.send(.heartbeat(generation: generation), to: options.coordinator))
    }
  }
}
