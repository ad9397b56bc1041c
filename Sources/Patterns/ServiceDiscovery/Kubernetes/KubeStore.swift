import Kernel

/// A change of the cluster's state.
public enum KubeCommand: Sendable, Hashable {
  /// A pod is created, or comes back.
  case createPod(KubePod)
  /// A kubelet reports the `Ready` condition of a pod.
  case podStatus(NodeID, isReady: Bool)
  /// Somebody asks a pod to go.
  case deletePod(NodeID)
  /// A kubelet has seen the last of a pod.
  case podGone(NodeID)
  /// A kubelet renews the lease of its machine.
  case nodeLease(NodeID, renewed: Instant)
  /// The node controller judges a machine; pods on one that is not ready are not ready.
  case nodeReady(NodeID, Bool)
  /// The slices controller writes a slice.
  case writeSlice(KubeEndpointSlice)
  /// The slices controller deletes a slice.
  case deleteSlice(Int)
  /// A controller manager wants to be, or to stay, the one that acts.
  case lead(NodeID, at: Instant, lease: TimeSpan)
}

/// What the control plane agrees on: pods, leases of machines, endpoint slices.
///
/// It stands for etcd behind the API servers; only what service discovery needs is kept.
public struct KubeStore: ReplicatedStore {
  /// A machine.
  public struct Machine: Sendable, Hashable {
    /// When its kubelet last renewed the lease, by the kubelet's clock.
    public var renewed: Instant
    /// What the node controller thinks of it.
    public var isReady: Bool
  }

  /// The pods.
  public private(set) var pods: [NodeID: KubePod] = [:]
  /// The machines.
  public private(set) var machines: [NodeID: Machine] = [:]
  /// The slices, by id.
  public private(set) var slices: [Int: KubeEndpointSlice] = [:]
  /// The next unused slice id.
  public private(set) var nextSlice = 1
  /// The controller manager that acts, and until when.
  public private(set) var controller: NodeID?
  /// When the acting controller manager last renewed.
  public private(set) var controllerRenewed = Instant.zero
  /// The index of the last command: the resource version.
  public private(set) var version = 0

  /// The version at which the pods last changed.
  public private(set) var podsVersion = 0
  /// The version at which the slices last changed.
  public private(set) var slicesVersion = 0

  /// An empty cluster.
  public init() {}

  /// Applies a command.
  public mutating func apply(_ command: KubeCommand, at index: Int) {
    version = index
    let podsBefore = pods
    let slicesBefore = slices
    change(command)
    if pods != podsBefore { podsVersion = index }
    if slices != slicesBefore { slicesVersion = index }
  }

  private mutating func change(_ command: KubeCommand) {
    switch command {
    case .createPod(let pod): pods[pod.pod] = pod
    case .podStatus(let pod, let isReady):
      let hostIsReady = pods[pod].flatMap { machines[$0.host]?.isReady } ?? true
      pods[pod]?.isReady = isReady && hostIsReady
    case .deletePod(let pod): pods[pod]?.isTerminating = true
    case .podGone(let pod): pods[pod] = nil
    case .nodeLease(let host, let renewed):
      machines[host, default: Machine(renewed: renewed, isReady: true)].renewed = renewed
    case .nodeReady(let host, let isReady):
      machines[host]?.isReady = isReady
      guard !isReady else { return }
      for pod in pods.keys.sorted() where pods[pod]?.host == host { pods[pod]?.isReady = false }
    case .writeSlice(let slice):
      slices[slice.id] = slice
      nextSlice = max(nextSlice, slice.id + 1)
    case .deleteSlice(let id): slices[id] = nil
    case .lead(let candidate, let now, let lease):
      guard controller == nil || controller == candidate || now - controllerRenewed > lease
      else { return }
      controller = candidate
      controllerRenewed = now
    }
  }

  /// The slices of a service, by id.
  public func slices(of service: ServiceID) -> [KubeEndpointSlice] {
    slices.keys.sorted().compactMap { slices[$0] }.filter { $0.service == service }
  }

  /// The services that have pods or slices, in order.
  public var services: [ServiceID] {
    Set(pods.values.map(\.service)).union(slices.values.map(\.service)).sorted()
  }

  /// What the slices of a service should hold, by pod.
  public func desiredEndpoints(of service: ServiceID) -> [KubeEndpoint] {
    pods.keys.sorted().compactMap { pods[$0] }.filter { $0.service == service }
      .map(KubeEndpoint.init)
  }
}
