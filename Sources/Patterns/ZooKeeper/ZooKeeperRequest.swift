/// What a client asks of ZooKeeper.
public enum ZooKeeperRequest: Sendable, Hashable {
  /// Creates a node; a sequential one gets the parent's number behind its name.
  case create(String, data: String = "", isEphemeral: Bool = false, isSequential: Bool = false)
  /// Deletes a node, if it has this version; nil for any.
  case delete(String, version: Int? = nil)
  /// Sets the data of a node, if it has this version; nil for any.
  case setData(String, String, version: Int? = nil)
  /// Reads a node's data, and watches it if so wished.
  case getData(String, watch: Bool = false)
  /// Asks whether a node exists, and watches it, also one that does not, if so wished.
  case exists(String, watch: Bool = false)
  /// Reads the names of a node's children, and watches them if so wished.
  case getChildren(String, watch: Bool = false)
  /// Says only that the client is alive.
  case ping
}

/// What ZooKeeper answers.
public enum ZooKeeperResponse: Sendable, Hashable {
  /// The path of the node created.
  case created(String)
  /// It is done.
  case done
  /// What is known of a node; nil when it does not exist.
  case stat(ZNodeStat?)
  /// The data of a node.
  case data(String, ZNodeStat)
  /// The names of children, in order.
  case children([String])
  /// It is refused.
  case failed(ZooKeeperError)
}
