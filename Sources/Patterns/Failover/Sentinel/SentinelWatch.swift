import Kernel

/// What a Sentinel knows of one instance that it watches: a Redis server or another Sentinel.
struct SentinelWatch: Sendable, Hashable {
  /// How far a replica is on its way to a new primary.
  enum Reconfiguration: Sendable, Hashable {
    case none
    case sent(at: Instant)
    case inProgress
    case done
  }

  /// Whom another Sentinel voted for.
  struct Vote: Sendable, Hashable {
    let leader: NodeID
    let epoch: Int
  }

  let node: NodeID
  var isConnected = true
  var connectedAt: Instant?
  var availableAt: Instant
  var pongAt: Instant
  var pingAt: Instant?
  /// The oldest ping that was not answered.
  var unansweredSince: Instant?
  /// Since when it counts as down; nil when it does not.
  var downSince: Instant?
  /// When it was last found down, even if it is up again.
  var lastDownAt: Instant?

  // A server.
  var info: RedisInfo?
  var infoAt: Instant?
  var infoAskedAt: Instant?
  var saysPrimary: Bool
  var roleSince: Instant
  var followsSince: Instant
  var reconfiguration = Reconfiguration.none

  // A Sentinel.
  var saysDown = false
  var repliedAt: Instant?
  var vote: Vote?

  init(_ node: NodeID, isPrimary: Bool = false, at now: Instant) {
    self.node = node
    availableAt = now
    pongAt = now
    unansweredSince = now
    saysPrimary = isPrimary
    roleSince = now
    followsSince = now
  }

  /// How long it has been silent.
  func silence(at now: Instant) -> TimeSpan {
    if let unansweredSince { return now - unansweredSince }
    return isConnected ? .zero : now - availableAt
  }

  /// Whether it was never down, or came back longer than `span` ago.
  func isUp(for span: TimeSpan, at now: Instant) -> Bool {
    downSince == nil && (lastDownAt.map { now - $0 > span } ?? true)
  }

  mutating func pinged(at now: Instant) {
    pingAt = now
    unansweredSince = unansweredSince ?? now
  }

  mutating func answered(at now: Instant) {
    isConnected = true
    availableAt = now
    pongAt = now
    unansweredSince = nil
  }
}
