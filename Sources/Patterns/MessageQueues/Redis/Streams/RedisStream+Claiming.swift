import Kernel

/// What a claim asks for besides whose entries become whose.
public struct RedisClaim: Sendable, Hashable {
  /// Takes only what has been out at least so long.
  public var minIdle = TimeSpan.zero
  /// The idle time that claimed entries get; nil is 0.
  public var idle: TimeSpan?
  /// The count that they get; nil counts one more.
  public var retryCount: Int?
  /// Makes a pending entry of what is in the stream and not pending.
  public var force = false
  /// Answers with ids only and leaves the count.
  public var justID = false

  /// A claim of anything.
  public init() {}
}

extension RedisStream {
  /// XCLAIM: gives pending entries to a consumer; what is no longer in the stream is dropped.
  mutating func claim(
    _ group: Int, for consumer: String, _ ids: [RedisStreamID], _ claim: RedisClaim,
    at now: Instant
  ) -> [RedisStreamID] {
    groups[group].meet(consumer)
    var claimed: [RedisStreamID] = []
    for id in ids {
      let (index, isThere) = groups[group].place(id)
      guard entry(id) != nil else {
        if isThere { groups[group].pending.remove(at: index) }
        continue
      }
      if !isThere {
        guard claim.force else { continue }
        groups[group].pending.insert(
          Pending(id: id, consumer: consumer, deliveredAt: now, count: 0), at: index)
        take(index, in: group, for: consumer, claim, at: now)
        claimed.append(id)
      } else if isIdle(groups[group].pending[index], claim, at: now) {
        take(index, in: group, for: consumer, claim, at: now)
        claimed.append(id)
      }
    }
    return claimed
  }

  /// XAUTOCLAIM: scans from `start` and gives what is idle to a consumer.
  mutating func autoClaim(
    _ group: Int, for consumer: String, from start: RedisStreamID, count: Int, _ claim: RedisClaim,
    at now: Instant
  ) -> (cursor: RedisStreamID, claimed: [RedisStreamID], deleted: [RedisStreamID]) {
    groups[group].meet(consumer)
    var left = count
    // Redis looks at no more than ten times as many as it is asked for.
    var attempts = count.multipliedReportingOverflow(by: 10).overflow ? Int.max : count * 10
    var claimed: [RedisStreamID] = []
    var deleted: [RedisStreamID] = []
    var index = groups[group].place(start).index
    while index < groups[group].pending.count, left > 0, attempts > 0 {
      attempts -= 1
      let pending = groups[group].pending[index]
      if entry(pending.id) == nil {
        groups[group].pending.remove(at: index)
        deleted.append(pending.id)
        left -= 1
        continue
      }
      if isIdle(pending, claim, at: now) {
        take(index, in: group, for: consumer, claim, at: now)
        claimed.append(pending.id)
        left -= 1
      }
      index += 1
    }
    let pending = groups[group].pending
    return (index < pending.count ? pending[index].id : .zero, claimed, deleted)
  }

  private func isIdle(_ pending: Pending, _ claim: RedisClaim, at now: Instant) -> Bool {
    shortcuts.contains(.claimIgnoresIdle) || now - pending.deliveredAt >= claim.minIdle
  }

  private mutating func take(
    _ index: Int, in group: Int, for consumer: String, _ claim: RedisClaim, at now: Instant
  ) {
    groups[group].pending[index].consumer = consumer
    if !shortcuts.contains(.claimKeepsIdle) {
      groups[group].pending[index].deliveredAt = claim.idle.map { now - $0 } ?? now
    }
    if let count = claim.retryCount {
      groups[group].pending[index].count = count
    } else if !claim.justID {
      groups[group].pending[index].count += 1
    }
  }
}
