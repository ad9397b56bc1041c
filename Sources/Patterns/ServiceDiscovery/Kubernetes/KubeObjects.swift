import Kernel

/// A pod as the API server stores it.
public struct KubePod: Sendable, Hashable {
  /// The pod.
  public let pod: NodeID
  /// The machine it runs on.
  public let host: NodeID
  /// The service whose selector it matches.
  public let service: ServiceID
  /// The `Ready` condition: what the readiness probe says, or false when its node is not ready.
  public var isReady: Bool
  /// Whether it has been asked to go.
  public var isTerminating = false

  /// A pod.
  public init(_ pod: NodeID, on host: NodeID, of service: ServiceID, isReady: Bool) {
    self.pod = pod
    self.host = host
    self.service = service
    self.isReady = isReady
  }
}

/// An endpoint with its conditions.
///
/// Source: kubernetes/api, `discovery/v1/types.go`, `EndpointConditions`.
public struct KubeEndpoint: Sendable, Hashable {
  /// The pod.
  public let pod: NodeID
  /// Ready for traffic: never while terminating.
  public let isReady: Bool
  /// The pod's `Ready` condition, also while terminating.
  public let isServing: Bool
  /// Whether the pod is going.
  public let isTerminating: Bool

  /// The endpoint of `pod`.
  public init(_ pod: KubePod) {
    self.pod = pod.pod
    isReady = pod.isReady && !pod.isTerminating
    isServing = pod.isReady
    isTerminating = pod.isTerminating
  }
}

/// Some endpoints of one service.
public struct KubeEndpointSlice: Sendable, Hashable {
  /// The slice's number, unique for ever.
  public let id: Int
  /// The service.
  public let service: ServiceID
  /// The endpoints, in order.
  public var endpoints: [KubeEndpoint]

  /// A slice.
  public init(id: Int, service: ServiceID, endpoints: [KubeEndpoint]) {
    self.id = id
    self.service = service
    self.endpoints = endpoints
  }
}

/// How endpoints are spread over slices.
///
/// Few writes count for more than full slices: changed slices are filled first, then an untouched
/// one that can take all the rest, then a new one.
/// Source: kubernetes/website, `concepts/services-networking/endpoint-slices`, "Distribution".
public enum KubeSlicePacking {
  /// The slices to write, and the ids of those to delete, so that exactly `desired` is spread.
  public static func plan(
    _ current: [KubeEndpointSlice], desired: [KubeEndpoint], service: ServiceID, limit: Int,
    nextID: Int
  ) -> (write: [KubeEndpointSlice], delete: [Int]) {
    var wanted: [NodeID: KubeEndpoint] = [:]
    for endpoint in desired { wanted[endpoint.pod] = endpoint }
    var untouched: [KubeEndpointSlice] = []
    var write: [KubeEndpointSlice] = []
    var delete: [Int] = []
    for slice in current {
      let kept = slice.endpoints.compactMap { wanted.removeValue(forKey: $0.pod) }
      if kept == slice.endpoints {
        untouched.append(slice)
      } else if kept.isEmpty, current.count > 1 {
        delete.append(slice.id)
      } else {
        write.append(KubeEndpointSlice(id: slice.id, service: service, endpoints: kept))
      }
    }
    var rest = desired.filter { wanted[$0.pod] != nil }
    for place in write.indices {
      let room = max(0, limit - write[place].endpoints.count)
      write[place].endpoints += rest.prefix(room)
      rest.removeFirst(min(room, rest.count))
    }
    guard !rest.isEmpty else { return (write, delete) }
    if let place = untouched.firstIndex(where: { $0.endpoints.count + rest.count <= limit }) {
      untouched[place].endpoints += rest
      write.append(untouched[place])
      return (write, delete)
    }
    var id = nextID
    while !rest.isEmpty {
      write.append(
        KubeEndpointSlice(id: id, service: service, endpoints: Array(rest.prefix(limit))))
      rest.removeFirst(min(limit, rest.count))
      id += 1
    }
    return (write, delete)
  }
}
