/// How traffic is shared out among levels of endpoints: the own zone first, others as it fails.
///
/// A level counts as whole until less than 100/1.4 = 71.4 % of its endpoints are healthy, because
/// each zone is taken to have room to spare. Below that the lack goes on to the next level.
///
/// **Shares are whole percents and add up to 100. A level that is whole leaves nothing to those
/// after it.**
///
/// Source: envoyproxy.io/docs/envoy/latest/intro/arch_overview/upstream/load_balancing/priority.
public enum PriorityLoad {
  /// One level: its endpoints, and how many of them are healthy.
  public struct Level: Sendable, Hashable {
    /// Healthy endpoints.
    public let healthy: Int
    /// All endpoints.
    public let total: Int

    /// A level.
    public init(healthy: Int, of total: Int) {
      self.healthy = healthy
      self.total = total
    }
  }

  /// What the levels can carry together, in percent, at most 100.
  public static func totalHealth(_ levels: [Level], overprovisioning: Int) -> Int {
    min(100, levels.reduce(0) { $0 + health($1, overprovisioning) })
  }

  /// The share of each level in percent; all zero when there are no endpoints at all.
  ///
  /// With nothing healthy anywhere the endpoints are used in proportion to their number.
  public static func shares(_ levels: [Level], overprovisioning: Int) -> [Int] {
    let endpoints = levels.reduce(0) { $0 + $1.total }
    guard endpoints > 0 else { return levels.map { _ in 0 } }
    let total = totalHealth(levels, overprovisioning: overprovisioning)
    var left = 100
    var shares = levels.map { level -> Int in
      let wanted =
        total > 0
        ? health(level, overprovisioning) * 100 / total : level.total * 100 / endpoints
      let share = min(left, wanted)
      left -= share
      return share
    }
    // What rounding leaves over goes to the first level that takes anything.
    if let first = shares.firstIndex(where: { $0 > 0 }) { shares[first] += left }
    return shares
  }

  private static func health(_ level: Level, _ overprovisioning: Int) -> Int {
    level.total == 0 ? 0 : min(100, overprovisioning * level.healthy / level.total)
  }
}
