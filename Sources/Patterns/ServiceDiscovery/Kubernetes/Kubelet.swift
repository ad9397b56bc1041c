import Kernel

/// The kubelet of one machine: probes its pods, reports their `Ready` condition, renews the
/// machine's lease, and takes pods down in good order.
///
/// Left out: liveness and startup probes, restarts of containers (a crashed one stays down until
/// the world restarts it), the kill after the grace period.
/// Source: kubernetes/website, "Pod lifecycle", "Nodes".
public struct Kubelet: Machine {
  /// What can happen to the kubelet.
  public enum Input: Sendable, Hashable {
    /// The process starts.
    case started
    /// The container of a pod was started.
    case containerStarted(NodeID, ServiceID)
    /// The runtime says whether a pod's container runs.
    case inspected(NodeID, isRunning: Bool)
    /// A probe came to a result.
    case probed(NodeID, number: Int, isHealthy: Bool)
    /// An API server answered.
    case answered(Int, KubeResponse)
    /// A wake-up.
    case wake
  }

  /// What the kubelet asks for or states.
  public enum Output: Sendable, Hashable {
    /// Ask the runtime whether the container of a pod runs.
    case inspect(NodeID)
    /// Probe a pod.
    case probe(NodeID, number: Int)
    /// Tell the container to stop.
    case terminate(NodeID)
    /// Call an API server.
    case call(Int, KubeRequest, server: NodeID)
    /// Wake the machine at that time.
    case wakeMe(at: Instant)
    /// A report on a pod did not get through; it is tried again.
    case refused(NodeID)
    /// A pod's `Ready` condition changed.
    case entered(NodeID, isReady: Bool)
  }

  enum Timer: Sendable, Hashable {
    case relist, lease, pingDue, pingTimeout
    case probe(NodeID)
    case probeTimeout(NodeID)
    case preStop(NodeID)
    case call(Int)
  }

  struct Pod: Sendable, Hashable {
    var service: ServiceID
    var isReady = false
    var isTerminating = false
    var successes = 0
    var failures = 0
    var probe: Int?
  }

  /// The kubelet's machine.
  public let me: NodeID
  /// The settings.
  public let options: KubeletOptions
  var connection: KubeConnection
  var pods: [NodeID: Pod] = [:]
  var calls: [Int: KubeCommand] = [:]
  var watch = 0
  var ping = 0
  var nextProbe = 0
  var timers = DueTimers<Timer>()
  var random: RandomStream

  /// A kubelet that has not started.
  public init(
    _ me: NodeID, servers: [NodeID], options: KubeletOptions = KubeletOptions(), seed: UInt64
  ) {
    self.me = me
    self.options = options
    random = RandomStream(seed: seed, name: "kubelet/\(me.index)")
    connection = KubeConnection(servers, first: random.below(servers.count))
  }

  /// Takes one input at `now` and returns what follows.
  public mutating func step(_ input: Input, at now: Instant) -> [Output] {
    var outputs: [Output] = []
    switch input {
    case .started:
      openWatch(at: now, &outputs)
      renewLease(at: now, &outputs)
      timers.set(.relist, at: now + random.span(.zero, to: options.relistPeriod))
    case .containerStarted(let pod, let service):
      pods[pod] = Pod(service: service)
      let created = KubePod(pod, on: me, of: service, isReady: false)
      report(.createPod(created), at: now, &outputs)
      timers.set(.probe(pod), at: now + random.span(.zero, to: options.periodSeconds))
    case .inspected(let pod, let isRunning):
      if !isRunning { exited(pod, at: now, &outputs) }
    case .probed(let pod, let number, let isHealthy):
      guard pods[pod]?.probe == number else { break }
      pods[pod]?.probe = nil
      timers.cancel(.probeTimeout(pod))
      take(isHealthy, of: pod, at: now, &outputs)
    case .answered(let call, let response): answered(call, response, at: now, &outputs)
    case .wake:
      timers.woke(at: now)
      while let timer = timers.popDue(at: now) { fire(timer, at: now, &outputs) }
    }
    if let instant = timers.wakeUp() { outputs.append(.wakeMe(at: instant)) }
    return outputs
  }

  private mutating func fire(_ timer: Timer, at now: Instant, _ outputs: inout [Output]) {
    switch timer {
    case .relist:
      for pod in pods.keys.sorted() { outputs.append(.inspect(pod)) }
      timers.set(.relist, at: now + options.relistPeriod)
    case .lease: renewLease(at: now, &outputs)
    case .probe(let pod): probe(pod, at: now, &outputs)
    case .probeTimeout(let pod):
      pods[pod]?.probe = nil
      take(options.shortcut == .passesTimeouts, of: pod, at: now, &outputs)
    case .preStop(let pod): outputs.append(.terminate(pod))
    case .call(let call): failed(call, at: now, &outputs)
    case .pingDue: sendPing(at: now, &outputs)
    case .pingTimeout:
      connection.moveOn()
      openWatch(at: now, &outputs)
    }
  }

  /// Finds the first invariant that does not hold, or nil.
  ///
  /// **Ready by evidence**: a ready pod has no run of failures as long as the threshold.
  public func checkInvariants() -> InvariantViolation? {
    for pod in pods.keys.sorted() {
      guard let local = pods[pod], local.isReady, local.failures >= options.failureThreshold
      else { continue }
      return InvariantViolation(
        "ready by evidence", witness: "\(pod) failed \(local.failures) times")
    }
    return nil
  }
}
