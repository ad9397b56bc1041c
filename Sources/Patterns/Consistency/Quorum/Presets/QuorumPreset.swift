import Kernel

/// The leaderless stores that can be had under the names of real ones.
public enum QuorumPreset: String, Sendable, Hashable, CaseIterable {
  /// Dynamo as the paper of 2007 describes it.
  case dynamo
  /// Apache Cassandra.
  case cassandra

  /// The knobs with their defaults and what the preset leaves out.
  public var tool: ToolPreset {
    switch self {
    case .dynamo: DynamoStore.tool
    case .cassandra: CassandraStore.tool
    }
  }

  /// The store of `nodes` that `settings` describe; they must hold the knobs of `tool`.
  public func options(_ settings: Settings, nodes: [NodeID]) -> QuorumOptions {
    switch self {
    case .dynamo: DynamoStore.options(settings, nodes)
    case .cassandra: CassandraStore.options(settings, nodes)
    }
  }
}

/// Dynamo under the names of its paper.
enum DynamoStore {
  private static let paper = "DeCandia et al., Dynamo, SOSP 2007"

  static let tool = ToolPreset(
    id: QuorumPreset.dynamo.rawValue, title: "Dynamo (2007)",
    knobs: [
      Knob("N", .integer(1...7), standard: .integer(3), source: paper, "Hosts that hold a key."),
      Knob(
        "R", .integer(1...7), standard: .integer(2), source: paper,
        "Hosts that must take part in a successful read."),
      Knob(
        "W", .integer(1...7), standard: .integer(2), source: paper,
        "Hosts that must take part in a successful write."),
    ],
    leavesOut: [
      "Membership by gossip: the nodes are fixed.",
      "The application's choice of a conflict resolution of its own: siblings are handed out.",
    ])

  static func options(_ settings: Settings, _ nodes: [NodeID]) -> QuorumOptions {
    QuorumOptions(
      nodes: nodes, copies: settings.integer("N"), readQuorum: settings.integer("R"),
      writeQuorum: settings.integer("W"), isSloppy: true, readRepair: .background,
      antiEntropy: .seconds(10), conflicts: .siblings)
  }
}

/// Cassandra under its own names.
enum CassandraStore {
  private static let file = "cassandra.yaml"
  private static let levels = ["ONE", "TWO", "THREE", "QUORUM", "ALL"]

  static let tool = ToolPreset(
    id: QuorumPreset.cassandra.rawValue, title: "Apache Cassandra",
    knobs: [
      Knob(
        "replication_factor", .integer(1...7), standard: .integer(3),
        source: "ours: CREATE KEYSPACE has no default", "Replicas of a row."),
      Knob(
        "read_consistency_level", .choice(levels), standard: .word("QUORUM"), source: "ours",
        "Replicas that must answer a read."),
      Knob(
        "write_consistency_level", .choice(levels), standard: .word("QUORUM"), source: "ours",
        "Replicas that must confirm a write."),
      Knob(
        "hinted_handoff_enabled", .flag, standard: .flag(true), source: file,
        "Whether coordinators keep writes for replicas that are down."),
      Knob(
        "max_hint_window", .span(.seconds(1)...(.hours(48))), standard: .span(.hours(3)),
        source: file, "How long a replica may be down before no more hints are kept for it."),
      Knob(
        "gc_grace_seconds", .integer(0...31_536_000), standard: .integer(864_000),
        source: "Cassandra, CREATE TABLE options", "Seconds for which a tombstone is kept."),
    ],
    leavesOut: [
      "Digest reads: every replica sends its data.",
      "Repair does not run by itself, as in Cassandra; the anti-entropy of other presets is off.",
      "Equal timestamps go to the higher client; Cassandra compares the values.",
      "Data centres, racks and the consistency levels that know them.",
    ])

  static func options(_ settings: Settings, _ nodes: [NodeID]) -> QuorumOptions {
    let copies = settings.integer("replication_factor")
    func count(_ name: String) -> Int {
      switch settings.word(name) {
      case "ONE": 1
      case "TWO": 2
      case "THREE": 3
      case "ALL": copies
      default: copies / 2 + 1
      }
    }
    return QuorumOptions(
      nodes: nodes, copies: copies, readQuorum: count("read_consistency_level"),
      writeQuorum: count("write_consistency_level"),
      keepsHints: settings.flag("hinted_handoff_enabled"),
      hintWindow: settings.span("max_hint_window"), readRepair: .blocking,
      tombstoneLife: .seconds(Int64(settings.integer("gc_grace_seconds"))))
  }
}
