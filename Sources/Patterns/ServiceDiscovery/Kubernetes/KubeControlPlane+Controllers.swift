import Kernel

extension KubeControlPlane {
  /// Proposes a command.
  mutating func write(
    _ command: KubeCommand, for purpose: Purpose, at now: Instant, _ outputs: inout [Output]
  ) {
    let (ticket, events) = replica.write(command, at: now)
    purposes[ticket] = purpose
    follow(events, at: now, &outputs)
  }

  /// Carries on what the replica asks for.
  mutating func follow(
    _ events: [StoreReplica<KubeStore>.Event], at now: Instant, _ outputs: inout [Output]
  ) {
    var hasChanged = false
    for event in events {
      switch event {
      case .persist(let write): outputs.append(.persist(write))
      case .send(let message): outputs.append(.raft(message))
      case .wakeMe(let instant):
        timers.set(.raft, at: min(instant, timers.due(.raft) ?? instant))
      case .applied(let command, _):
        outputs.append(.entered(.changed(command)))
        hasChanged = true
      case .written(let ticket): settle(ticket, &outputs)
      case .failed(let ticket): fail(ticket, &outputs)
      case .entered(let role, let term): outputs.append(.entered(.role(role, term: term)))
      case .readable, .follows: break
      }
    }
    if hasChanged {
      tellWatchers(&outputs)
      noteLeases(at: now)
      noteActing(&outputs)
      reconcileSlices(at: now, &outputs)
    }
  }

  private mutating func settle(_ ticket: Int, _ outputs: inout [Output]) {
    switch purposes.removeValue(forKey: ticket) {
    case .client(let client, _): outputs.append(.answer(client.call, .done, to: client.node))
    case .slices: slicesUnderway -= 1
    case .own, nil: break
    }
  }

  private mutating func fail(_ ticket: Int, _ outputs: inout [Output]) {
    switch purposes.removeValue(forKey: ticket) {
    case .client(let client, let command):
      outputs.append(.entered(.refused(command, from: client.node)))
      outputs.append(.answer(client.call, .unavailable, to: client.node))
    case .slices: slicesUnderway -= 1
    case .own, nil: break
    }
  }

  /// Tells the watchers what changed since they were last told.
  private mutating func tellWatchers(_ outputs: inout [Output]) {
    let hasNewPods = store.podsVersion > toldPods
    let hasNewSlices = store.slicesVersion > toldSlices
    toldPods = store.podsVersion
    toldSlices = store.slicesVersion
    for watcher in watchers where watcher.host == nil ? hasNewSlices : hasNewPods {
      tell(watcher, &outputs)
    }
  }

  /// Renews the lease among controller managers, or takes one that ran out.
  mutating func tryToLead(at now: Instant, _ outputs: inout [Output]) {
    let lease = options.leaderLease
    let isFree = store.controller == nil || now - store.controllerRenewed > lease
    guard isFree || store.controller == me else { return }
    write(.lead(me, at: now, lease: lease), for: .own, at: now, &outputs)
  }

  /// The controller manager acts while the store says that it leads.
  private mutating func noteActing(_ outputs: inout [Output]) {
    let acts = store.controller == me
    guard acts != isActing else { return }
    isActing = acts
    if acts { seenLeases = [:] }
    outputs.append(.entered(.acting(acts)))
  }

  /// A lease counts from when this controller saw it change, by its own clock.
  private mutating func noteLeases(at now: Instant) {
    for (host, machine) in store.machines where seenLeases[host]?.renewed != machine.renewed {
      seenLeases[host] = SeenLease(renewed: machine.renewed, seenAt: now)
    }
  }

  /// Judges machines while this controller manager acts; one that could not renew its own lease in
  /// time stops, and starts again without a memory of who was silent.
  mutating func judgeNodes(at now: Instant, _ outputs: inout [Output]) {
    let hasRenewed = now - store.controllerRenewed <= options.leaderRenewDeadline
    guard isActing, hasRenewed else {
      hasLapsed = true
      return
    }
    if hasLapsed { seenLeases = [:] }
    hasLapsed = false
    monitorNodes(at: now, &outputs)
  }

  /// The node controller: judges every machine by the age of its lease.
  private mutating func monitorNodes(at now: Instant, _ outputs: inout [Output]) {
    for host in store.machines.keys.sorted() {
      guard let machine = store.machines[host] else { continue }
      let seen = seenLeases[host]?.seenAt ?? now
      if seenLeases[host] == nil {
        seenLeases[host] = SeenLease(renewed: machine.renewed, seenAt: now)
      }
      let isReady = now - seen <= options.nodeMonitorGracePeriod
      guard isReady != machine.isReady, options.shortcut != .neverJudges else { continue }
      outputs.append(.entered(.judged(host, isReady: isReady)))
      write(.nodeReady(host, isReady), for: .own, at: now, &outputs)
    }
  }

  /// The slices controller: writes what differs, one round at a time.
  private mutating func reconcileSlices(at now: Instant, _ outputs: inout [Output]) {
    guard isActing, slicesUnderway == 0 else { return }
    for service in store.services {
      let plan = KubeSlicePacking.plan(
        store.slices(of: service), desired: store.desiredEndpoints(of: service),
        service: service, limit: options.maxEndpointsPerSlice, nextID: store.nextSlice)
      slicesUnderway += plan.write.count + plan.delete.count
      for slice in plan.write {
        write(.writeSlice(slice), for: .slices, at: now, &outputs)
      }
      for id in plan.delete { write(.deleteSlice(id), for: .slices, at: now, &outputs) }
    }
  }
}
