/// Why ZooKeeper refuses, by the names of its error codes.
///
/// Source: apache/zookeeper, KeeperException.java, Code.
public enum ZooKeeperError: String, Error, Sendable, Hashable {
  /// The node, or the parent of a node to be created, does not exist.
  case noNode = "NoNode"
  /// The node exists.
  case nodeExists = "NodeExists"
  /// The version given is not the node's.
  case badVersion = "BadVersion"
  /// An ephemeral node cannot have children.
  case noChildrenForEphemerals = "NoChildrenForEphemerals"
  /// The node has children.
  case notEmpty = "NotEmpty"
  /// The path, or what is asked of it, makes no sense.
  case badArguments = "BadArguments"
  /// The session has ended.
  case sessionExpired = "SessionExpired"

  /// The error as clients write it.
  public var text: String { rawValue + "Error" }
}
