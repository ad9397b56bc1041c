import Kernel

/// When leases end: known to the leader only, and to nobody after it.
///
/// Only a leader that has applied everything before its term counts the time of leases
/// ("primary"). It starts every lease anew, so a lease may live nearly twice its time across a
/// change of leader, but never ends early. Ended leases are looked for every 500 ms and revoked
/// through the log. Source: etcd-io/etcd, server/lease/lessor.go.
struct EtcdLessor: Sendable, Hashable {
  private struct Clock: Sendable, Hashable {
    /// When the lease ends.
    var expiry: Instant
    /// When to look at it again; later than the expiry while its revocation is under way.
    var due: Instant
    /// When to note in the log what is left.
    var checkpointDue: Instant?
  }

  private var clocks: [EtcdLeaseID: Clock] = [:]
  private(set) var isPrimary = false
  private let checkpoints: Bool

  init(checkpoints: Bool) { self.checkpoints = checkpoints }

  var isIdle: Bool { clocks.isEmpty }

  /// Becomes the one that counts: every lease gets its full time, or what the last checkpoint
  /// left, and `extension` on top.
  mutating func promote(_ leases: [EtcdLease], extension: TimeSpan, at now: Instant) {
    isPrimary = true
    clocks = [:]
    for lease in leases { start(lease, extension: `extension`, at: now) }
  }

  /// Forgets all times.
  mutating func demote() {
    isPrimary = false
    clocks = [:]
  }

  /// Starts a lease's time anew, if it is this lessor that counts.
  mutating func start(_ lease: EtcdLease, extension: TimeSpan = .zero, at now: Instant) {
    guard isPrimary else { return }
    let seconds = lease.remaining > 0 ? lease.remaining : lease.ttl
    let expiry = now + Self.span(ofSeconds: seconds) + `extension`
    let interval = EtcdServerOptions.leaseCheckpointInterval
    let needsCheckpoint = checkpoints && Self.span(ofSeconds: seconds) > interval
    clocks[lease.id] = Clock(
      expiry: expiry, due: expiry, checkpointDue: needsCheckpoint ? now + interval : nil)
  }

  /// Forgets a lease.
  mutating func end(_ lease: EtcdLeaseID) { clocks[lease] = nil }

  /// What a lease still has; negative once it should have ended.
  func remaining(_ lease: EtcdLeaseID, at now: Instant) -> TimeSpan? {
    clocks[lease].map { $0.expiry - now }
  }

  /// The leases to revoke now, in the order in which they ended, at most `limit`.
  mutating func takeExpired(limit: Int, at now: Instant) -> [EtcdLeaseID] {
    let due = clocks.keys.filter { id in clocks[id].map { $0.due <= now } ?? false }
    let ordered = due.sorted { left, right in
      let (first, second) = (clocks[left]?.due ?? now, clocks[right]?.due ?? now)
      return first != second ? first < second : left < right
    }
    let taken = Array(ordered.prefix(limit))
    for id in taken {
      clocks[id]?.due = now + EtcdServerOptions.expiredLeaseRetryInterval
    }
    return taken
  }

  /// The checkpoints that are due, by lease.
  mutating func takeCheckpoints(at now: Instant) -> [EtcdLeaseCheckpoint] {
    guard checkpoints else { return [] }
    var taken: [EtcdLeaseCheckpoint] = []
    for id in clocks.keys.sorted() {
      guard let clock = clocks[id], let due = clock.checkpointDue, due <= now else { continue }
      let left = (clock.expiry - now).nanoseconds
      let second = TimeSpan.seconds(1).nanoseconds
      let isLong = left > EtcdServerOptions.leaseCheckpointInterval.nanoseconds
      clocks[id]?.checkpointDue =
        isLong ? now + EtcdServerOptions.leaseCheckpointInterval : nil
      if left > 0 {
        taken.append(EtcdLeaseCheckpoint(lease: id, remaining: (left + second - 1) / second))
      }
    }
    return taken
  }

  /// A span that is cut at what time can hold: leases of up to 285 years are granted.
  private static func span(ofSeconds seconds: Int64) -> TimeSpan {
    let longest = Int64.max / 2 / TimeSpan.seconds(1).nanoseconds
    return .seconds(min(seconds, longest))
  }
}
