import Kernel

/// A reader of partitions that it was given by hand (`assign`), from their start, without a group.
///
/// It keeps its positions together with the effects of what it read, as in one database.
/// Source: apache/kafka, `KafkaConsumer.assign`, `isolation.level`.
public struct KafkaReader: Machine {
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
    /// It has read a record.
    case read(KafkaRecord, partition: Int)
  }

  private let partitions: [Int]
  private let committedOnly: Bool
  private let controller: NodeID
  private let start: Instant
  /// The next offset to read, in the order of the partitions.
  public private(set) var positions: [Int]
  private var askedAt: [Instant?]
  private var leaders: [NodeID?] = []
  private var metadataAt: Instant?

  /// A reader of `partitions` from `start` on; `committedOnly` is
  /// `isolation.level=read_committed`.
  public init(
    _ partitions: [Int], committedOnly: Bool, controller: NodeID, storage: KafkaStorage,
    start: Instant = .zero
  ) {
    self.start = start
    self.partitions = partitions
    self.committedOnly = committedOnly
    self.controller = controller
    positions = partitions.map { storage.offsets[$0] ?? 0 }
    askedAt = partitions.map { _ in nil }
  }

  /// Positions only grow, so nothing is read twice at one offset.
  public func checkInvariants() -> InvariantViolation? { nil }

  /// Takes one input at `now`.
  public mutating func step(_ input: Input, at now: Instant) -> [Output] {
    var outputs: [Output] = []
    switch input {
    case .started, .wake:
      guard now >= start else { return [.wakeMe(at: start)] }
      ask(at: now, &outputs)
      outputs.append(.wakeMe(at: now + .milliseconds(50)))
    case .received(.leaders(let known), _): leaders = known
    case .received(.consumed(let partition, let offset, let records, let next, _, _, let error), _):
      guard let place = partitions.firstIndex(of: partition), askedAt[place] != nil,
        positions[place] == offset
      else { break }
      askedAt[place] = nil
      guard error == nil else {
        askLeaders(at: now, &outputs)
        break
      }
      guard next > offset else { break }
      positions[place] = next
      outputs.append(.persist(.commit(KafkaCommit(partition: partition, offset: next))))
      for record in records { outputs.append(.read(record, partition: partition)) }
    case .received: break
    }
    return outputs
  }

  private mutating func ask(at now: Instant, _ outputs: inout [Output]) {
    for (place, partition) in partitions.enumerated() {
      if let asked = askedAt[place] {
        guard now - asked > .seconds(1) else { continue }
        askLeaders(at: now, &outputs)
      }
      guard leaders.indices.contains(partition), let leader = leaders[partition] else {
        askLeaders(at: now, &outputs)
        continue
      }
      askedAt[place] = now
      outputs.append(
        .send(
          .consume(
            partition: partition, offset: positions[place], maximum: 500,
            committedOnly: committedOnly), to: leader))
    }
  }

  private mutating func askLeaders(at now: Instant, _ outputs: inout [Output]) {
    if let metadataAt, now - metadataAt < .milliseconds(200) { return }
    metadataAt = now
    outputs.append(.send(.metadata, to: controller))
  }
}
