/// A session of a client, numbered by the server.
public struct ZooKeeperSessionID: Sendable, Hashable, Comparable {
  /// Counted from 1.
  public let number: Int

  /// The session numbered `number`.
  public init(_ number: Int) { self.number = number }

  /// Whether the left session began first.
  public static func < (left: ZooKeeperSessionID, right: ZooKeeperSessionID) -> Bool {
    left.number < right.number
  }
}

/// What is known of a node besides its data.
public struct ZNodeStat: Sendable, Hashable {
  /// The transaction that created it.
  public var czxid: Int
  /// The transaction that changed its data last.
  public var mzxid: Int
  /// How often its data was set.
  public var version: Int
  /// How often children were created or deleted.
  public var cversion: Int
  /// The session whose end deletes it; nil for one that stays.
  public var ephemeralOwner: ZooKeeperSessionID?
  /// How many children it has.
  public var numChildren: Int
}

/// A node of the tree.
struct ZNode: Sendable, Hashable {
  var data: String
  let czxid: Int
  var mzxid: Int
  var version = 0
  /// How often a child was created under it: where the numbers of sequential nodes come from.
  ///
  /// What clients are shown as `cversion` counts deletions too: twice the creations less the children
  /// there are (apache/zookeeper, DataNode.copyStat).
  var creations = 0
  var owner: ZooKeeperSessionID?
  /// Names, in order.
  var children: [String] = []

  var stat: ZNodeStat {
    ZNodeStat(
      czxid: czxid, mzxid: mzxid, version: version, cversion: creations * 2 - children.count,
      ephemeralOwner: owner, numChildren: children.count)
  }
}

/// A path of the tree: names with `/` before each.
enum ZNodePath {
  /// Whether `path` names a node: `/`, or names that are not empty nor `.` nor `..`.
  static func isValid(_ path: String) -> Bool {
    guard path != "/" else { return true }
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count > 1, parts[0].isEmpty else { return false }
    return parts.dropFirst().allSatisfy { !$0.isEmpty && $0 != "." && $0 != ".." }
  }

  /// The parent's path and the name under it; nil for the root.
  static func parting(_ path: String) -> (parent: String, name: String)? {
    guard path != "/", let slash = path.lastIndex(of: "/") else { return nil }
    let parent = slash == path.startIndex ? "/" : String(path[..<slash])
    return (parent, String(path[path.index(after: slash)...]))
  }

  static func child(_ name: String, of parent: String) -> String {
    parent == "/" ? "/\(name)" : "\(parent)/\(name)"
  }
}
