import Kernel

extension ToolPreset {
  /// HashiCorp Consul as it comes, inside one data centre.
  public static let consul = ToolPreset(
    id: "consul", title: "HashiCorp Consul 1.x with memberlist's LAN defaults",
    knobs: ConsulAgentOptions.knobs + ConsulServerOptions.knobs,
    leavesOut: [
      "The key-value store, sessions, ACLs, prepared queries, streaming and autopilot's clean-up "
        + "are left out.",
      "A check has no default interval in Consul; 10 s is what its documentation's examples use.",
      "The leader's lease is as long as its election timeout; in the real one it is half of it.",
      "A datagram of gossip holds 20 rumours instead of 1,400 bytes; network coordinates, "
        + "encryption and address conflicts are left out.",
      "Callers ask the servers directly by blocking queries; the DNS interface is left out.",
    ])
}
