import Kernel

/// One write to a key as replicas keep it.
public struct QuorumValue: Sendable, Hashable {
  /// What was written; nil is a tombstone.
  public let value: Int?
  /// The writer's wall clock, with the writer's number to break ties.
  public let stamp: StoreVersion
  /// The request that wrote it.
  public let request: StoreRequest.ID
  /// When it was deleted by the coordinator's clock; nil for a value.
  public let deletedAt: Instant?

  /// A write.
  public init(_ value: Int?, stamp: StoreVersion, request: StoreRequest.ID, deletedAt: Instant?) {
    self.value = value
    self.stamp = stamp
    self.request = request
    self.deletedAt = deletedAt
  }
}

extension StoreVersion {
  /// The version of a write made when the clock of `writer` read `wall`: whole seconds, then
  /// microseconds and the writer's number.
  public init(wall: Instant, writer: NodeID) {
    let microseconds = Int(max(0, wall.nanoseconds) / 1_000)
    self.init(
      epoch: microseconds / 1_000_000,
      place: microseconds % 1_000_000 * 4_096 + writer.index % 4_096)
  }
}

/// What a replica holds for a key.
public enum QuorumCell: Sendable, Hashable {
  /// The write with the highest timestamp.
  case latest(QuorumValue)
  /// The writes that nobody has seen together.
  case siblings(SiblingSet<QuorumValue>)

  /// The writes that are there, in a fixed order.
  public var values: [QuorumValue] {
    switch self {
    case .latest(let value): [value]
    case .siblings(let set): set.values
    }
  }

  /// What a writer hands back so that what it read is replaced.
  public var context: VersionVector {
    switch self {
    case .latest: VersionVector()
    case .siblings(let set): set.context
    }
  }

  /// The newest timestamp in it.
  public var stamp: StoreVersion { values.map(\.stamp).max() ?? .none }

  /// Whether it holds nothing but deletions made before `instant`.
  func isDead(before instant: Instant) -> Bool {
    values.allSatisfy { value in value.deletedAt.map { $0 <= instant } ?? false }
  }

  /// Takes in what another replica holds.
  public mutating func merge(_ other: QuorumCell) {
    switch (self, other) {
    case (.latest(let mine), .latest(let theirs)):
      if mine.stamp < theirs.stamp { self = other }
    case (.siblings(var set), .siblings(let theirs)):
      set.merge(theirs)
      self = .siblings(set)
    case (.latest, .siblings), (.siblings, .latest):
      preconditionFailure("replicas of one store resolve conflicts in the same way")
    }
  }

  /// A number that differs, but for chance, where cells differ.
  var digest: UInt64 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    func mix(_ number: Int) { hash = (hash ^ UInt64(bitPattern: Int64(number))) &* 0x100_0000_01b3 }
    for value in values {
      mix(value.value ?? .min)
      mix(value.stamp.epoch)
      mix(value.stamp.place)
      mix(value.request.client.index)
      mix(value.request.number)
    }
    for dot in context.dots {
      mix(dot.node.index)
      mix(dot.counter)
    }
    return hash
  }
}
