import Kernel

/// What a leader knows about one follower's log, and how it may send to it.
///
/// After etcd-io/raft, tracker/progress.go: a follower of unknown log is *probed* with one append
/// at a time; once one fits, appends are *replicated* in a window without waiting; a follower too
/// far behind is sent a *snapshot*, and nothing else until it answers.
struct RaftProgress: Sendable, Hashable {
  enum Phase: Sendable, Hashable {
    case probing(isWaiting: Bool)
    case replicating
    case snapshotting(index: RaftIndex, sentAt: Instant)
  }

  let node: NodeID
  /// The last index known to be the same in both logs.
  var match: RaftIndex
  /// The next index to send.
  var next: RaftIndex
  var phase = Phase.probing(isWaiting: false)
  /// The last index of each append on its way, oldest first.
  var inflight: [RaftIndex] = []
  /// Whether anything was heard since the leader last counted its quorum.
  var isActive = false
  /// The latest heartbeat round answered.
  var round = 0

  init(_ node: NodeID, match: RaftIndex, next: RaftIndex) {
    self.node = node
    self.match = match
    self.next = next
  }

  /// Whether nothing may be sent now.
  func isPaused(window: Int) -> Bool {
    switch phase {
    case .probing(let isWaiting): isWaiting
    case .replicating: inflight.count >= window
    case .snapshotting: true
    }
  }

  /// Notes an append whose last entry has the index `last`, or that was empty.
  mutating func sent(upTo last: RaftIndex?) {
    switch phase {
    case .probing: phase = .probing(isWaiting: true)
    case .replicating:
      guard let last else { return }
      next = last + 1
      inflight.append(last)
    case .snapshotting: break
    }
  }

  /// Notes that the logs agree up to `index`; whether that is news.
  mutating func accepted(upTo index: RaftIndex) -> Bool {
    let isNews = index > match
    match = max(match, index)
    next = max(next, match + 1)
    switch phase {
    case .probing:
      startReplicating()
    case .replicating:
      let freed = inflight.firstIndex { $0 > index } ?? inflight.count
      inflight.removeFirst(freed)
    case .snapshotting(let pending, _):
      if match >= pending { startReplicating() }
    }
    return isNews
  }

  /// Notes that an append after `previous` was refused; false when the refusal is out of date.
  mutating func rejected(after previous: RaftIndex, retryAfter hint: RaftIndex) -> Bool {
    switch phase {
    case .replicating:
      guard previous > match else { return false }
      next = match + 1
    case .probing, .snapshotting:
      guard next - 1 == previous else { return false }
      next = max(min(previous, hint + 1), match + 1)
    }
    phase = .probing(isWaiting: false)
    inflight = []
    return true
  }

  /// Notes a heartbeat's answer: the follower is there, so one more append may try its luck.
  mutating func heard(window: Int, snapshotPatience: TimeSpan, at now: Instant) {
    switch phase {
    case .probing: phase = .probing(isWaiting: false)
    case .replicating: if inflight.count >= window { inflight.removeFirst() }
    case .snapshotting(_, let sentAt):
      if now - sentAt >= snapshotPatience { phase = .probing(isWaiting: false) }
    }
  }

  private mutating func startReplicating() {
    phase = .replicating
    next = match + 1
    inflight = []
  }
}
