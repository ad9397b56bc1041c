import Kernel
import OrderedCollections

extension TransactionParticipant {
  /// The first phase: promises, says no, or waits for a lock.
  mutating func prepare(
    _ work: PreparedWork, at now: Instant, _ outputs: inout [DistributedOutput]
  ) {
    if let isCommitted = outcomes[work.xid] {
      if !isCommitted { vote(work, isYes: false, &outputs) }
      return
    }
    if promises[work.xid] != nil { return vote(work, isYes: true, &outputs) }
    guard !waiting.contains(where: { $0.work.xid == work.xid }) else { return }
    if areFree(work) {
      promise(work, at: now, &outputs)
    } else {
      waiting.append(
        Waiting(work: work, deadline: options.lockTimeout.map { now + $0 } ?? .distantFuture))
    }
  }

  private func areFree(_ work: PreparedWork) -> Bool {
    work.works.allSatisfy { isFree($0.work.record, for: work.transaction) }
  }

  private mutating func promise(
    _ work: PreparedWork, at now: Instant, _ outputs: inout [DistributedOutput]
  ) {
    let isPossible = work.works.allSatisfy { numbered in
      let after = balance(numbered.work.record) + numbered.work.change
      return !numbered.work.isRefused && (after >= 0 || numbered.work.change >= 0)
    }
    let hasRoom = options.maxPrepared.map { promises.count < $0 } ?? true
    if isPossible, hasRoom {
      keep(.prepared(work, at: now), &outputs)
    } else {
      keep(
        .decided(xid: work.xid, commits: false, isAlone: false, at: now), isForced: false,
        &outputs)
    }
    vote(work, isYes: isPossible && hasRoom, &outputs)
  }

  private func vote(
    _ work: PreparedWork, isYes: Bool, _ outputs: inout [DistributedOutput]
  ) {
    outputs.append(.send(.vote(xid: work.xid, isYes: isYes), to: work.coordinator))
  }

  /// A prepare that has waited too long for its lock is answered with no.
  mutating func giveUpWaiting(at now: Instant, _ outputs: inout [DistributedOutput]) {
    while let place = waiting.firstIndex(where: { $0.deadline <= now }) {
      let work = waiting.remove(at: place).work
      let holder = work.works.compactMap { locks[$0.work.record] }.first
      let owner = holder.flatMap { promises[$0]?.work.transaction }
      let reason = owner.map { "transaction \($0) holds its record" } ?? "its record is not free"
      outputs.append(
        .fact(
          DistributedFact(
            "lock-timeout", "gives up waiting for transaction \(work.transaction): \(reason)",
            weight: .harm)))
      keep(
        .decided(xid: work.xid, commits: false, isAlone: false, at: now), isForced: false,
        &outputs)
      vote(work, isYes: false, &outputs)
    }
  }

  /// The second phase: carries the decision out.
  mutating func hear(
    _ xid: Int, commits: Bool, from sender: NodeID, at now: Instant,
    _ outputs: inout [DistributedOutput]
  ) {
    if let promise = promises[xid] {
      settle(promise, commits: commits, isAlone: false, at: now, &outputs)
    } else if outcomes[xid] == nil, !commits {
      waiting.removeAll { $0.work.xid == xid }
      keep(.decided(xid: xid, commits: false, isAlone: false, at: now), isForced: false, &outputs)
    }
    // An abort that answers an old question, long after the commit was told, means nothing.
    if let outcome = outcomes[xid], outcome != commits, decidedAlone.contains(xid) {
      outputs.append(
        .fact(
          DistributedFact(
            "decided-otherwise",
            "is told to \(commits ? "commit" : "abort") transaction \(xid / 1_000), but has decided "
              + "otherwise", weight: .harm)))
    }
    if commits, outcomes[xid] != nil {
      outputs.append(.send(.acknowledge(xid: xid), to: sender))
    }
  }

  private mutating func settle(
    _ promise: Promise, commits: Bool, isAlone: Bool, at now: Instant,
    _ outputs: inout [DistributedOutput]
  ) {
    let work = promise.work
    if commits {
      for numbered in work.works {
        let after = balance(numbered.work.record) + numbered.work.change
        keep(
          .effect(
            StepEffect(
              key: StepKey(work.transaction, numbered.step), isUndo: false,
              record: numbered.work.record, change: numbered.work.change, balance: after,
              marks: false, at: now)), &outputs)
      }
    }
    keep(.decided(xid: work.xid, commits: commits, isAlone: isAlone, at: now), &outputs)
    if promise.inquiries > 0, !isAlone {
      outputs.append(
        .fact(
          DistributedFact(
            "resolved",
            "learns after \(now - promise.since) that transaction \(work.transaction) "
              + (commits ? "commits" : "aborts"), weight: .recovery)))
    }
    promiseWaiting(at: now, &outputs)
  }

  /// Promises what has waited for records that are free now, oldest first.
  mutating func promiseWaiting(at now: Instant, _ outputs: inout [DistributedOutput]) {
    while let place = waiting.firstIndex(where: { areFree($0.work) }) {
      promise(waiting.remove(at: place).work, at: now, &outputs)
    }
  }

  // MARK: In doubt

  /// Asks what was decided, of the coordinator and perhaps of the others.
  mutating func inquire(at now: Instant, _ outputs: inout [DistributedOutput]) {
    let patience =
      options.shortcut == .abortsInDoubt ? TimeSpan.seconds(3) : options.heuristicAfter
    for promise in promises.values where promise.nextInquiry <= now {
      let work = promise.work
      if patience > .zero, now - promise.since >= patience {
        outputs.append(
          .fact(
            DistributedFact(
              "heuristic",
              "has heard nothing for \(now - promise.since) and aborts transaction "
                + "\(work.transaction) alone", about: work.coordinator)))
        let isAlone = options.shortcut != .abortsInDoubt
        settle(promise, commits: false, isAlone: isAlone, at: now, &outputs)
        continue
      }
      if promise.inquiries == 1 {
        outputs.append(
          .fact(
            DistributedFact(
              "in-doubt",
              "has promised transaction \(work.transaction), hears nothing and holds "
                + (work.works.count == 1 ? "1 lock" : "\(work.works.count) locks"), weight: .harm,
              about: work.coordinator)))
      }
      promises[work.xid]?.inquiries += 1
      promises[work.xid]?.nextInquiry = now + options.inquiryInterval
      outputs.append(.send(.inquire(xid: work.xid), to: work.coordinator))
      guard options.asksPeers else { continue }
      for peer in work.peers { outputs.append(.send(.inquire(xid: work.xid), to: peer)) }
    }
  }

  /// Answers another participant that is in doubt; one that has not promised yet decides to abort.
  mutating func tellPeer(
    _ xid: Int, _ peer: NodeID, at now: Instant, _ outputs: inout [DistributedOutput]
  ) {
    guard promises[xid] == nil else { return }
    if outcomes[xid] == nil {
      waiting.removeAll { $0.work.xid == xid }
      keep(.decided(xid: xid, commits: false, isAlone: false, at: now), &outputs)
    }
    if let isCommitted = outcomes[xid] {
      outputs.append(.send(.decide(xid: xid, commits: isCommitted), to: peer))
    }
  }

  // MARK: Invariants

  /// Finds the first invariant that does not hold, or nil.
  public func checkInvariants() -> InvariantViolation? {
    for promise in promises.values {
      for numbered in promise.work.works where locks[numbered.work.record] != promise.work.xid {
        return InvariantViolation(
          "a promise holds its locks",
          witness: "\(promise.work.xid) is promised without the lock on \(numbered.work.record)")
      }
      if outcomes[promise.work.xid] != nil {
        return InvariantViolation(
          "a decision is final",
          witness: "\(promise.work.xid) is promised although it was decided")
      }
    }
    return nil
  }
}
