/// What a client is told when a watch fires.
public struct ZooKeeperEvent: Sendable, Hashable {
  /// What happened to the node.
  public enum Kind: String, Sendable, Hashable {
    /// It was created.
    case created = "CREATED"
    /// It was deleted.
    case deleted = "DELETED"
    /// Its data was set.
    case changed = "CHANGED"
    /// A child was created or deleted.
    case child = "CHILD"
  }

  /// What happened.
  public let kind: Kind
  /// To which node.
  public let path: String

  /// An event.
  public init(_ kind: Kind, _ path: String) {
    self.kind = kind
    self.path = path
  }
}

/// The watches of all sessions: each fires once, and says that something changed, not what it is now.
///
/// A session has one watch of a kind on a node, however often it asks. Watches on data and on
/// existence are the same to the server. A session with both kinds on a node that is deleted is told
/// once. Source: apache/zookeeper, server/DataTree.java and server/watch/WatchManager.java.
struct ZooKeeperWatches: Sendable, Hashable {
  private var data: [String: [ZooKeeperSessionID]] = [:]
  private var children: [String: [ZooKeeperSessionID]] = [:]

  mutating func watchData(_ path: String, _ session: ZooKeeperSessionID) {
    Self.add(session, to: &data[path, default: []])
  }

  mutating func watchChildren(_ path: String, _ session: ZooKeeperSessionID) {
    Self.add(session, to: &children[path, default: []])
  }

  private static func add(_ session: ZooKeeperSessionID, to watchers: inout [ZooKeeperSessionID]) {
    if !watchers.contains(session) { watchers.append(session) }
  }

  /// The watches that a change fires; they are gone after it unless `staysSet`.
  mutating func fire(
    _ change: ZNodeTree.Change, staysSet: Bool
  ) -> [(ZooKeeperSessionID, ZooKeeperEvent)] {
    switch change {
    case .created(let path): return Self.take(&data, path, .created, staysSet)
    case .dataChanged(let path): return Self.take(&data, path, .changed, staysSet)
    case .childrenChanged(let path): return Self.take(&children, path, .child, staysSet)
    case .deleted(let path):
      let told = Self.take(&data, path, .deleted, staysSet)
      let others = Self.take(&children, path, .deleted, staysSet)
      return told + others.filter { other in !told.contains { $0.0 == other.0 } }
    }
  }

  private static func take(
    _ watches: inout [String: [ZooKeeperSessionID]], _ path: String, _ kind: ZooKeeperEvent.Kind,
    _ staysSet: Bool
  ) -> [(ZooKeeperSessionID, ZooKeeperEvent)] {
    let watchers = watches[path] ?? []
    if !staysSet { watches[path] = nil }
    return watchers.map { ($0, ZooKeeperEvent(kind, path)) }
  }

  /// The watches of a session that has ended are gone.
  mutating func forget(_ session: ZooKeeperSessionID) {
    data = data.mapValues { $0.filter { $0 != session } }.filter { !$0.value.isEmpty }
    children = children.mapValues { $0.filter { $0 != session } }.filter { !$0.value.isEmpty }
  }

  /// How many watches a session has.
  func count(of session: ZooKeeperSessionID) -> Int {
    data.values.count { $0.contains(session) } + children.values.count { $0.contains(session) }
  }
}
