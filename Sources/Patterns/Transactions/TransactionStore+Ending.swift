import Kernel

extension TransactionStore {
  mutating func commit(_ session: SessionID, _ turn: inout Turn) {
    guard let id = sessions[session]?.transaction else {
      let isFailed = sessions[session]?.isFailed ?? false
      sessions[session]?.isFailed = false
      return answer(session, .done(isFailed ? "ROLLBACK" : "COMMIT"), &turn)
    }
    do throws(TransactionError) {
      try ledger.prepare(id)
    } catch {
      end(session, commits: false, because: error, &turn)
      return answer(session, .failed(error), &turn)
    }
    answer(session, .done("COMMIT"), &turn)
    end(session, commits: true, &turn)
  }

  /// A statement failed: what its transaction did is undone at once, and of the transaction only
  /// its end is awaited.
  mutating func fail(_ session: SessionID, _ error: TransactionError, _ turn: inout Turn) {
    let isImplicit = sessions[session]?.transaction.flatMap { transactions[$0]?.isImplicit }
    stopWaiting(session)
    sessions[session]?.work = nil
    answer(session, .failed(error), &turn)
    end(session, commits: false, because: error, &turn)
    sessions[session]?.isFailed = !(isImplicit ?? true)
  }

  mutating func drop(_ session: SessionID, _ turn: inout Turn) {
    stopWaiting(session)
    sessions[session]?.work = nil
    end(session, commits: false, &turn)
    sessions[session] = nil
  }

  /// Ends the transaction of a session, if there is one, and lets those go on that waited for it.
  mutating func end(
    _ session: SessionID, commits isCommit: Bool, because error: TransactionError? = nil,
    _ turn: inout Turn
  ) {
    sessions[session]?.isFailed = false
    guard let id = sessions[session]?.transaction,
      let transaction = transactions.removeValue(forKey: id)
    else { return }
    sessions[session]?.transaction = nil
    running.removeAll { $0 == id }
    if isCommit {
      commitCount += 1
      commits[id] = commitCount
      ledger.commit(id, nextWriter: nextWriteNumber)
      turn.outputs.append(.entered(.committed(id, session)))
    } else {
      ledger.rollBack(id)
      turn.outputs.append(.entered(.rolledBack(id, session, error)))
    }
    let oldest = oldestSnapshot
    for place in transaction.touched {
      tables[place.table].rows[place.row].locks.removeAll { $0.holder == id }
      if !isCommit { tables[place.table].undo(place.row, of: id) }
      let commits = commits
      tables[place.table].drop(from: place.row) { version in
        version.ender.flatMap { commits[$0] }.map { $0 <= oldest } ?? false
      }
    }
    resumeWaiters(&turn)
  }

  /// The number of commits that every transaction under way sees at least.
  private var oldestSnapshot: Int {
    var oldest = commitCount
    for id in running {
      if let own = transactions[id]?.snapshot?.commits { oldest = min(oldest, own) }
      if let session = transactions[id]?.session, let work = sessions[session]?.work {
        oldest = min(oldest, work.snapshot.commits)
      }
    }
    return oldest
  }
}
