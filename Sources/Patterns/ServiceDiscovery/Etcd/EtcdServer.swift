import Kernel

/// An etcd server: a Raft node, the store its log drives, leases and watches.
///
///     request ──▶ propose ──▶ Raft ──committed──▶ apply to store and leases ──▶ answer, watches
///     read ──────▶ confirm the leader (or not, if serializable) ──▶ store ──▶ answer
///
/// A consistent registry: every write goes through a majority, so without one nothing can be
/// registered or renewed, while serializable reads go on from what a server knows. Instances hang
/// their keys on a lease that they keep alive; discoverers read a prefix and watch it from the next
/// revision. **A key never outlives its lease's revocation, a lease never ends before its time on
/// one leader, and a watch gets every revision once and in order.**
///
/// Left out: authentication, quotas and alarms, the v2 API, TLS; keys and values are text and
/// sizes are not counted (no `max-request-bytes`, no backend on disk: the store is rebuilt from
/// snapshot and log); time is continuous where etcd counts ticks, and a starting server does not
/// fast-forward its election clock (`initial-election-tick-advance`); "possibly due to connection
/// lost" is never said, since connections are not modelled; more than one member is changed one
/// after the other. Source: etcd-io/etcd, server/etcdserver; behaviour compared with recordings of
/// version 3.4.23.
public struct EtcdServer: Machine {
  /// The Raft node inside.
  public typealias Raft = RaftNode<EtcdCommand, EtcdState>

  /// What can happen to the server.
  public enum Input: Sendable, Hashable {
    /// The process starts, also after a crash.
    case started
    /// A message arrived from a node.
    case received(EtcdMessage, from: NodeID)
    /// A client's connection is gone, with its watches.
    case disconnected(NodeID)
    /// A wake-up that was asked for, or any other.
    case wake
  }

  /// What the server asks for or states, in the order to carry it out.
  public enum Output: Sendable, Hashable {
    /// Write to disk before anything that follows is done.
    case persist(RaftWrite<EtcdCommand, EtcdState>)
    /// Send a message to a node.
    case send(EtcdMessage, to: NodeID)
    /// Wake the machine at that time.
    case wakeMe(at: Instant)
    /// Something changed that is worth telling.
    case entered(EtcdServerFact)
  }

  enum Timer: Sendable, Hashable {
    case raft, lessor, watchSync, progress, leaderWatch, requests, readRetry
  }

  struct Turn {
    let now: Instant
    var outputs: [Output] = []
    /// What the Raft node is still to be given: each input's outputs are carried out whole before
    /// the next, or entries could be applied out of order.
    var queue: [Work] = []
    var isFeeding = false
    /// Why the Raft node refused an operator's request.
    var refusal: RaftRefusal?

    struct Work {
      let input: Raft.Input
      let command: EtcdCommand.ID?
    }
  }

  /// The server's own node.
  public let me: NodeID
  /// The settings.
  public let options: EtcdServerOptions
  /// The Raft node.
  public internal(set) var raft: Raft
  /// The store and the leases, as far as this server has applied the log.
  public internal(set) var state: EtcdState
  var lessor: EtcdLessor
  var watches: EtcdWatchHub
  var calls: [EtcdPendingCall] = []
  var reads = EtcdReadBatches()
  var timers = DueTimers<Timer>()
  var epoch = Instant.zero
  var nextNumber = 0
  var snapshotIndex = 0
  /// When this server last learnt of a new leader.
  var leaderElectedAt: Instant?
  /// Since when there is no leader.
  var lostLeaderAt: Instant?

  /// A server that starts or restarts from its disk; its first input is `started`.
  public init(
    _ me: NodeID, disk: EtcdDisk, options: EtcdServerOptions = EtcdServerOptions(),
    random: RandomStream
  ) {
    self.me = me
    self.options = options
    raft = Raft(me, storage: disk, options: options.raft, random: random)
    state = EtcdState(minimumTTL: options.minimumLeaseTTL)
    watches = EtcdWatchHub(skipsPast: options.shortcut == .watchSkipsPast)
    lessor = EtcdLessor(checkpoints: options.enableLeaseCheckpoint)
  }

  /// Takes one input at `now` and returns what follows.
  public mutating func step(_ input: Input, at now: Instant) -> [Output] {
    var turn = Turn(now: now)
    switch input {
    case .started:
      epoch = now
      lostLeaderAt = now
      feed(.started, &turn)
    case .received(.raft(let message), _): feed(.received(message), &turn)
    case .received(.request(let call, let request), let client):
      take(request, call, from: client, &turn)
    case .received(.response(let call, let result), let server):
      relay(result, call, from: server, &turn)
    case .received(.watch, _): break
    case .disconnected(let client): forget(client)
    case .wake:
      timers.woke(at: now)
      while let timer = timers.popDue(at: now) { fire(timer, &turn) }
    }
    setTimers(at: now)
    if let instant = timers.wakeUp() { turn.outputs.append(.wakeMe(at: instant)) }
    return turn.outputs
  }

  private mutating func fire(_ timer: Timer, _ turn: inout Turn) {
    switch timer {
    case .raft: feed(.wake, &turn)
    case .lessor: checkLeases(&turn)
    case .watchSync: say(watches.catchUp(on: state.store, at: turn.now), &turn)
    case .progress:
      let interval = options.watchProgressNotifyInterval
      say(watches.notifyIdle(after: interval, on: state.store, at: turn.now), &turn)
    case .leaderWatch: endWatchesWithoutLeader(&turn)
    case .requests: giveUpOverdue(&turn)
    case .readRetry: retryReads(&turn)
    }
  }

  /// Sets the timers of what runs only while there is something to do.
  private mutating func setTimers(at now: Instant) {
    if lessor.isPrimary, !lessor.isIdle, timers.due(.lessor) == nil {
      timers.set(.lessor, at: next(EtcdServerOptions.leaseCheckInterval, after: now))
    }
    if watches.isBehind, timers.due(.watchSync) == nil {
      timers.set(.watchSync, at: next(EtcdServerOptions.watchSyncInterval, after: now))
    }
    if watches.wantsProgress, timers.due(.progress) == nil {
      timers.set(.progress, at: next(options.watchProgressNotifyInterval, after: now))
    }
    if watches.wantsLeader, raft.leader == nil, timers.due(.leaderWatch) == nil {
      timers.set(.leaderWatch, at: max(now, (lostLeaderAt ?? now) + leaderPatience))
    }
    if let first = calls.first?.deadline {
      if timers.due(.requests) != first { timers.set(.requests, at: first) }
    } else {
      timers.cancel(.requests)
    }
    if reads.isBusy, timers.due(.readRetry) == nil {
      timers.set(.readRetry, at: now + EtcdServerOptions.readIndexRetryTime)
    }
  }

  /// How long watches that need a leader put up with none (v3rpc/interceptor.go, monitorLeader).
  private var leaderPatience: TimeSpan { options.electionTimeout * 3 }

  private mutating func endWatchesWithoutLeader(_ turn: inout Turn) {
    guard raft.leader == nil, turn.now - (lostLeaderAt ?? turn.now) >= leaderPatience else {
      return
    }
    say(watches.endThoseWithoutLeader(), &turn)
  }

  /// The next beat of a loop that has run every `interval` since the process started.
  private func next(_ interval: TimeSpan, after now: Instant) -> Instant {
    let beats = (now - epoch).nanoseconds / interval.nanoseconds + 1
    return epoch + TimeSpan(nanoseconds: beats * interval.nanoseconds)
  }
}

/// What an etcd server tells its host about itself.
public enum EtcdServerFact: Sendable, Hashable {
  /// Its Raft node has a new role.
  case entered(RaftRole, term: Int)
  /// It follows another leader, or none.
  case follows(NodeID?, term: Int)
  /// It counts the time of leases now; so many started anew.
  case promoted(leases: Int)
  /// It found a lease ended and asked for its revocation.
  case leaseExpired(EtcdLeaseID)
  /// A lease was revoked with so many keys, as every server applies it.
  case leaseRevoked(EtcdLeaseID, keys: Int)
  /// Keys changed at a revision, as every server applies it.
  case changed(revision: Int, events: Int)
  /// It took over a leader's snapshot.
  case restored(revision: Int)
  /// A client's request failed.
  case refused(EtcdError, client: NodeID)
}
