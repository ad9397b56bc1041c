import Kernel

/// Where an instance is registered: `/services/3/12` for node 12 of service 3.
public enum EtcdInstanceKey {
  /// Everything that is registered.
  public static let all = EtcdKeyRange.prefix("/services/")

  /// The key of one instance.
  public static func key(of node: NodeID, in service: ServiceID) -> String {
    "/services/\(service.index)/\(node.index)"
  }

  /// The instance whose key this is, or nil.
  public static func instance(_ key: String) -> (service: ServiceID, node: NodeID)? {
    let parts = key.split(separator: "/")
    guard parts.count == 3, parts[0] == "services", let service = Int(parts[1]),
      let node = Int(parts[2])
    else { return nil }
    return (ServiceID(service), NodeID(node))
  }
}
