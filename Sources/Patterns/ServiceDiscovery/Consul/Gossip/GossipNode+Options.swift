import Kernel

/// The settings of a gossip member, under memberlist's names.
///
/// Source of names and defaults: hashicorp/memberlist, `config.go`, `DefaultLANConfig` and
/// `DefaultWANConfig`.
public struct GossipOptions: Sendable, Hashable {
  /// Time between two probes.
  public var probeInterval = TimeSpan.seconds(1)
  /// How long the direct probe waits before others are asked to help.
  public var probeTimeout = TimeSpan.milliseconds(500)
  /// How many members are asked to probe on our behalf.
  public var indirectChecks = 3
  /// Multiplies the shortest time that a node stays suspected.
  public var suspicionMult = 4
  /// The longest suspicion as a multiple of the shortest; 1 switches the shrinking timer off.
  public var suspicionMaxTimeoutMult = 6
  /// Multiplies how often a rumour is sent.
  public var retransmitMult = 4
  /// Upper bound of the local health score, which stretches our own timeouts; 1 switches it off.
  public var awarenessMaxMultiplier = 8
  /// Time between two rounds of gossip.
  public var gossipInterval = TimeSpan.milliseconds(200)
  /// Members that get a round of gossip.
  public var gossipNodes = 3
  /// How long the dead are still gossiped to.
  public var gossipToTheDead = TimeSpan.seconds(30)
  /// Time between two full exchanges in a group of up to 32.
  public var pushPullInterval = TimeSpan.seconds(30)
  /// Time between two attempts to reach a dead member again (Serf's `reconnect_interval`).
  public var reconnectInterval = TimeSpan.seconds(30)
  /// A wrong way to build the member, for drills; nil for the right one.
  public var shortcut: DiscoveryShortcut?

  /// The defaults for a local network.
  public init() {}

  /// The defaults for a local network, as Consul uses them inside a data centre.
  public static let lan = GossipOptions()

  /// The defaults between data centres.
  public static let wan: GossipOptions = {
    var options = GossipOptions()
    options.probeInterval = .seconds(5)
    options.probeTimeout = .seconds(3)
    options.suspicionMult = 6
    options.gossipInterval = .milliseconds(500)
    options.gossipNodes = 4
    options.gossipToTheDead = .seconds(60)
    options.pushPullInterval = .seconds(60)
    return options
  }()

  /// Plain SWIM: fixed suspicion, no health score.
  public var withoutLifeguard: GossipOptions {
    var options = self
    options.suspicionMaxTimeoutMult = 1
    options.awarenessMaxMultiplier = 1
    return options
  }
}

extension GossipOptions {
  private static let config = "hashicorp/memberlist, config.go DefaultLANConfig"

  /// The knobs of gossip, named as in Consul's `gossip_lan` block where it has them.
  public static let knobs: [Knob] = [
    Knob(
      "consul.gossip_lan.probe_interval", .span(.milliseconds(100) ... .seconds(30)),
      standard: .span(.seconds(1)), source: config, "Time between two probes of a member."),
    Knob(
      "consul.gossip_lan.probe_timeout", .span(.milliseconds(10) ... .seconds(10)),
      standard: .span(.milliseconds(500)), source: config,
      "How long the direct probe waits before others are asked to help."),
    Knob(
      "consul.gossip_lan.suspicion_mult", .integer(1...20), standard: .integer(4),
      source: config, "Multiplies the shortest time that a node stays suspected."),
    Knob(
      "consul.lifeguard", .flag, standard: .flag(true),
      source: "hashicorp/memberlist, SuspicionMaxTimeoutMult 6 and AwarenessMaxMultiplier 8",
      "Local health score and a suspicion timer that shrinks with confirmations."),
  ]

  /// The options that `settings` stand at; `settings` must hold `knobs`.
  public init(_ settings: Settings) {
    self.init()
    probeInterval = settings.span("consul.gossip_lan.probe_interval")
    probeTimeout = settings.span("consul.gossip_lan.probe_timeout")
    suspicionMult = settings.integer("consul.gossip_lan.suspicion_mult")
    if !settings.flag("consul.lifeguard") { self = withoutLifeguard }
  }
}
