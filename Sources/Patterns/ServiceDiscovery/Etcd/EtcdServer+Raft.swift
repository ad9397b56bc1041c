import Kernel

extension EtcdServer {
  /// Gives the Raft node an input and carries out what it asks for, in its order.
  mutating func feed(_ input: Raft.Input, for command: EtcdCommand.ID? = nil, _ turn: inout Turn) {
    turn.queue.append(.init(input: input, command: command))
    guard !turn.isFeeding else { return }
    turn.isFeeding = true
    while !turn.queue.isEmpty {
      let work = turn.queue.removeFirst()
      if let id = work.command, calls.contains(where: { $0.stage == .proposed(id) }) { continue }
      for output in raft.step(work.input, at: turn.now) {
        carryOut(output, of: work.command, &turn)
      }
      takeSnapshotIfDue(&turn)
    }
    turn.isFeeding = false
  }

  /// Proposes a command.
  mutating func submit(_ command: EtcdCommand, _ turn: inout Turn) {
    feed(.proposed(command), for: command.id, &turn)
  }

  private mutating func carryOut(
    _ output: Raft.Output, of command: EtcdCommand.ID?, _ turn: inout Turn
  ) {
    switch output {
    case .persist(let write): turn.outputs.append(.persist(write))
    case .send(let message): turn.outputs.append(.send(.raft(message), to: message.target))
    case .wakeMe(let instant): timers.set(.raft, at: instant)
    case .apply(let entry): apply(entry, &turn)
    case .restore(let snapshot): restore(snapshot, &turn)
    case .readReady(let read, _): finishReads(read, &turn)
    case .readRefused: break
    case .accepted, .forwarded: if let command { setStageOfHeld(command) }
    case .refused(let refusal):
      turn.refusal = refusal
      if let command { refuse(command, refusal, &turn) }
    case .entered(let role, let term):
      if role != .leader { demote(&turn) }
      turn.outputs.append(.entered(.entered(role, term: term)))
    case .follows(let leader, let term):
      turn.outputs.append(.entered(.follows(leader, term: term)))
      lostLeaderAt = leader == nil ? lostLeaderAt ?? turn.now : nil
      if leader != nil { leaderFound(&turn) }
    }
  }

  private mutating func apply(_ entry: RaftEntry<EtcdCommand>, _ turn: inout Turn) {
    switch entry.payload {
    case .noOp:
      // The leader has applied everything from before its term: from now on it counts time.
      if raft.role == .leader, entry.term == raft.term { promote(&turn) }
    case .membership: break
    case .command(let command): apply(command, &turn)
    }
  }

  private mutating func apply(_ command: EtcdCommand, _ turn: inout Turn) {
    let revision = state.store.revision
    let keys = keysOfLease(ending: command)
    let result = state.apply(command)
    settleLeases(command, result, keys: keys, &turn)
    if state.store.revision > revision, let batch = state.store.batches.last {
      let changed = EtcdServerFact.changed(revision: batch.revision, events: batch.events.count)
      turn.outputs.append(.entered(changed))
      say(watches.serve(batch, on: state.store, at: turn.now), &turn)
    }
    guard command.id.server == me, command.id.epoch == epoch else { return }
    let place = calls.firstIndex { call in
      switch call.stage {
      case .proposed(let id): id == command.id
      case .held(let held): held.id == command.id
      case .reading, .forwarded, .ending: false
      }
    }
    if let place { close(at: place, with: result, &turn) }
  }

  private mutating func restore(_ snapshot: RaftSnapshot<EtcdState>, _ turn: inout Turn) {
    state = snapshot.image
    snapshotIndex = snapshot.index
    watches.fallBehind(at: state.store.revision)
    turn.outputs.append(.entered(.restored(revision: state.store.revision)))
  }

  private mutating func takeSnapshotIfDue(_ turn: inout Turn) {
    guard raft.applied - snapshotIndex >= options.snapshotCount else { return }
    snapshotIndex = raft.applied
    feed(.imaged(upTo: raft.applied, state), &turn)
  }

  private mutating func setStageOfHeld(_ id: EtcdCommand.ID) {
    guard let place = placeOfHeld(id) else { return }
    calls[place].stage = .proposed(id)
  }

  private func placeOfHeld(_ id: EtcdCommand.ID) -> Int? {
    calls.firstIndex { call in
      if case .held(let held) = call.stage { held.id == id } else { false }
    }
  }

  /// Without a leader a proposal waits; all other refusals are final.
  private mutating func refuse(
    _ id: EtcdCommand.ID, _ refusal: RaftRefusal, _ turn: inout Turn
  ) {
    guard let place = placeOfHeld(id) else { return }
    switch refusal {
    case .noLeader: break
    case .busy: close(at: place, with: .failure(.tooManyRequests), &turn)
    case .notLeader, .changePending, .pointless, .transferring:
      close(at: place, with: .failure(.proposalDropped), &turn)
    }
  }

  /// There is a new leader: what was held is proposed, reads fail, lease calls find their way.
  private mutating func leaderFound(_ turn: inout Turn) {
    leaderElectedAt = turn.now
    failReads(&turn)
    var held: [EtcdCommand] = []
    for call in calls {
      if case .held(let command) = call.stage { held.append(command) }
    }
    for command in held { submit(command, &turn) }
    forwardLeaseCalls(&turn)
  }
}
