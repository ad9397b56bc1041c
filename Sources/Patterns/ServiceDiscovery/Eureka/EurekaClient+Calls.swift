import Kernel

extension EurekaClient {
  /// Calls the preferred server, unless such a call is out already.
  mutating func call(
    _ purpose: Purpose, _ request: EurekaMessage.Request, at now: Instant,
    _ outputs: inout [Output]
  ) {
    guard !calls.values.contains(where: { $0.purpose == purpose }) else { return }
    let tries = min(options.tries, servers.count)
    dispatch(
      Call(
        purpose: purpose, request: request, server: servers[preferred], triesLeft: tries - 1),
      at: now, &outputs)
  }

  private mutating func dispatch(_ call: Call, at now: Instant, _ outputs: inout [Output]) {
    nextCall += 1
    calls[nextCall] = call
    outputs.append(.send(.request(nextCall, call.request), to: call.server))
    timers.set(.timeout(nextCall), at: now + options.readTimeout)
  }

  /// A call got no answer: the next server is tried, while tries are left.
  mutating func failed(_ number: Int, at now: Instant, _ outputs: inout [Output]) {
    guard var call = calls.removeValue(forKey: number) else { return }
    timers.cancel(.timeout(number))
    if servers[preferred] == call.server { preferred = (preferred + 1) % servers.count }
    guard call.triesLeft > 0 else {
      gaveUp(call.purpose, &outputs)
      return
    }
    call.server = servers[preferred]
    call.triesLeft -= 1
    dispatch(call, at: now, &outputs)
  }

  private func gaveUp(_ purpose: Purpose, _ outputs: inout [Output]) {
    switch purpose {
    case .register: outputs.append(.entered(.registrationFailed))
    case .heartbeat: outputs.append(.entered(.heartbeatFailed))
    case .fetch: outputs.append(.entered(.fetchFailed))
    case .cancel: break
    }
  }

  /// Takes the answer to a call.
  mutating func answered(
    _ number: Int, _ response: EurekaMessage.Response, at now: Instant,
    _ outputs: inout [Output]
  ) {
    guard let call = calls[number] else { return }
    switch response {
    case .unavailable:
      failed(number, at: now, &outputs)
      return
    case .done, .notFound, .conflict, .all, .delta, .replicated: break
    }
    calls[number] = nil
    timers.cancel(.timeout(number))
    switch response {
    case .done:
      guard call.purpose == .register else { return }
      isDirty = false
      outputs.append(.entered(.registered))
    case .notFound:
      guard call.purpose == .heartbeat else { return }
      outputs.append(.entered(.leaseLost))
      registerAgain(at: now, &outputs)
    case .all(let all): takeAll(all, &outputs)
    case .delta(let delta): takeDelta(delta, at: now, &outputs)
    case .unavailable, .conflict, .replicated: break
    }
  }

  private mutating func takeAll(_ all: EurekaApplications, _ outputs: inout [Output]) {
    let before = registry
    registry = [:]
    for instance in all.instances { registry[instance.node] = instance }
    hasFetched = true
    outputs.append(.entered(.fetched))
    noteView(before, &outputs)
  }

  /// Applies the changes; when the counts by status then differ from the server's, the whole
  /// registry is fetched.
  private mutating func takeDelta(
    _ delta: EurekaApplications, at now: Instant, _ outputs: inout [Output]
  ) {
    let before = registry
    outputs.append(.entered(.fetched))
    for change in delta.instances {
      switch change.action {
      case .added, .modified: registry[change.node] = change
      case .deleted: registry[change.node] = nil
      }
    }
    noteView(before, &outputs)
    if EurekaApplications.hashCode(of: Array(registry.values)) != delta.hashCode {
      call(.fetch, .fetchAll, at: now, &outputs)
    }
  }

  private func noteView(_ before: [NodeID: EurekaInstance], _ outputs: inout [Output]) {
    let isShown: (EurekaInstance?) -> Bool = { instance in
      guard let instance else { return false }
      return !options.filterOnlyUpInstances || instance.status == .up
    }
    let nodes = Set(before.keys).union(registry.keys).sorted()
    let added = nodes.filter { !isShown(before[$0]) && isShown(registry[$0]) }
    let removed = nodes.filter { isShown(before[$0]) && !isShown(registry[$0]) }
    guard !added.isEmpty || !removed.isEmpty else { return }
    outputs.append(.entered(.viewChanged(added: added, removed: removed)))
  }
}
