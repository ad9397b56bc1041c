/// How the partitions of a group's topics are given to its members
/// (`partition.assignment.strategy`).
///
/// Sources: apache/kafka, the class comments of `RangeAssignor`, `RoundRobinAssignor` and
/// `StickyAssignor`, whose examples are tests. The sticky one here gives what is free to the member
/// with least, and takes from those with most; Kafka's balances unequal subscriptions further.
public enum KafkaAssignor: String, Sendable, Hashable, CaseIterable {
  /// Topic by topic, a run of neighbouring partitions each.
  case range
  /// All partitions in turn.
  case roundRobin = "round-robin"
  /// What a member has it keeps, as far as the balance allows; all is revoked first.
  case sticky
  /// The same, and only what moves is revoked.
  case cooperativeSticky = "cooperative-sticky"

  /// Whether members keep their partitions while they join again.
  public var isCooperative: Bool { self == .cooperativeSticky }

  /// A member as assignors see it.
  public struct Member: Sendable, Hashable {
    /// Its id; members are taken in the order of their ids.
    public let id: String
    /// The topics that it subscribes to.
    public let topics: [String]
    /// What it had.
    public let owned: [KafkaTopicPartition]

    /// A member.
    public init(id: String, topics: [String], owned: [KafkaTopicPartition] = []) {
      self.id = id
      self.topics = topics
      self.owned = owned
    }
  }

  /// The partitions of each member, in the order of `members`.
  public func assign(
    _ topics: [(name: String, partitions: Int)], to members: [Member]
  ) -> [[KafkaTopicPartition]] {
    let order = members.indices.sorted { members[$0].id < members[$1].id }
    let topics = topics.sorted { $0.name < $1.name }
    var result = [[KafkaTopicPartition]](repeating: [], count: members.count)
    switch self {
    case .range: Self.assignRanges(topics, members, order, &result)
    case .roundRobin: Self.assignInTurn(topics, members, order, &result)
    case .sticky, .cooperativeSticky: Self.assignSticky(topics, members, order, &result)
    }
    return result
  }

  private static func assignRanges(
    _ topics: [(name: String, partitions: Int)], _ members: [Member], _ order: [Int],
    _ result: inout [[KafkaTopicPartition]]
  ) {
    for topic in topics {
      let subscribed = order.filter { members[$0].topics.contains(topic.name) }
      guard !subscribed.isEmpty else { continue }
      let (each, extra) = topic.partitions.quotientAndRemainder(dividingBy: subscribed.count)
      var next = 0
      for (place, member) in subscribed.enumerated() {
        let count = each + (place < extra ? 1 : 0)
        result[member] += (next..<next + count).map { KafkaTopicPartition(topic.name, $0) }
        next += count
      }
    }
  }

  private static func assignInTurn(
    _ topics: [(name: String, partitions: Int)], _ members: [Member], _ order: [Int],
    _ result: inout [[KafkaTopicPartition]]
  ) {
    var turn = 0
    for topic in topics {
      guard order.contains(where: { members[$0].topics.contains(topic.name) }) else { continue }
      for number in 0..<topic.partitions {
        while !members[order[turn % order.count]].topics.contains(topic.name) { turn += 1 }
        result[order[turn % order.count]].append(KafkaTopicPartition(topic.name, number))
        turn += 1
      }
    }
  }

  private static func assignSticky(
    _ topics: [(name: String, partitions: Int)], _ members: [Member], _ order: [Int],
    _ result: inout [[KafkaTopicPartition]]
  ) {
    var all = topics.flatMap { topic in
      (0..<topic.partitions).map { KafkaTopicPartition(topic.name, $0) }
    }
    func takers(_ partition: KafkaTopicPartition) -> [Int] {
      order.filter { members[$0].topics.contains(partition.topic) }
    }
    // What fewest members could take is given out first.
    all = all.enumerated().sorted {
      (takers($0.element).count, $0.offset) < (takers($1.element).count, $1.offset)
    }.map(\.element).filter { !takers($0).isEmpty }
    var taken: Set<KafkaTopicPartition> = []
    for member in order {
      for partition in members[member].owned
      where all.contains(partition) && takers(partition).contains(member)
        && taken.insert(partition).inserted
      {
        result[member].append(partition)
      }
    }
    for partition in all where !taken.contains(partition) {
      guard
        let least = takers(partition).min(by: {
          isLess(result[$0].count, $0, result[$1].count, $1, order)
        })
      else { continue }
      result[least].append(partition)
    }
    balance(order, takers, &result)
  }

  /// Moves partitions from those with most to those with least until they differ by one at most.
  private static func balance(
    _ order: [Int], _ takers: (KafkaTopicPartition) -> [Int],
    _ result: inout [[KafkaTopicPartition]]
  ) {
    var isMoving = true
    while isMoving {
      isMoving = false
      for rich in order.sorted(by: { result[$0].count > result[$1].count }) {
        guard
          let place = result[rich].lastIndex(where: { partition in
            takers(partition).contains { result[$0].count + 1 < result[rich].count }
          })
        else { continue }
        let partition = result[rich][place]
        guard
          let poor = takers(partition).min(by: {
            isLess(result[$0].count, $0, result[$1].count, $1, order)
          })
        else { continue }
        result[rich].remove(at: place)
        result[poor].append(partition)
        isMoving = true
        break
      }
    }
  }

  private static func isLess(
    _ leftCount: Int, _ left: Int, _ rightCount: Int, _ right: Int, _ order: [Int]
  ) -> Bool {
    let leftPlace = order.firstIndex(of: left) ?? 0
    let rightPlace = order.firstIndex(of: right) ?? 0
    return (leftCount, leftPlace) < (rightCount, rightPlace)
  }
}
