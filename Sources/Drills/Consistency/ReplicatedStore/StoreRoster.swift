import Kernel

/// Who is who: replicas `n1`, `n2`, …, the monitor where there is one, clients `c1`, `c2`, ….
///
/// Replicas, and clients too, stand in zones in turn: `n1` and `c1` in the first, and so on.
struct StoreRoster: Sendable {
  /// All names.
  let roster: Roster
  /// The nodes that hold the data.
  let replicas: [NodeID]
  /// The node that watches the primary.
  let monitor: NodeID?
  /// The clients.
  let clients: [NodeID]
  /// So many zones.
  static let zones = 3

  init(replicas count: Int, hasMonitor: Bool, clients clientCount: Int) {
    var names = (1...count).map { "n\($0)" }
    replicas = names.indices.map { NodeID($0) }
    // The monitor is always there to be named in fault lines, so that one plan fits every store.
    monitor = hasMonitor ? NodeID(names.count) : nil
    names.append("monitor")
    clients = (0..<clientCount).map { NodeID(names.count + $0) }
    names += (1...clientCount).map { "c\($0)" }
    roster = Roster(names)
  }

  /// The zone of a node; the monitor stands in the last.
  func zone(_ node: NodeID) -> Int {
    if node.index < replicas.count { return node.index % Self.zones }
    if node.index == replicas.count { return Self.zones - 1 }
    return (node.index - replicas.count - 1) % Self.zones
  }

  /// The replica that stands nearest to a client: in its zone, or else the first.
  func nearest(to client: NodeID) -> NodeID {
    replicas.first { zone($0) == zone(client) } ?? replicas[0]
  }

  /// The replica after `node`.
  func next(after node: NodeID) -> NodeID { replicas[(node.index + 1) % replicas.count] }
}
