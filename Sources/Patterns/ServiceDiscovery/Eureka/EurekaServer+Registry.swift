import Kernel

extension EurekaServer {
  /// Registers an instance; a copy older than the one held does not replace it.
  mutating func register(
    _ registrant: EurekaInstance, isReplication: Bool, at now: Instant, _ outputs: inout [Output]
  ) {
    let node = registrant.node
    let existing = leases[node]
    var holder = registrant
    if let existing {
      if existing.holder.lastDirty > registrant.lastDirty { holder = existing.holder }
    } else {
      preservation.change(by: 1, options: options)
    }
    if holder.overriddenStatus != .unknown, overrides[node] == nil {
      overrides[node] = EurekaOverride(status: holder.overriddenStatus, lastUse: now)
    }
    if let status = override(of: node, at: now) { holder.overriddenStatus = status }
    holder.status = effectiveStatus(
      of: holder, existing: existing, isReplication: isReplication, at: now)
    holder.action = .added
    leases[node] = EurekaLease(holder, at: now)
    noteChange(holder, at: now)
    outputs.append(
      .entered(.registered(node, isNew: existing == nil, isReplication: isReplication)))
    if !isReplication { queue(.register, holder, at: now) }
  }

  /// Takes a heartbeat; false when there is no lease to renew.
  mutating func renew(_ node: NodeID, isReplication: Bool, at now: Instant) -> Bool {
    guard var lease = leases[node] else { return false }
    let status = effectiveStatus(
      of: lease.holder, existing: lease, isReplication: isReplication, at: now)
    guard status != .unknown else { return false }
    lease.holder.status = status
    lease.renew(at: now)
    leases[node] = lease
    renewals.count()
    if !isReplication { queue(.heartbeat, lease.holder, at: now) }
    return true
  }

  /// Ends a lease at its owner's word; false when there is none.
  mutating func cancel(
    _ node: NodeID, isReplication: Bool, at now: Instant, _ outputs: inout [Output]
  ) -> Bool {
    guard let holder = remove(node, at: now) else { return false }
    outputs.append(.entered(.cancelled(node, isReplication: isReplication)))
    if !isReplication { queue(.cancel, holder, at: now) }
    return true
  }

  /// Sets an operator's override; false when there is no lease.
  mutating func updateStatus(
    _ node: NodeID, to status: EurekaInstance.Status, lastDirty: Instant, isReplication: Bool,
    at now: Instant
  ) -> Bool {
    guard var lease = leases[node] else { return false }
    lease.renew(at: now)
    if lease.holder.status != status {
      overrides[node] = EurekaOverride(status: status, lastUse: now)
      lease.holder.overriddenStatus = status
      lease.holder.status = status
      lease.holder.lastDirty = max(lease.holder.lastDirty, lastDirty)
      lease.holder.action = .modified
      noteChange(lease.holder, at: now)
    }
    leases[node] = lease
    if !isReplication { queue(.statusUpdate, lease.holder, at: now) }
    return true
  }

  /// Lifts an operator's override: the status is unknown until the instance speaks again.
  mutating func deleteOverride(
    _ node: NodeID, lastDirty: Instant, isReplication: Bool, at now: Instant
  ) -> Bool {
    guard var lease = leases[node] else { return false }
    lease.renew(at: now)
    if overrides.removeValue(forKey: node) != nil {
      lease.holder.overriddenStatus = .unknown
      lease.holder.status = .unknown
      lease.holder.lastDirty = max(lease.holder.lastDirty, lastDirty)
      lease.holder.action = .modified
      noteChange(lease.holder, at: now)
    }
    leases[node] = lease
    if !isReplication { queue(.deleteStatusOverride, lease.holder, at: now) }
    return true
  }

  /// One eviction run: nothing under self-preservation, else a random choice of the expired leases
  /// up to the limit, so that no application is wiped out in one go.
  mutating func evict(at now: Instant, _ outputs: inout [Output]) {
    let compensation = lastEviction.map { now - $0 - options.evictionInterval } ?? .zero
    lastEviction = now
    let size = leases.count
    guard !isBelowRenewThreshold else {
      noteRun(size: size, expired: nil, evicted: 0)
      return
    }
    let granted = max(.zero, compensation)
    var expired = leases.keys.sorted().filter { node in
      leases[node]?.isExpired(at: now, additional: granted) ?? false
    }
    let found = expired.count
    random.shuffle(&expired)
    let limit = SelfPreservation.evictionLimit(size: size, options: options)
    let chosen = expired.prefix(min(found, limit))
    noteRun(size: size, expired: found, evicted: chosen.count)
    for node in chosen {
      let expiry = leases[node]?.expiry ?? now
      if remove(node, at: now) != nil { outputs.append(.entered(.evicted(node, expiry: expiry))) }
    }
  }

  /// Takes a lease out; evictions lower the expectation too, but are not told to peers.
  private mutating func remove(_ node: NodeID, at now: Instant) -> EurekaInstance? {
    overrides[node] = nil
    guard var holder = leases.removeValue(forKey: node)?.holder else { return nil }
    holder.action = .deleted
    noteChange(holder, at: now)
    preservation.change(by: -1, options: options)
    return holder
  }

  private mutating func noteRun(size: Int, expired: Int?, evicted: Int) {
    lastRun = EvictionRun(
      size: size, expired: expired, evicted: evicted, renewals: renewals.lastMinute,
      threshold: preservation.threshold)
  }

  private mutating func noteChange(_ instance: EurekaInstance, at now: Instant) {
    changes.append(EurekaChange(at: now, instance: instance))
    cache.invalidate()
  }

  private mutating func override(of node: NodeID, at now: Instant) -> EurekaInstance.Status? {
    guard let entry = overrides[node] else { return nil }
    guard now - entry.lastUse <= options.overrideExpiry else {
      overrides[node] = nil
      return nil
    }
    overrides[node]?.lastUse = now
    return entry.status
  }

  /// The first rule that matches: what the instance says when it is not fit for traffic, then the
  /// operator's override, then an existing lease for a direct call, then the instance's word.
  private mutating func effectiveStatus(
    of instance: EurekaInstance, existing: EurekaLease?, isReplication: Bool, at now: Instant
  ) -> EurekaInstance.Status {
    if instance.status != .up, instance.status != .outOfService { return instance.status }
    if let status = override(of: instance.node, at: now) { return status }
    if let held = existing?.holder.status, !isReplication, held == .up || held == .outOfService {
      return held
    }
    return instance.status
  }
}
