import Kernel
import Patterns

/// The settings of a run of carts, read once.
struct CartSetup: Sendable {
  let kind: CartKind
  let roster: CartRoster
  let quorum: QuorumOptions
  /// Whether a device takes the latest of several siblings and drops the others.
  let takesNewest: Bool
  let timeout: TimeSpan
  let retries: Int
  let carts: Int
  let devices: Int
  let think: TimeSpan
  let removeShare: Double
  let zoneLatency: TimeSpan
  /// When every cart is deleted; nil is never.
  let checkoutAt: Instant?
  /// When devices stop changing carts.
  let quietFrom: Instant
  /// When every device looks at its cart.
  let lookFrom: Instant
  /// When the run ends.
  let end: Instant

  /// The items that a cart can hold: a bit each of the number that the store keeps.
  static let itemCount = 60

  init(_ settings: Settings, mutant: String? = nil) {
    let kind = CartKind(rawValue: settings.word("store")) ?? .lastWriteWins
    self.kind = kind
    carts = settings.integer("carts")
    devices = settings.integer("devices")
    roster = CartRoster(devices: carts * devices)
    let interval = settings.span("anti-entropy")
    timeout = settings.span("timeout")
    var options = QuorumOptions(
      nodes: roster.nodes, readQuorum: settings.integer("quorum.r"),
      writeQuorum: settings.integer("quorum.w"), hintWindow: settings.span("hint.window"),
      antiEntropy: interval == .zero ? nil : interval,
      tombstoneLife: settings.span("tombstone.life"),
      conflicts: kind == .siblings ? .siblings : .lastWriteWins, timeout: timeout * 2)
    options.shortcuts = mutant.flatMap { QuorumShortcut(rawValue: $0) }.map { [$0] } ?? []
    quorum = options
    takesNewest = settings.word("sibling.merge") == "newest" || mutant == "drops-siblings"
    retries = settings.integer("retries")
    think = settings.span("think")
    removeShare = settings.number("remove.share")
    zoneLatency = settings.span("zone.latency")
    let checkout = settings.span("checkout.at")
    checkoutAt = checkout == .zero ? nil : .zero + checkout
    quietFrom = .zero + settings.span("duration")
    lookFrom = quietFrom + .seconds(10)
    end = lookFrom + .seconds(5)
  }

  /// How replica `node` of an add-wins set gossips.
  func gossip(_ node: NodeID) -> DataReplica<AddWinsSet<Int>>.Options {
    DataReplica.Options(peers: roster.nodes.filter { $0 != node })
  }

  /// What is in a cart when a device sees `versions` of it side by side.
  func merged(_ versions: [QuorumValue]) -> Int {
    if takesNewest { return versions.max { $0.stamp < $1.stamp }?.value ?? 0 }
    return versions.reduce(0) { $0 | ($1.value ?? 0) }
  }
}

/// Who is who: nodes `n1`, `n2`, `n3` in three zones, and devices `d1`, `d2`, ….
struct CartRoster: Sendable {
  /// All names.
  let roster: Roster
  /// The nodes that hold carts.
  let nodes: [NodeID]
  /// The devices, household by household.
  let devices: [NodeID]

  private static let nodeCount = 3

  init(devices count: Int) {
    nodes = (0..<Self.nodeCount).map { NodeID($0) }
    devices = (0..<count).map { NodeID(Self.nodeCount + $0) }
    roster = Roster((1...Self.nodeCount).map { "n\($0)" } + (1...count).map { "d\($0)" })
  }

  /// The zone of a node or device: devices stand in the zones in turn.
  func zone(_ node: NodeID) -> Int { node.index % Self.nodeCount }

  /// The node in the zone of a device.
  func nearest(to device: NodeID) -> NodeID { nodes[zone(device)] }

  /// The node after `node`.
  func next(after node: NodeID) -> NodeID { nodes[(node.index + 1) % nodes.count] }

  /// The place of a device among the devices.
  func place(of device: NodeID) -> Int { device.index - nodes.count }
}
