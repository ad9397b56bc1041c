/// The tree of nodes, and the changes it takes: what every server of an ensemble applies in the same
/// order.
///
/// Source: apache/zookeeper, server/PrepRequestProcessor.java and server/DataTree.java.
struct ZNodeTree: Sendable, Hashable {
  /// What a change did to a node, for watches.
  enum Change: Sendable, Hashable {
    case created(String)
    case deleted(String)
    case dataChanged(String)
    case childrenChanged(String)
  }

  private(set) var nodes: [String: ZNode] = ["/": ZNode(data: "", czxid: 0, mzxid: 0)]
  /// The nodes of each session, in the order of their creation.
  private(set) var ephemerals: [ZooKeeperSessionID: [String]] = [:]
  /// The number of the last change.
  private(set) var zxid = 0

  func node(_ path: String) throws(ZooKeeperError) -> ZNode {
    guard ZNodePath.isValid(path) else { throw .badArguments }
    guard let node = nodes[path] else { throw .noNode }
    return node
  }

  /// Creates a node and returns its path, with its number when it is sequential.
  mutating func create(
    _ path: String, _ data: String, owner: ZooKeeperSessionID?, isSequential: Bool,
    reusesNumbers: Bool, _ changes: inout [Change]
  ) throws(ZooKeeperError) -> String {
    guard let (parent, name) = ZNodePath.parting(path),
      ZNodePath.isValid(isSequential ? path + "0" : path)
    else { throw .badArguments }
    guard let above = nodes[parent] else { throw .noNode }
    let number = reusesNumbers ? above.children.count : above.creations
    let whole = isSequential ? name + Self.digits(number) : name
    let created = ZNodePath.child(whole, of: parent)
    guard nodes[created] == nil else { throw .nodeExists }
    guard above.owner == nil else { throw .noChildrenForEphemerals }
    zxid += 1
    nodes[created] = ZNode(data: data, czxid: zxid, mzxid: zxid, owner: owner)
    nodes[parent]?.creations += 1
    let place = above.children.firstIndex { whole < $0 } ?? above.children.count
    nodes[parent]?.children.insert(whole, at: place)
    if let owner { ephemerals[owner, default: []].append(created) }
    changes += [.created(created), .childrenChanged(parent)]
    return created
  }

  /// Deletes a node without children.
  mutating func delete(
    _ path: String, version: Int?, _ changes: inout [Change]
  ) throws(ZooKeeperError) {
    let node = try node(path)
    guard let (parent, name) = ZNodePath.parting(path) else { throw .badArguments }
    guard version == nil || version == node.version else { throw .badVersion }
    guard node.children.isEmpty else { throw .notEmpty }
    zxid += 1
    nodes[path] = nil
    nodes[parent]?.children.removeAll { $0 == name }
    if let owner = node.owner {
      ephemerals[owner]?.removeAll { $0 == path }
      if ephemerals[owner]?.isEmpty ?? false { ephemerals[owner] = nil }
    }
    changes += [.deleted(path), .childrenChanged(parent)]
  }

  /// Sets the data of a node.
  mutating func set(
    _ path: String, _ data: String, version: Int?, _ changes: inout [Change]
  ) throws(ZooKeeperError) -> ZNodeStat {
    var node = try node(path)
    guard version == nil || version == node.version else { throw .badVersion }
    zxid += 1
    node.data = data
    node.mzxid = zxid
    node.version += 1
    nodes[path] = node
    changes.append(.dataChanged(path))
    return node.stat
  }

  /// Deletes the nodes of a session that has ended.
  mutating func end(_ session: ZooKeeperSessionID, _ changes: inout [Change]) {
    for path in ephemerals[session] ?? [] {
      // Ephemeral nodes have no children and no wanted version, so this is never refused.
      try? delete(path, version: nil, &changes)
    }
  }

  /// A number as ten digits, as in `0000000007`.
  private static func digits(_ number: Int) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(0, 10 - text.count)) + text
  }
}
