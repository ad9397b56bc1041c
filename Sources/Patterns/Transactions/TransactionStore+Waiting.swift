import Kernel

/// A session that waits for a lock.
struct LockWaiter: Sendable, Hashable {
  /// What it waits for.
  enum Target: Sendable, Hashable {
    /// A lock on a row.
    case row(RowPlace, RowLockStrength)
    /// The end of a transaction that wrote, or deletes, a row with the same key.
    case transaction(TransactionID)
  }

  /// The lock of the lock manager that it sleeps on: the transaction that holds the row, or, with
  /// another waiter before it, that one's place at the row.
  enum Lock: Sendable, Hashable {
    case end(of: TransactionID)
    case turn(after: SessionID)
  }

  let session: SessionID
  let transaction: TransactionID
  let target: Target
  var lock: Lock
}

extension TransactionStore {
  /// Who stands in the way of a lock on a row, if anybody.
  func holder(of place: RowPlace, against strength: RowLockStrength, for id: TransactionID)
    -> TransactionID?
  {
    tables[place.table].rows[place.row].locks.first { lock in
      lock.holder != id && lock.strength.conflicts(with: strength)
    }?.holder
  }

  /// Puts a session to sleep until what it waits for is free.
  mutating func wait(
    _ session: SessionID, _ id: TransactionID, for target: LockWaiter.Target,
    _ turn: inout Turn
  ) {
    var waiter = LockWaiter(
      session: session, transaction: id, target: target, lock: .end(of: id))
    guard let lock = lock(for: waiter, among: waiters) else { return }
    waiter.lock = lock
    waiters.append(waiter)
    startTimer(waiter, at: turn.now)
    let limit = sessions[session]?.work?.lockTimeout ?? options.lockTimeout
    if limit > .zero { timers.set(.lockTimeout(session), at: turn.now + limit) }
    turn.outputs.append(.waits(session, for: blocker(of: waiter)))
  }

  private mutating func startTimer(_ waiter: LockWaiter, at now: Instant) {
    guard !options.shortcuts.contains(.noDeadlockCheck) else { return }
    timers.set(.deadlockCheck(waiter.session), at: now + options.deadlockTimeout)
  }

  /// The lock that a waiter sleeps on given those before it, or nil when nothing is in its way.
  private func lock(
    for waiter: LockWaiter, among earlier: some Sequence<LockWaiter>
  ) -> LockWaiter.Lock? {
    switch waiter.target {
    case .transaction(let other): return transactions[other] == nil ? nil : .end(of: other)
    case .row(let place, let strength):
      guard let holder = holder(of: place, against: strength, for: waiter.transaction) else {
        return nil
      }
      let first = earlier.first { other in
        if case .row(let its, _) = other.target { its == place } else { false }
      }
      return first.map { .turn(after: $0.session) } ?? .end(of: holder)
    }
  }

  /// The session that a waiter waits for.
  func blocker(of waiter: LockWaiter) -> SessionID {
    switch waiter.lock {
    case .end(let id): transactions[id]?.session ?? waiter.session
    case .turn(let session): session
    }
  }

  mutating func stopWaiting(_ session: SessionID) {
    waiters.removeAll { $0.session == session }
    timers.cancel(.deadlockCheck(session))
    timers.cancel(.lockTimeout(session))
  }

  /// Lets everybody go on whose way is free, in the order in which they came.
  mutating func resumeWaiters(_ turn: inout Turn) {
    var place = 0
    while place < waiters.count {
      let waiter = waiters[place]
      guard let lock = lock(for: waiter, among: waiters[..<place]) else {
        stopWaiting(waiter.session)
        run(waiter.session, &turn)
        place = 0
        continue
      }
      if lock != waiter.lock {
        // A new sleep has a clock of its own, but those who keep their place in a line behind the
        // same row sleep on.
        if case .end = lock { startTimer(waiter, at: turn.now) }
        waiters[place].lock = lock
      }
      place += 1
    }
  }

  mutating func fire(_ timer: Timer, _ turn: inout Turn) {
    switch timer {
    case .lockTimeout(let session):
      let message = "canceling statement due to lock timeout"
      fail(session, TransactionError(.lockNotAvailable, message), &turn)
    case .deadlockCheck(let session):
      guard let circle = circle(from: session) else { return }
      turn.outputs.append(.entered(.deadlock(circle)))
      let story = circle.map(\.name).joined(separator: " waits for ")
      fail(
        session,
        TransactionError(
          .deadlock, "deadlock detected", reason: "\(story) waits for \(session)"), &turn)
    }
  }

  /// The sessions each of which waits for the next, from `session` back to it.
  private func circle(from session: SessionID) -> [SessionID]? {
    var circle = [session]
    while let waiter = waiters.first(where: { $0.session == circle.last }) {
      let next = blocker(of: waiter)
      if next == session { return circle }
      if circle.contains(next) { return nil }
      circle.append(next)
    }
    return nil
  }

  /// The sessions that wait, and for whom, in the order in which they came.
  public var waiting: [(session: SessionID, blocker: SessionID)] {
    waiters.map { ($0.session, blocker(of: $0)) }
  }
}
