import Kernel

/// A client's call that waits for something.
struct EtcdPendingCall: Sendable, Hashable {
  enum Stage: Sendable, Hashable {
    /// There was no leader: proposed as soon as there is one.
    case held(EtcdCommand)
    /// In the log or on the way there.
    case proposed(EtcdCommand.ID)
    /// A read that waits for the leader to be confirmed.
    case reading(EtcdOperation)
    /// About a lease: only the one who counts its time can answer. Sent there under a number.
    case forwarded(EtcdRequest, number: Int?)
    /// A renewal of a lease that has ended: answered when the revocation is applied.
    case ending(EtcdLeaseID)
  }

  let client: NodeID
  let call: Int
  let startedAt: Instant
  let deadline: Instant
  var stage: Stage
}

/// Linearizable reads share rounds: those that come while one is under way wait for the next.
struct EtcdReadBatches: Sendable, Hashable {
  /// The calls that the read under way answers.
  var current: [EtcdWatchHub.Key] = []
  /// The Raft reads under way for them: the first and its repetitions.
  var attempts: [RaftReadID] = []
  /// The calls that wait for the next round.
  var waiting: [EtcdWatchHub.Key] = []

  var isBusy: Bool { !current.isEmpty }

  mutating func forget(_ key: EtcdWatchHub.Key) {
    current.removeAll { $0 == key }
    waiting.removeAll { $0 == key }
  }
}

extension EtcdServer {
  mutating func take(
    _ request: EtcdRequest, _ call: Int, from client: NodeID, _ turn: inout Turn
  ) {
    switch request {
    case .operation(let operation):
      if let error = operation.refusal(maxOperations: options.maxTxnOps) {
        return answer(.failure(error), call, client, &turn)
      }
      guard operation.isRead else {
        return propose(.operation(operation), call, client, &turn)
      }
      if operation.isSerializable {
        return answer(read(operation), call, client, &turn)
      }
      wait(.reading(operation), call, client, &turn)
      startRead(for: .init(client: client, call: call), &turn)
    case .compact(let revision): propose(.compact(revision), call, client, &turn)
    case .leaseGrant(let id, let ttl):
      propose(.leaseGrant(id == 0 ? newLeaseID() : id, ttl: ttl), call, client, &turn)
    case .leaseRevoke(let id): propose(.leaseRevoke(id), call, client, &turn)
    case .leaseKeepAlive, .leaseTimeToLive: takeLeaseCall(request, call, client, &turn)
    case .watch(let watch):
      say([watches.open(watch, for: key(client, call), on: state.store, at: turn.now)], &turn)
    case .cancelWatch(let watch):
      if let word = watches.cancel(key(client, watch)) { say([word], &turn) }
    case .watchProgress(let watch):
      let word = watches.progress(of: key(client, watch), on: state.store, at: turn.now)
      if let word { say([word], &turn) }
    case .status:
      let errors: [EtcdError] = raft.leader == nil ? [.noLeader] : []
      answer(.status(leader: raft.leader, term: raft.term, errors: errors), call, client, &turn)
    case .changeMember(let change):
      feed(.changed(change), &turn)
      answerOperator(turn.refusal, call, client, &turn)
    case .moveLeader(let target):
      feed(.transferred(to: target), &turn)
      answerOperator(turn.refusal, call, client, &turn)
    }
  }

  private func key(_ client: NodeID, _ call: Int) -> EtcdWatchHub.Key {
    EtcdWatchHub.Key(client: client, call: call)
  }

  func read(_ operation: EtcdOperation) -> Result<EtcdResponse, EtcdError> {
    state.read(operation).map { EtcdResponse(revision: $0.revision, .operation($0)) }
  }

  /// Puts a change to the log; the answer follows when it is applied here.
  private mutating func propose(
    _ body: EtcdCommand.Body, _ call: Int, _ client: NodeID, _ turn: inout Turn
  ) {
    let command = EtcdCommand(id: newCommandID(), body: body)
    wait(.held(command), call, client, &turn)
    submit(command, &turn)
  }

  mutating func newCommandID() -> EtcdCommand.ID {
    nextNumber += 1
    return EtcdCommand.ID(server: me, epoch: epoch, number: nextNumber)
  }

  private mutating func newLeaseID() -> EtcdLeaseID {
    nextNumber += 1
    let start = EtcdLeaseID(epoch.nanoseconds / 1_000) << 20
    return (start + EtcdLeaseID(nextNumber)) << 8 + EtcdLeaseID(me.index + 1)
  }

  mutating func wait(
    _ stage: EtcdPendingCall.Stage, _ call: Int, _ client: NodeID, _ turn: inout Turn
  ) {
    calls.append(
      EtcdPendingCall(
        client: client, call: call, startedAt: turn.now,
        deadline: turn.now + options.requestTimeout, stage: stage))
  }

  func answer(
    _ body: EtcdResponse.Body, _ call: Int, _ client: NodeID, _ turn: inout Turn
  ) {
    answer(
      .success(EtcdResponse(revision: state.store.revision, body)), call, client, &turn)
  }

  func answer(
    _ result: Result<EtcdResponse, EtcdError>, _ call: Int, _ client: NodeID,
    _ turn: inout Turn
  ) {
    if case .failure(let error) = result {
      turn.outputs.append(.entered(.refused(error, client: client)))
    }
    turn.outputs.append(.send(.response(call, result), to: client))
  }

  /// Answers an operator by what the Raft node said.
  private func answerOperator(
    _ refusal: RaftRefusal?, _ call: Int, _ client: NodeID, _ turn: inout Turn
  ) {
    switch refusal {
    case .none: answer(.accepted, call, client, &turn)
    case .noLeader, .notLeader: answer(.failure(.notLeader), call, client, &turn)
    case .changePending: answer(.failure(.unhealthy), call, client, &turn)
    case .pointless: answer(.failure(.memberNotFound), call, client, &turn)
    case .transferring, .busy: answer(.failure(.proposalDropped), call, client, &turn)
    }
  }

  /// Answers the pending call at `place` and forgets it.
  mutating func close(
    at place: Int, with result: Result<EtcdResponse, EtcdError>, _ turn: inout Turn
  ) {
    let call = calls.remove(at: place)
    answer(result, call.call, call.client, &turn)
  }

  func say(_ words: [EtcdWatchHub.Word], _ turn: inout Turn) {
    for word in words {
      turn.outputs.append(.send(.watch(word.key.call, word.response), to: word.key.client))
    }
  }

  /// Ends the calls whose time is over.
  mutating func giveUpOverdue(_ turn: inout Turn) {
    while let first = calls.first, first.deadline <= turn.now {
      close(at: 0, with: .failure(reasonOfTimeout(first)), &turn)
      reads.forget(key(first.client, first.call))
    }
    startNextReads(&turn)
  }

  /// Source: etcd-io/etcd, server/etcdserver/v3_server.go, parseProposeCtxErr and its callers.
  private func reasonOfTimeout(_ call: EtcdPendingCall) -> EtcdError {
    switch call.stage {
    case .held: return .deadlineExceeded
    case .reading, .ending: return .timeout
    case .forwarded: return raft.leader == nil ? .noLeader : .timeout
    case .proposed:
      guard let leaderElectedAt else { return .timeout }
      let lost = leaderElectedAt - options.electionTimeout * 2
      let isSuspect = call.startedAt > lost && call.startedAt < leaderElectedAt
      return isSuspect ? .timeoutDueToLeaderFailure : .timeout
    }
  }

  /// Drops what waits for a client that is gone.
  mutating func forget(_ client: NodeID) {
    for call in calls where call.client == client { reads.forget(key(client, call.call)) }
    calls.removeAll { $0.client == client }
    watches.close(client)
  }
}
