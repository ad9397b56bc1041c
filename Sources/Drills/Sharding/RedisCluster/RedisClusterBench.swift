import Kernel
import Patterns
import Presentation

/// A Redis cluster node by node: three masters `m1` to `m3` and their replicas `r1` to `r3`, with a
/// clock that stands still until `tick`.
///
/// What the nodes answer is what Redis 7.0 answers: the same machine replays recordings of a real
/// slot migration and of real failovers.
public struct RedisClusterBench: Bench {
  /// The knobs and where they stand.
  public internal(set) var settings: Settings
  var nodes: RedisNodes
  /// Which node a client takes for the owner of each slot it has been told about.
  var known: [Int: NodeID] = [:]
  /// The last value of each key that was acknowledged, and the keys in the order of first writing.
  var acknowledged: [String: String] = [:]
  var written: [String] = []
  var redirects = 0
  /// When a master was last killed or cut off, and when its replica took over.
  var lostMaster: (node: NodeID, at: Instant)?
  var failover: TimeSpan?

  static let masterCount = 3

  /// The id of the preset that this bench is.
  static let tool = ToolPreset(
    id: "redis-nodes", title: "Redis Cluster 7.0, node by node", knobs: knobs,
    leavesOut: [
      "Strings are the only type; persistence, scripts, replica migration and manual failover are "
        + "left out.",
      "Links are not modelled: a message that is lost stands for a broken connection.",
    ])

  private static let knobs =
    RedisClusterOptions.knobs + [
      Knob(
        "replicas", .integer(0...2), standard: .integer(1), "Replicas of each master.")
    ]

  /// A cluster that has been up for ten seconds.
  public init() {
    settings = Settings(Self.knobs)
    nodes = Self.nodes(settings)
  }

  private static func nodes(_ settings: Settings) -> RedisNodes {
    var nodes = RedisNodes.cluster(
      masters: masterCount, replicas: settings.integer("replicas"), RedisClusterOptions(settings),
      latency: .microseconds(100) ... .milliseconds(1), seed: 1)
    nodes.run(until: .zero + .seconds(10))
    return nodes
  }

  /// The name of `node`: `m2` is the second master of the beginning, `r2` its first replica.
  func name(_ node: NodeID) -> String {
    let number = node.index % Self.masterCount + 1
    switch node.index / Self.masterCount {
    case 0: return "m\(number)"
    case 1: return "r\(number)"
    default: return "s\(number)"
    }
  }

  /// The names of the nodes, and a key.
  public var parts: [String] { nodes.nodes.map { name($0.node) } + ["foo"] }

  /// What the bench leaves out.
  public var fidelity: Fidelity {
    Fidelity(
      models: [
        "Each node is a state machine after cluster.c: slots, redirections, MIGRATE, heartbeats "
          + "with gossip, PFAIL and FAIL, election of a replica.",
        "It gives the recorded answers of a real slot migration, and its failovers take as long as "
          + "six recorded ones.",
      ],
      leavesOut: Self.tool.leavesOut, sources: ShardingFidelity.sources)
  }

  /// What can be measured right now.
  public var facts: [Measurement] {
    let masters = nodes.nodes.filter { !nodes.isDown[$0.node.index] && $0.master == nil }
    return [
      Measurement("masters", Double(masters.count), .count),
      Measurement("down", Double(nodes.isDown.count { $0 }), .count),
      Measurement("nodes_serving", Double(nodes.nodes.count(where: serves)), .count),
      Measurement("failover_time", failover?.seconds, .seconds),
      Measurement("redirects", Double(redirects), .count),
      Measurement("lost_writes", Double(lostWrites), .count),
      Measurement("keys_written", Double(written.count), .count),
      Measurement("time", nodes.now.seconds, .seconds),
    ]
  }

  private func serves(_ node: RedisClusterNode) -> Bool {
    !nodes.isDown[node.node.index] && node.isClusterUp
  }

  /// Keys whose acknowledged value is neither with the owner nor with the node it hands the slot to.
  private var lostWrites: Int {
    written.count { key in
      let slot = Int(HashSlot.slot(of: key))
      guard let owner = owner(of: slot) else { return false }
      let holders = [owner, nodes[owner].migrationTarget(of: slot)].compactMap(\.self)
      return !holders.contains { nodes[$0].value(key) == acknowledged[key] }
    }
  }

  /// The owner of `slot` that most running nodes name; the lowest of equals.
  func owner(of slot: Int) -> NodeID? {
    var votes = nodes.nodes.map { _ in 0 }
    for node in nodes.nodes where !nodes.isDown[node.node.index] {
      if let owner = node.owner(of: slot) { votes[owner.index] += 1 }
    }
    guard let most = votes.max(), most > 0 else { return nil }
    return votes.firstIndex(of: most).map(NodeID.init)
  }

  /// The first invariant of a node that does not hold, or nil.
  public func checkInvariants() -> InvariantViolation? {
    nodes.nodes.lazy.compactMap { $0.checkInvariants() }.first
  }

  /// Turns knobs: a new cluster starts with them.
  public mutating func apply(_ changed: Settings) throws(Diagnostic) -> Document {
    self = RedisClusterBench(changed)
    return Document([.text("A new cluster, ten seconds old. \(settings.turned)")])
  }

  private init(_ settings: Settings) {
    self.settings = settings
    nodes = Self.nodes(settings)
  }
}
