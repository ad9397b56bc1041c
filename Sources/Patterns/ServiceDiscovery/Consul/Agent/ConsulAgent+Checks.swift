import Kernel

extension ConsulAgent {
  /// Registers an instance locally, starts its check and tells the servers.
  mutating func add(
    _ node: NodeID, _ service: ServiceID, at now: Instant, _ outputs: inout [Output]
  ) {
    let kind: ConsulCheckKind
    if let ttl = options.checkTTL {
      kind = .ttl(ttl)
      timers.set(.ttl(node), at: now + ttl)
    } else {
      kind = .http(interval: options.checkInterval, timeout: options.checkTimeout)
      timers.set(.check(node), at: now + random.span(.zero, to: options.checkInterval))
    }
    services[node] = LocalService(
      service: service,
      check: ConsulCheck(
        kind, counters: options.counters, initial: options.initialStatus, at: now))
    push(node, at: now, &outputs)
  }

  /// Takes an instance out in good order.
  mutating func remove(_ node: NodeID, at now: Instant, _ outputs: inout [Output]) {
    guard services[node] != nil else { return }
    services[node]?.isLeaving = true
    services[node]?.isInSync = false
    services[node]?.pull = nil
    timers.cancel(.check(node))
    timers.cancel(.checkTimeout(node))
    timers.cancel(.ttl(node))
    push(node, at: now, &outputs)
  }

  /// Asks the instance for its health.
  mutating func pull(_ node: NodeID, at now: Instant, _ outputs: inout [Output]) {
    guard services[node] != nil else { return }
    nextPull += 1
    services[node]?.pull = nextPull
    timers.set(.checkTimeout(node), at: now + options.checkTimeout)
    timers.set(.check(node), at: now + options.checkInterval)
    outputs.append(.check(node, number: nextPull))
  }

  /// Takes a result; a changed status is told to the servers at once.
  mutating func take(
    _ result: ConsulStatus, of node: NodeID, at now: Instant, _ outputs: inout [Output]
  ) {
    guard services[node]?.check.take(result, at: now) == true else { return }
    if options.gossip.shortcut == .hidesCheckChanges { return }
    services[node]?.isInSync = false
    outputs.append(.entered(.checkChanged(node, result)))
    push(node, at: now, &outputs)
  }

  /// Takes out what has been critical for too long.
  mutating func reap(at now: Instant, _ outputs: inout [Output]) {
    guard let patience = options.deregisterCriticalAfter else { return }
    for node in services.keys.sorted() {
      guard let since = services[node]?.check.criticalSince, now - since > patience,
        services[node]?.isLeaving == false
      else { continue }
      outputs.append(.entered(.reaped(node)))
      remove(node, at: now, &outputs)
    }
  }
}
