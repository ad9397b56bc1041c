import Kernel

/// Holds all brokers against Kafka's promises after every step.
///
/// It sees all brokers at once, which none of them can, and remembers what was committed: what some
/// broker's high watermark has passed. Each call looks only at the broker that stepped and at what
/// it has not looked at before, so it costs as much as the change.
///
/// - **One leader an epoch**: nobody else leads in it, nor the same broker in a later life.
/// - **The ISR has what is committed**: no high watermark passes the log end of a replica that
///   counts as in sync.
/// - **Committed records stay**: they neither change nor vanish from the newest leader.
/// - **Logs agree** as far as both brokers know them to be committed.
/// - **In-sync replicas have the leader's log** up to its high watermark.
///
/// With unclean elections, or when a machine has died that does not flush each batch, only the first
/// is promised. Source: apache/kafka documentation, Replication; KIP-101, KIP-497.
public struct KafkaAudit: Sendable {
  /// The names of what is promised.
  public static let invariants = [
    "one leader an epoch", "the in-sync replicas have what is committed",
    "committed records neither change nor vanish", "logs agree as far as both are committed",
    "in-sync replicas have the leader's log",
  ]

  private struct Reign: Sendable, Hashable {
    let leader: NodeID
    let incarnation: Int
  }

  /// What one offset of a partition holds for ever; the record is nil in a marker, and in what was
  /// compacted before it was seen.
  private struct Entry: Sendable, Hashable {
    let epoch: Int
    var record: KafkaRecord?
  }

  private struct Partition: Sendable {
    var reigns: [Int: Reign] = [:]
    var committed: [Int: Entry] = [:]
    var committedEnd = 0
    /// Up to where each broker's log was compared.
    var compared: [Int]
  }

  private let brokers: [NodeID]
  private let isClean: Bool
  private let flushes: Bool
  private var hasRestarted = false
  private var partitions: [Partition]

  /// An audit of brokers that have done nothing yet.
  ///
  /// `holdsUnclean` says whether unclean elections are on, `flushes` whether each batch is flushed
  /// before it counts.
  public init(brokers: [NodeID], partitions: Int, holdsUnclean: Bool, flushes: Bool) {
    self.brokers = brokers
    isClean = !holdsUnclean
    self.flushes = flushes
    let blank = Partition(compared: Array(repeating: 0, count: brokers.count))
    self.partitions = Array(repeating: blank, count: partitions)
  }

  /// How many records of a partition are known to be committed.
  public func committedEnd(_ partition: Int) -> Int { partitions[partition].committedEnd }

  /// A broker begins a life, counted from 0.
  public mutating func restarted(_ node: NodeID, life: Int) {
    if life > 0 { hasRestarted = true }
    guard let place = brokers.firstIndex(of: node) else { return }
    for partition in partitions.indices { partitions[partition].compared[place] = 0 }
  }

  /// Looks at the broker that stepped; `members` are all brokers in order, nil when they are down.
  public mutating func observe(
    _ stepped: NodeID, among members: [KafkaBroker?]
  ) -> InvariantViolation? {
    guard let place = brokers.firstIndex(of: stepped), let broker = members[place] else {
      return nil
    }
    let isPromised = isClean && (flushes || !hasRestarted)
    for number in partitions.indices {
      if let broken = reign(broker, number) { return broken }
      guard isPromised else { continue }
      let newest = newestLeader(of: number, among: members)
      if let broken = compare(broker, place, number, newest) { return broken }
      guard let newest, let leader = members[newest] else { continue }
      if let broken = held(by: leader, number, among: members) { return broken }
    }
    return nil
  }

  private mutating func reign(_ broker: KafkaBroker, _ number: Int) -> InvariantViolation? {
    guard let leadership = broker.replicas[number].leadership, leadership.leader == broker.id
    else { return nil }
    let reign = Reign(leader: broker.id, incarnation: broker.incarnation)
    let known = partitions[number].reigns[leadership.epoch]
    partitions[number].reigns[leadership.epoch] = reign
    guard let known, known != reign else { return nil }
    return InvariantViolation(
      Self.invariants[0],
      witness: "partition \(number), epoch \(leadership.epoch): \(known.leader) in life "
        + "\(known.incarnation) and \(reign.leader) in life \(reign.incarnation)")
  }

  /// The place of the leader with the newest epoch among those that run.
  private func newestLeader(of number: Int, among members: [KafkaBroker?]) -> Int? {
    var newest: (place: Int, epoch: Int)?
    for (place, member) in members.enumerated() {
      guard let member, let leadership = member.replicas[number].leadership,
        leadership.leader == member.id, leadership.epoch > newest?.epoch ?? -1
      else { continue }
      newest = (place, leadership.epoch)
    }
    return newest?.place
  }

  /// Compares what the broker's log holds with what is committed, from where it was looked at last.
  private mutating func compare(
    _ broker: KafkaBroker, _ place: Int, _ number: Int, _ newest: Int?
  ) -> InvariantViolation? {
    let replica = broker.replicas[number]
    // Alone it promises only what its disk has, which is not seen from here.
    let isAlone = replica.leadership?.leader == broker.id && replica.countedISR.count < 2
    guard !isAlone else { return nil }
    let from = min(partitions[number].compared[place], replica.log.endOffset)
    let limit = replica.highWatermark
    partitions[number].compared[place] = max(from, limit)
    guard from < limit else { return nil }
    for batch in replica.log.read(from: from, below: limit, maximum: .max) {
      if let broken = compare(batch, from: from, number) {
        let name = Self.invariants[place == newest ? 2 : 3]
        return InvariantViolation(name, witness: "\(broker.id), partition \(number), \(broken)")
      }
    }
    partitions[number].committedEnd = max(partitions[number].committedEnd, limit)
    return nil
  }

  /// Compares one batch with what is committed; what is not known yet becomes known.
  private mutating func compare(_ batch: KafkaBatch, from: Int, _ number: Int) -> String? {
    var records = batch.records[...]
    for offset in max(from, batch.baseOffset)...max(from, batch.lastOffset) {
      while let first = records.first, first.offset < offset { records.removeFirst() }
      let record = records.first.flatMap { $0.offset == offset ? $0 : nil }
      guard let known = partitions[number].committed[offset] else {
        partitions[number].committed[offset] = Entry(epoch: batch.leaderEpoch, record: record)
        continue
      }
      guard known.epoch == batch.leaderEpoch else {
        return "offset \(offset): of epoch \(batch.leaderEpoch), committed was \(known.epoch)"
      }
      if let record, let before = known.record, before != record {
        return "offset \(offset): \(record.value ?? "nothing"), committed was "
          + (before.value ?? "nothing")
      }
    }
    return nil
  }

  /// What the newest leader and those in sync with it must hold.
  private func held(
    by leader: KafkaBroker, _ number: Int, among members: [KafkaBroker?]
  ) -> InvariantViolation? {
    let replica = leader.replicas[number]
    let state = partitions[number]
    if replica.log.endOffset < state.committedEnd,
      state.reigns.keys.max() == replica.leadership?.epoch
    {
      return InvariantViolation(
        Self.invariants[2],
        witness: "\(leader.id) leads partition \(number) and ends at \(replica.log.endOffset); "
          + "committed was up to \(state.committedEnd)")
    }
    let limit = replica.highWatermark
    for (place, member) in members.enumerated() {
      guard let member, member.id != leader.id, replica.countedISR.contains(member.id) else {
        continue
      }
      let log = member.replicas[number].log
      guard log.endOffset >= limit else {
        return InvariantViolation(
          Self.invariants[1],
          witness: "partition \(number): \(leader.id) has committed up to \(limit), \(member.id) "
            + "ends at \(log.endOffset)")
      }
      // What it does not know to be committed yet must be the leader's all the same.
      guard state.compared[place] < limit, let last = log.batch(before: limit),
        let known = state.committed[last.lastOffset], known.epoch != last.leaderEpoch
      else { continue }
      return InvariantViolation(
        Self.invariants[4],
        witness: "partition \(number), offset \(last.lastOffset): \(member.id) has it of epoch "
          + "\(last.leaderEpoch), \(leader.id) of \(known.epoch)")
    }
    return nil
  }
}
