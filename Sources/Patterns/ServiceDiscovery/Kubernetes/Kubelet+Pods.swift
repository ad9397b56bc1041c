import Kernel

extension Kubelet {
  mutating func probe(_ pod: NodeID, at now: Instant, _ outputs: inout [Output]) {
    guard pods[pod] != nil else { return }
    nextProbe += 1
    pods[pod]?.probe = nextProbe
    timers.set(.probe(pod), at: now + options.periodSeconds)
    timers.set(.probeTimeout(pod), at: now + options.timeoutSeconds)
    outputs.append(.probe(pod, number: nextProbe))
  }

  /// Takes a probe's result.
  mutating func take(
    _ isHealthy: Bool, of pod: NodeID, at now: Instant, _ outputs: inout [Output]
  ) {
    guard var local = pods[pod] else { return }
    local.successes = isHealthy ? local.successes + 1 : 0
    local.failures = isHealthy ? 0 : local.failures + 1
    let wasReady = local.isReady
    if local.successes >= options.successThreshold { local.isReady = true }
    if local.failures >= options.failureThreshold { local.isReady = false }
    pods[pod] = local
    guard local.isReady != wasReady else { return }
    outputs.append(.entered(pod, isReady: local.isReady))
    report(.podStatus(pod, isReady: local.isReady), at: now, &outputs)
  }

  /// The container of a pod is gone: the pod is not ready from this moment, probe or no probe.
  mutating func exited(_ pod: NodeID, at now: Instant, _ outputs: inout [Output]) {
    guard let local = pods.removeValue(forKey: pod) else { return }
    timers.cancel(.probe(pod))
    timers.cancel(.probeTimeout(pod))
    timers.cancel(.preStop(pod))
    if local.isReady { outputs.append(.entered(pod, isReady: false)) }
    let gone: KubeCommand = local.isTerminating ? .podGone(pod) : .podStatus(pod, isReady: false)
    report(gone, at: now, &outputs)
  }

  /// What the API server says of the pods on this machine: some are asked to go.
  mutating func heard(_ remote: [KubePod], at now: Instant, _ outputs: inout [Output]) {
    for pod in remote where pod.isTerminating && pods[pod.pod]?.isTerminating == false {
      pods[pod.pod]?.isTerminating = true
      timers.set(.preStop(pod.pod), at: now + options.preStop)
    }
    for pod in remote {
      guard let local = pods[pod.pod], local.isReady != pod.isReady else { continue }
      guard !calls.values.contains(.podStatus(pod.pod, isReady: local.isReady)) else { continue }
      report(.podStatus(pod.pod, isReady: local.isReady), at: now, &outputs)
    }
  }
}

extension Kubelet {
  /// Renews the lease of the machine, and says again how its pods are.
  mutating func renewLease(at now: Instant, _ outputs: inout [Output]) {
    calls = calls.filter { _, command in
      if case .nodeLease = command { false } else { true }
    }
    report(.nodeLease(me, renewed: now), at: now, &outputs)
    timers.set(.lease, at: now + options.leaseRenewal)
  }

  /// Tells the API server, until it has taken it.
  mutating func report(_ command: KubeCommand, at now: Instant, _ outputs: inout [Output]) {
    let call = connection.makeCall()
    calls[call] = command
    timers.set(.call(call), at: now + KubeConnection.callTimeout)
    outputs.append(.call(call, .write(command), server: connection.server))
  }

  mutating func answered(
    _ call: Int, _ response: KubeResponse, at now: Instant, _ outputs: inout [Output]
  ) {
    switch response {
    case .done:
      calls[call] = nil
      timers.cancel(.call(call))
    case .unavailable: failed(call, at: now, &outputs)
    case .pods(let remote, _):
      guard call == watch else { return }
      heardServer(at: now)
      heard(remote, at: now, &outputs)
    case .pong: if call == ping { heardServer(at: now) }
    case .slices: break
    }
  }

  /// A report did not get through: again, at the next server; an old lease is not worth repeating.
  mutating func failed(_ call: Int, at now: Instant, _ outputs: inout [Output]) {
    timers.cancel(.call(call))
    guard let command = calls.removeValue(forKey: call) else { return }
    connection.moveOn()
    openWatch(at: now, &outputs)
    switch command {
    case .createPod(let pod): outputs.append(.refused(pod.pod))
    case .podStatus(let pod, _), .podGone(let pod): outputs.append(.refused(pod))
    case .nodeLease: return
    case .deletePod, .nodeReady, .writeSlice, .deleteSlice, .lead: break
    }
    report(command, at: now, &outputs)
  }

  mutating func openWatch(at now: Instant, _ outputs: inout [Output]) {
    watch = connection.makeCall()
    outputs.append(.call(watch, .watchPods(host: me), server: connection.server))
    sendPing(at: now, &outputs)
  }

  mutating func sendPing(at now: Instant, _ outputs: inout [Output]) {
    ping = connection.makeCall()
    outputs.append(.call(ping, .ping, server: connection.server))
    timers.set(.pingTimeout, at: now + KubeConnection.pingTimeout)
  }

  private mutating func heardServer(at now: Instant) {
    timers.cancel(.pingTimeout)
    timers.set(.pingDue, at: now + KubeConnection.pingInterval)
  }
}
