import Kernel

extension ConsulAgent {
  /// Tells the servers how `node` stands now.
  mutating func push(_ node: NodeID, at now: Instant, _ outputs: inout [Output]) {
    guard let local = services[node] else { return }
    let command: ConsulCommand
    if local.isLeaving {
      command = .deregister(instance: node, agent: me)
    } else {
      command = .register(
        ConsulEntry(
          instance: node, agent: me, service: local.service, status: local.check.status))
    }
    send(.write(node, command), .write(command), at: now, &outputs)
  }

  /// Asks the servers what they hold of this agent.
  mutating func beginFullSync(at now: Instant, _ outputs: inout [Output]) {
    scheduleFullSync(at: now)
    guard !calls.values.contains(.fullSync) else { return }
    send(.fullSync, .nodeServices(agent: me), at: now, &outputs)
  }

  private mutating func scheduleFullSync(at now: Instant) {
    let scale = ConsulAgentOptions.antiEntropyScale(members: gossip.active.count)
    let interval = options.antiEntropyInterval * scale
    timers.set(.fullSync, at: now + interval + random.span(.zero, to: interval))
  }

  /// Takes a server's answer.
  mutating func answered(
    _ number: Int, _ response: ConsulResponse, at now: Instant, _ outputs: inout [Output]
  ) {
    guard let call = calls[number] else { return }
    switch (call, response) {
    case (_, .noLeader):
      failed(number, at: now, &outputs)
    case (.fullSync, .nodeServices(let known)):
      settle(number)
      compare(known, at: now, &outputs)
    case (.write(let node, let command), .done):
      settle(number)
      confirmed(node, command, &outputs)
    case (.fullSync, .done), (.fullSync, .health), (.write, .nodeServices), (.write, .health):
      settle(number)
    }
  }

  /// A call failed: the next server is used from now on, and a full sync makes up for it soon.
  mutating func failed(_ number: Int, at now: Instant, _ outputs: inout [Output]) {
    guard let call = calls[number] else { return }
    settle(number)
    server = (server + 1) % servers.count
    switch call {
    case .fullSync: outputs.append(.entered(.syncFailed))
    case .write(let node, _): outputs.append(.entered(.writeFailed(node)))
    }
    let retry = now + options.retryInterval + random.span(.zero, to: options.retryInterval)
    if let due = timers.due(.fullSync), due <= retry { return }
    timers.set(.fullSync, at: retry)
  }

  /// Sends what the servers have wrong, and takes out what they should not have.
  private mutating func compare(
    _ known: [ConsulEntry], at now: Instant, _ outputs: inout [Output]
  ) {
    for node in services.keys.sorted() {
      let entry = known.first { $0.instance == node }
      let agrees =
        services[node]?.isLeaving == false && entry?.status == services[node]?.check.status
        && entry?.service == services[node]?.service
      services[node]?.isInSync = agrees
      if !agrees { push(node, at: now, &outputs) }
    }
    for entry in known where services[entry.instance] == nil {
      let command = ConsulCommand.deregister(instance: entry.instance, agent: me)
      send(.write(entry.instance, command), .write(command), at: now, &outputs)
    }
  }

  private mutating func confirmed(
    _ node: NodeID, _ command: ConsulCommand, _ outputs: inout [Output]
  ) {
    guard let local = services[node] else { return }
    switch command {
    case .deregister: if local.isLeaving { services[node] = nil }
    case .register(let entry):
      guard !local.isLeaving, entry.status == local.check.status else { return }
      services[node]?.isInSync = true
      outputs.append(.entered(.synced(node)))
    case .serfHealth, .deregisterNode: break
    }
  }

  private mutating func send(
    _ call: Call, _ request: ConsulRequest, at now: Instant, _ outputs: inout [Output]
  ) {
    nextCall += 1
    calls[nextCall] = call
    timers.set(.rpc(nextCall), at: now + options.rpcTimeout)
    outputs.append(.call(nextCall, request, server: servers[server]))
  }

  private mutating func settle(_ number: Int) {
    calls[number] = nil
    timers.cancel(.rpc(number))
  }
}
