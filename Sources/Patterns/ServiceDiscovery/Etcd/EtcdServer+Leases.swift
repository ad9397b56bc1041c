import Kernel

extension EtcdServer {
  /// Begins to count the time of leases: all start anew, an election timeout on top.
  mutating func promote(_ turn: inout Turn) {
    lessor.promote(state.leases, extension: options.electionTimeout, at: turn.now)
    turn.outputs.append(.entered(.promoted(leases: state.leases.count)))
    retryLeaseCalls(&turn)
  }

  /// Stops counting; renewals that waited for a revocation are put to the next leader.
  mutating func demote(_ turn: inout Turn) {
    guard lessor.isPrimary else { return }
    lessor.demote()
    for place in calls.indices {
      guard case .ending(let lease) = calls[place].stage else { continue }
      calls[place].stage = .forwarded(.leaseKeepAlive(lease), number: nil)
    }
  }

  /// Looks for leases that have ended and asks the log to revoke them.
  mutating func checkLeases(_ turn: inout Turn) {
    guard lessor.isPrimary, options.shortcut != .neverRevokes else { return }
    let limit = EtcdServerOptions.leaseRevokeLimit
    for lease in lessor.takeExpired(limit: limit, at: turn.now) {
      turn.outputs.append(.entered(.leaseExpired(lease)))
      submit(EtcdCommand(id: newCommandID(), body: .leaseRevoke(lease)), &turn)
    }
    let checkpoints = lessor.takeCheckpoints(at: turn.now)
    if !checkpoints.isEmpty {
      submit(EtcdCommand(id: newCommandID(), body: .leaseCheckpoint(checkpoints)), &turn)
    }
  }

  /// How many keys a command's lease has, if the command ends one.
  func keysOfLease(ending command: EtcdCommand) -> Int {
    guard case .leaseRevoke(let id) = command.body else { return 0 }
    return state.lease(id)?.keys.count ?? 0
  }

  /// Starts or ends a lease's time as the log has it.
  mutating func settleLeases(
    _ command: EtcdCommand, _ result: Result<EtcdResponse, EtcdError>, keys: Int,
    _ turn: inout Turn
  ) {
    guard case .success = result else { return }
    switch command.body {
    case .operation, .compact, .leaseCheckpoint: break
    case .leaseGrant(let id, _):
      if let lease = state.lease(id) { lessor.start(lease, at: turn.now) }
    case .leaseRevoke(let id):
      lessor.end(id)
      turn.outputs.append(.entered(.leaseRevoked(id, keys: keys)))
      while let place = calls.firstIndex(where: { $0.stage == .ending(id) }) {
        let response = EtcdResponse(
          revision: state.store.revision, .leaseKeptAlive(id, ttl: 0))
        close(at: place, with: .success(response), &turn)
      }
    }
  }

  /// A call about a lease's time: answered by whoever counts it, passed on by the others.
  mutating func takeLeaseCall(
    _ request: EtcdRequest, _ call: Int, _ client: NodeID, _ turn: inout Turn
  ) {
    wait(.forwarded(request, number: nil), call, client, &turn)
    settleLeaseCall(at: calls.count - 1, &turn)
  }

  /// Puts lease calls that are on their way to a former leader on their way to the new one.
  mutating func forwardLeaseCalls(_ turn: inout Turn) {
    for place in calls.indices {
      guard case .forwarded(let request, _) = calls[place].stage else { continue }
      calls[place].stage = .forwarded(request, number: nil)
    }
    retryLeaseCalls(&turn)
  }

  private mutating func retryLeaseCalls(_ turn: inout Turn) {
    for place in calls.indices.reversed() {
      guard case .forwarded(_, number: nil) = calls[place].stage else { continue }
      settleLeaseCall(at: place, &turn)
    }
  }

  private mutating func settleLeaseCall(at place: Int, _ turn: inout Turn) {
    guard case .forwarded(let request, _) = calls[place].stage else { return }
    if lessor.isPrimary { return answerLeaseCall(request, at: place, &turn) }
    guard let leader = raft.leader, leader != me else { return }
    nextNumber += 1
    calls[place].stage = .forwarded(request, number: nextNumber)
    turn.outputs.append(.send(.request(nextNumber, request), to: leader))
  }

  private mutating func answerLeaseCall(
    _ request: EtcdRequest, at place: Int, _ turn: inout Turn
  ) {
    let revision = state.store.revision
    switch request {
    case .leaseKeepAlive(let id):
      guard var lease = state.lease(id) else {
        let gone = EtcdResponse(revision: revision, .leaseKeptAlive(id, ttl: 0))
        return close(at: place, with: .success(gone), &turn)
      }
      if let left = lessor.remaining(id, at: turn.now), left <= .zero {
        calls[place].stage = .ending(id)
        return
      }
      let wasNoted = lease.remaining > 0
      lease.remaining = 0
      lessor.start(lease, at: turn.now)
      let kept = EtcdResponse(revision: revision, .leaseKeptAlive(id, ttl: lease.ttl))
      close(at: place, with: .success(kept), &turn)
      guard wasNoted else { return }
      let anew = EtcdLeaseCheckpoint(lease: id, remaining: 0)
      submit(EtcdCommand(id: newCommandID(), body: .leaseCheckpoint([anew])), &turn)
    case .leaseTimeToLive(let id):
      let left = lessor.remaining(id, at: turn.now).map {
        $0.nanoseconds / TimeSpan.seconds(1).nanoseconds
      }
      let granted = state.lease(id)?.ttl ?? 0
      let body = EtcdResponse.Body.leaseTimeToLive(id, ttl: left ?? -1, granted: granted)
      close(at: place, with: .success(EtcdResponse(revision: revision, body)), &turn)
    case .operation, .compact, .leaseGrant, .leaseRevoke, .watch, .cancelWatch, .watchProgress,
      .status, .changeMember, .moveLeader:
      preconditionFailure("only calls about a lease's time are forwarded")
    }
  }

  /// The leader has answered a call that was passed on to it.
  mutating func relay(
    _ result: Result<EtcdResponse, EtcdError>, _ number: Int, from server: NodeID,
    _ turn: inout Turn
  ) {
    let place = calls.firstIndex { call in
      if case .forwarded(_, number) = call.stage { true } else { false }
    }
    if let place { close(at: place, with: result, &turn) }
  }
}
