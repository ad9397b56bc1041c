/// A table laid out once from the weights: HAProxy's `static-rr`, and its map-based hashing.
///
/// The weights are first divided by what they have in common. For each entry every server gains its
/// weight; the first to stand at a whole round above the others takes the entry and pays a round.
/// Servers that are level go in the order of the configuration, so that heavy ones come in bursts.
///
/// Source: HAProxy `src/lb_map.c`.
public struct StaticServerMap: Sendable, Equatable {
  /// The server of each entry.
  public private(set) var entries: [Int] = []

  /// The map of servers with these weights, 0 for one that is out.
  public init(weights: [Int]) {
    let divisor = weights.reduce(0, Self.commonDivisor)
    guard divisor > 0 else { return }
    let weights = weights.map { $0 / divisor }
    let total = weights.reduce(0, +)
    var scores = [Int](repeating: 0, count: weights.count)
    for _ in 0..<total {
      var best = -1
      var highest = 0
      for server in weights.indices where weights[server] > 0 {
        scores[server] += weights[server]
        let level = (scores[server] + total) / total
        if best < 0 || level > highest {
          highest = level
          best = server
        }
      }
      scores[best] -= total
      entries.append(best)
    }
  }

  /// The server of a key's hash; nil when none is in.
  public func server(of hash: UInt32) -> Int? {
    entries.isEmpty ? nil : entries[Int(hash) % entries.count]
  }

  private static func commonDivisor(_ left: Int, _ right: Int) -> Int {
    right == 0 ? left : commonDivisor(right, left % right)
  }
}
