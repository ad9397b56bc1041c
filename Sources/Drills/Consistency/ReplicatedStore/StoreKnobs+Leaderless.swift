import Kernel
import Patterns

extension StoreKnobs {
  private static let dynamo = "DeCandia et al., Dynamo, SOSP 2007"

  /// The knobs of stores without a primary.
  static let leaderless: [Knob] = [
    Knob(
      "quorum.n", .integer(1...7), standard: .integer(3), source: dynamo,
      "N: nodes that hold a key in a leaderless store, at most all."),
    Knob(
      "quorum.r", .integer(1...7), standard: .integer(2), source: dynamo,
      "R: replicas that a read waits for, at most N."),
    Knob(
      "quorum.w", .integer(1...7), standard: .integer(2), source: dynamo,
      "W: replicas that a write waits for, at most N."),
    Knob(
      "quorum.sloppy", .flag, standard: .flag(false),
      "Whether other nodes stand in for owners that are down, and count for R and W."),
    Knob(
      "hints", .flag, standard: .flag(true), source: "cassandra.yaml hinted_handoff_enabled",
      "Whether writes for a node that is down are kept for it."),
    Knob(
      "hint.window", .span(.milliseconds(100)...(.hours(48))), standard: .span(.hours(3)),
      source: "cassandra.yaml max_hint_window",
      "How long a node may be down before no more writes are kept for it."),
    Knob(
      "read.repair", .choice(QuorumOptions.ReadRepair.allCases.map(\.rawValue)),
      standard: .word("blocking"), source: "Cassandra, read_repair table option",
      "What a read does about replicas that are behind: nothing, mend them later or before it answers."
    ),
    Knob(
      "anti-entropy", .span(.zero...(.hours(1))), standard: .span(.zero),
      "How often a node of a leaderless store compares its data with another; 0 is never."),
    Knob(
      "gossip", .choice(["state", "delta"]), standard: .word("delta"),
      "Whether replicated data types send their whole value or what changed."),
    Knob(
      "gossip.interval", .span(.milliseconds(10)...(.minutes(1))),
      standard: .span(.milliseconds(200)),
      "The time from one round of gossip to the next."),
  ]
}
