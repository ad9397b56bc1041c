import Kernel

extension EurekaServer {
  /// Carries out a request and returns the answer to it.
  mutating func answer(
    _ request: EurekaMessage.Request, from sender: NodeID, at now: Instant,
    _ outputs: inout [Output]
  ) -> EurekaMessage.Response {
    guard case .open(let readsFrom) = phase else { return .unavailable }
    if options.shortcut == .renewsOnRead, request == .fetchAll || request == .fetchDelta {
      for node in leases.keys.sorted() { leases[node]?.renew(at: now) }
    }
    let response: EurekaMessage.Response
    switch request {
    case .register(let instance):
      register(instance, isReplication: false, at: now, &outputs)
      response = .done
    case .renew(let node, let lastDirty):
      response = renewal(node, lastDirty: lastDirty, isReplication: false, at: now)
    case .cancel(let node):
      response = cancel(node, isReplication: false, at: now, &outputs) ? .done : .notFound
    case .statusUpdate(let node, let status, let lastDirty):
      let isKnown = updateStatus(
        node, to: status, lastDirty: lastDirty, isReplication: false, at: now)
      response = isKnown ? .done : .notFound
    case .deleteStatusOverride(let node, let lastDirty):
      let isKnown = deleteOverride(node, lastDirty: lastDirty, isReplication: false, at: now)
      response = isKnown ? .done : .notFound
    case .fetchAll: response = now < readsFrom ? .unavailable : .all(cached(.all, at: now))
    case .fetchDelta: response = now < readsFrom ? .unavailable : .delta(cached(.delta, at: now))
    case .copyRegistry: response = .all(EurekaApplications(instances))
    case .replicate(let batch):
      response = .replicated(batch.map { apply($0, at: now, &outputs) })
    }
    return response
  }

  /// A heartbeat's answer: one that carries newer data than ours must register; one that carries
  /// older data is told so if it comes from a peer.
  private mutating func renewal(
    _ node: NodeID, lastDirty: Instant, isReplication: Bool, at now: Instant
  ) -> EurekaMessage.Response {
    guard renew(node, isReplication: isReplication, at: now), let held = leases[node]?.holder
    else { return .notFound }
    if lastDirty > held.lastDirty { return .notFound }
    if lastDirty < held.lastDirty, isReplication { return .conflict(held) }
    return .done
  }

  /// Carries out one operation that a peer passed on; it is not passed on again.
  private mutating func apply(
    _ item: EurekaReplication, at now: Instant, _ outputs: inout [Output]
  ) -> EurekaMessage.Response {
    let instance = item.instance
    let isKnown: Bool
    switch item.action {
    case .register:
      register(instance, isReplication: true, at: now, &outputs)
      isKnown = true
    case .heartbeat:
      return renewal(instance.node, lastDirty: instance.lastDirty, isReplication: true, at: now)
    case .cancel: isKnown = cancel(instance.node, isReplication: true, at: now, &outputs)
    case .statusUpdate:
      isKnown = updateStatus(
        instance.node, to: instance.status, lastDirty: instance.lastDirty, isReplication: true,
        at: now)
    case .deleteStatusOverride:
      isKnown = deleteOverride(
        instance.node, lastDirty: instance.lastDirty, isReplication: true, at: now)
    }
    return isKnown ? .done : .notFound
  }

  private mutating func cached(
    _ key: EurekaResponseCache.Key, at now: Instant
  ) -> EurekaApplications {
    let snapshot = self
    return cache.value(key, at: now, options: options) { snapshot.applications(key) }
  }

  /// Brings the read-only cache up to date.
  mutating func refreshCache(at now: Instant) {
    let snapshot = self
    cache.refresh(at: now, options: options) { snapshot.applications($0) }
  }

  private func applications(_ key: EurekaResponseCache.Key) -> EurekaApplications {
    switch key {
    case .all: EurekaApplications(instances)
    case .delta: EurekaApplications(changes: changes.map(\.instance), registry: instances)
    }
  }
}
