import Kernel
import Patterns
import Presentation

extension ShardingBench {
  /// What can be measured right now.
  public var facts: [Measurement] {
    let owned = ownedCounts()
    let lost = (0..<store.keys.count).reduce(0) { $0 + store.lostWrites(of: $1) }
    return [
      Measurement("shards", Double(members.count), .count),
      Measurement("keys", Double(store.keys.count), .count),
      Measurement("moved_keys", lastMove.map { Double($0.moved) }, .count),
      Measurement(
        "moved_fraction", lastMove.map { Double($0.moved) / Double(max(1, $0.total)) }, .fraction),
      Measurement("pending_keys", Double(pendingKeys), .count),
      Measurement("skew", ShardBalance(owned).skew, .ratio),
      Measurement("request_skew", ShardBalance(counters.requests).skew, .ratio),
      Measurement("hottest_key_share", counters.hottest?.share, .fraction),
      Measurement("throttled", counters.throttled, .count),
      Measurement("down", Double(members.count { store.isDown[$0.node.index] }), .count),
      Measurement("redirects", Double(counters.redirects), .count),
      Measurement("wrong_shard_reads", Double(counters.wrongShardReads), .count),
      Measurement("refused", Double(counters.refused), .count),
      Measurement("lost_writes", Double(lost), .count),
      Measurement("epoch", Double(store.map.epoch), .count),
      Measurement("ranges", rangeCount.map(Double.init), .count),
    ]
  }

  private var rangeCount: Int? {
    if case .range(let ranges) = store.map.placement { ranges.starts.count } else { nil }
  }

  /// The keys that each member owns.
  func ownedCounts() -> [Double] {
    var counts = [Double](repeating: 0, count: store.roster.names.count)
    for number in 0..<store.keys.count { counts[store.owner(of: number).index] += 1 }
    return members.map { counts[$0.node.index] }
  }

  /// The keys of each shard as bars, with the skew under them.
  func balanceBars() -> Block {
    let owned = ownedCounts()
    let bars = zip(members, owned).map { member, count in
      let isDown = store.isDown[member.node.index]
      return BarChart.Bar(
        member.name, count, text: Unit.count.text(count) + (isDown ? " (down)" : ""),
        tone: isDown ? .bad : nil)
    }
    let skew = ShardBalance(owned).skew.map { DecimalText.fixed($0, decimals: 3) } ?? "none"
    return .bars(BarChart(bars, caption: "max/mean \(skew)"))
  }
}
