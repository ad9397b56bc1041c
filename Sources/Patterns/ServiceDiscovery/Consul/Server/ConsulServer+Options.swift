import Kernel

/// The settings of a Consul server, under its own parameter names.
///
/// Source of names and defaults: hashicorp/consul, `agent/consul/config.go`; hashicorp/raft,
/// `config.go` (heartbeat and election timeout 1 s, leader lease 0.5 s).
public struct ConsulServerOptions: Sendable, Hashable {
  /// Multiplies Raft's timing; the default is meant for small machines, 1 for production.
  public var raftMultiplier = 5
  /// How long a request is held while there is no leader.
  public var rpcHoldTimeout = TimeSpan.seconds(7)
  /// Time between two comparisons of gossip with the catalog by the leader.
  public var reconcileInterval = TimeSpan.minutes(1)
  /// The settings of gossip.
  public var gossip = GossipOptions.lan

  /// The defaults.
  public init() {}

  /// Raft's timing: election timeout 1 s and heartbeats ten times as often, both multiplied.
  public var raft: RaftOptions {
    let election = TimeSpan.seconds(1) * raftMultiplier
    return RaftOptions(
      heartbeatInterval: election / 10, electionTimeout: election, preVote: true,
      checkQuorum: true)
  }
}

extension ConsulServerOptions {
  private static let config = "hashicorp/consul, agent/consul/config.go"

  /// The knobs of the server with `consul.` in front; those of gossip are the agents'.
  public static let knobs: [Knob] = [
    Knob(
      "consul.performance.raft_multiplier", .integer(1...10), standard: .integer(5),
      source: config + " DefaultRaftMultiplier",
      "Multiplies Raft's timing: 1 is for production, 5 for small machines."),
    Knob(
      "consul.rpc_hold_timeout", .span(.zero ... .minutes(1)), standard: .span(.seconds(7)),
      source: config, "How long a request is held while there is no leader."),
  ]

  /// The options that `settings` stand at; `settings` must hold `knobs` and gossip's.
  public init(_ settings: Settings) {
    self.init()
    raftMultiplier = settings.integer("consul.performance.raft_multiplier")
    rpcHoldTimeout = settings.span("consul.rpc_hold_timeout")
    gossip = GossipOptions(settings)
  }
}
