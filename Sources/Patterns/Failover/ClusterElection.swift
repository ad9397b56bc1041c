import Kernel

/// How a node of a cluster with fencing decides what runs where.
///
/// Sources: ClusterLabs/pacemaker doc/sphinx/Pacemaker_Explained cluster-options.rst @0e996b9d,
/// resources.rst @0007bad5, fencing.rst @05492891; corosync.conf(5) and votequorum(5) of 3.1.7.
public struct ClusterElectionOptions: Sendable, Hashable {
  /// What a part of the cluster without quorum does with what it runs (`no-quorum-policy`).
  public enum NoQuorumPolicy: String, Sendable, Hashable, CaseIterable {
    /// It stops everything.
    case stop
    /// It goes on with what it runs, and takes over nothing.
    case freeze
    /// It acts as if it had quorum.
    case ignore
    /// It fences itself.
    case fence
  }

  /// How long without a token until a node counts as lost (corosync `token`).
  public var token: TimeSpan
  /// How many votes there are in all.
  public var votes: Int
  /// Whether one of two nodes has quorum (`two_node`); it must have seen the other one first.
  public var isTwoNode: Bool
  /// What is done without quorum.
  public var noQuorumPolicy: NoQuorumPolicy
  /// Whether a lost node is fenced before anything of it is recovered (`stonith-enabled`).
  public var isFencing: Bool
  /// How much a resource likes to stay where it is (`resource-stickiness`).
  public var stickiness: Int
  /// How much it likes to be on the preferred node (the score of a location constraint).
  public var preference: Int
  /// The preferred node.
  public var preferred: NodeID
  /// When a node on which the service fails hosts it no more.
  public var failures: FailCount.Options
  /// A deliberate bug.
  public var shortcut: FailoverShortcut?

  /// Options, with the tools' defaults.
  public init(
    token: TimeSpan = .seconds(3), votes: Int, isTwoNode: Bool = false,
    noQuorumPolicy: NoQuorumPolicy = .stop, isFencing: Bool = true, stickiness: Int = 0,
    preference: Int = 0, preferred: NodeID, failures: FailCount.Options = FailCount.Options(),
    shortcut: FailoverShortcut? = nil
  ) {
    self.token = token
    self.votes = votes
    self.isTwoNode = isTwoNode
    self.noQuorumPolicy = noQuorumPolicy
    self.isFencing = isFencing
    self.stickiness = stickiness
    self.preference = preference
    self.preferred = preferred
    self.failures = failures
    self.shortcut = shortcut
  }

  /// After how long without a sign the membership is formed anew: the token's loss, and the
  /// consensus without the lost node, which takes 1.2 times as long again.
  public var lossAfter: TimeSpan { token + token * 1.2 }
}

/// Who is in a part of the cluster, and who runs the service there.
///
///     standby ──coordinator says so: quorum, and every lost node is fenced──▶ active
///        ▲                                                                      │
///        └──────────────── no quorum (stop) · told to stop ◀────────────────────┘
///
/// The member with the lowest number coordinates. **Nothing of a lost node is recovered before its
/// fencing was confirmed**: a silent node is not a dead one, and a switch on its power makes it so.
///
/// Left out: resources with several parts, constraints between them, fencing levels; a node tells
/// of itself ten times each token timeout, where corosync passes a token around.
public struct ClusterElection: Sendable, Hashable {
  /// What follows from a look around.
  public enum Action: Sendable, Hashable {
    /// It runs the service from now on, with this token.
    case activate(token: Int)
    /// It stops the service, and why.
    case stop(String)
    /// It stops the service and starts it again in place, after so many failures.
    case restart(token: Int, failures: Int)
    /// The power of that node is to be cut.
    case fence(NodeID)
    /// Another member is to run the service.
    case tellActivate(NodeID, token: Int)
    /// Another member is to stop it.
    case tellStop(NodeID)
  }

  /// What a member tells of itself.
  public struct Sign: Sendable, Hashable {
    /// The token it is active with; nil when it stands by.
    public let token: Int?
    /// The highest token it knows of.
    public let highest: Int
    /// Whether it may run the service.
    public let isEligible: Bool
  }

  private struct Peer: Sendable, Hashable {
    let node: NodeID
    var heardAt: Instant?
    var token: Int?
    var isEligible = true
    var isFenced = false
    var fencingSince: Instant?
  }

  /// The node itself.
  public let me: NodeID
  /// The options.
  public let options: ClusterElectionOptions
  /// The token that it is active with.
  public private(set) var token: Int?
  /// The highest token heard of.
  public private(set) var highest = 0
  private var peers: [Peer]
  private var hasSeenAll = false
  /// The failures of the service on this node.
  public private(set) var failures: FailCount
  private var movedSince: Instant?
  private var startedAt: Instant
  private var orderedAt: Instant?

  /// A node that has heard nobody.
  public init(_ me: NodeID, peers: [NodeID], options: ClusterElectionOptions, at now: Instant) {
    self.me = me
    self.options = options
    self.peers = peers.map { Peer(node: $0) }
    failures = FailCount(options.failures)
    startedAt = now
  }

  /// How long it waits for an order to show before it gives the next.
  private static let orderPatience = TimeSpan.seconds(1)

  /// What it tells the others now.
  public func sign(at now: Instant) -> Sign {
    Sign(token: token, highest: highest, isEligible: isEligible(at: now))
  }

  /// How long the longest silent peer has been silent.
  public func silence(at now: Instant) -> TimeSpan {
    peers.compactMap { $0.heardAt.map { now - $0 } }.max() ?? .zero
  }

  /// Takes what a member tells of itself.
  public mutating func heard(_ sign: Sign, from node: NodeID, at now: Instant) {
    highest = max(highest, sign.highest)
    guard let place = peers.firstIndex(where: { $0.node == node }) else { return }
    peers[place].heardAt = now
    peers[place].token = sign.token
    peers[place].isEligible = sign.isEligible
    peers[place].isFenced = false
    peers[place].fencingSince = nil
  }

  /// The power of `node` was cut: nothing runs there.
  public mutating func confirmed(_ node: NodeID) {
    guard let place = peers.firstIndex(where: { $0.node == node }) else { return }
    peers[place].isFenced = true
    peers[place].token = nil
  }

  /// The coordinator gave this node the service.
  public mutating func ordered(token new: Int) -> [Action] {
    guard token == nil, new > highest else { return [] }
    highest = new
    token = new
    return [.activate(token: new)]
  }

  /// The service is to be stopped here.
  public mutating func stop(_ why: String) -> [Action] {
    guard token != nil else { return [] }
    token = nil
    return [.stop(why)]
  }

  /// An operator moves the service away: another node is to run it.
  public mutating func ban(at now: Instant) -> [Action] {
    movedSince = now
    return stop("it is moved away")
  }

  /// The service failed here: it is started again in place, until it has failed too often.
  public mutating func failed(_ operation: FailCount.Operation, at now: Instant) -> [Action] {
    guard let token else { return [] }
    failures.failed(operation, at: now)
    let count = failures.count(at: now)
    guard failures.isBanned(at: now) else { return [.restart(token: token, failures: count)] }
    return stop(
      operation == .start && options.failures.isStartFatal
        ? "it cannot be started here" : "it failed here \(count) times")
  }

  /// A check of the service went well.
  public mutating func succeeded() { failures.succeeded() }

  private func isEligible(at now: Instant) -> Bool {
    guard !failures.isBanned(at: now) else { return false }
    guard let movedSince else { return true }
    return options.failures.timeout.map { now - movedSince >= $0 } ?? false
  }

  private func isMember(_ peer: Peer, at now: Instant) -> Bool {
    peer.heardAt.map { now - $0 < options.lossAfter } ?? false
  }

  /// Whether this node's part of the cluster has quorum.
  public func hasQuorum(at now: Instant) -> Bool {
    let members = 1 + peers.count { isMember($0, at: now) }
    return members * 2 > options.votes || options.isTwoNode && options.votes == 2 && hasSeenAll
  }

  /// Looks who is there and decides what follows.
  public mutating func look(at now: Instant) -> [Action] {
    let present = peers.filter { isMember($0, at: now) }
    if present.count == peers.count { hasSeenAll = true }
    let isQuorate = hasQuorum(at: now)
    if !isQuorate, token != nil {
      switch options.noQuorumPolicy {
      case .stop: return stop("its part of the cluster has no quorum")
      case .fence: return stop("no quorum: it fences itself") + [.fence(me)]
      case .freeze, .ignore: break
      }
    }
    guard isQuorate || options.noQuorumPolicy == .ignore else { return [] }
    // Who has just started waits for the others before it takes them for lost.
    guard hasSeenAll || now - startedAt > options.lossAfter else { return [] }
    guard present.allSatisfy({ $0.node > me }) else { return [] }
    return coordinate(present, at: now)
  }

  private mutating func coordinate(_ present: [Peer], at now: Instant) -> [Action] {
    var actions: [Action] = []
    var isClear = true
    if options.isFencing {
      for place in peers.indices
      where !isMember(peers[place], at: now) && !peers[place].isFenced {
        isClear = false
        guard peers[place].fencingSince.map({ now - $0 > .seconds(60) }) ?? true else { continue }
        peers[place].fencingSince = now
        actions.append(.fence(peers[place].node))
      }
    }
    if options.shortcut == .recoversUnfenced { isClear = true }
    let active = (token == nil ? [] : [me]) + present.filter { $0.token != nil }.map(\.node)
    if active.count > 1 {
      // Found active more than once: stop it everywhere, start it in one place.
      for node in active where node != me { actions.append(.tellStop(node)) }
      return actions + stop("it runs in several places")
    }
    let eligible =
      (isEligible(at: now) ? [me] : []) + present.filter(\.isEligible).map(\.node)
    if let node = active.first {
      let wantsHome =
        options.preference > options.stickiness && node != options.preferred
        && eligible.contains(options.preferred)
      guard wantsHome, mayOrder(at: now) else { return actions }
      return actions + (node == me ? stop("it moves to the preferred node") : [.tellStop(node)])
    }
    guard isClear, !eligible.isEmpty, mayOrder(at: now) else { return actions }
    let home = eligible.contains(options.preferred) && options.preference > 0
    let chosen = home ? options.preferred : eligible[0]
    if chosen == me { return actions + ordered(token: highest + 1) }
    return actions + [.tellActivate(chosen, token: highest + 1)]
  }

  private mutating func mayOrder(at now: Instant) -> Bool {
    if let orderedAt, now - orderedAt < Self.orderPatience { return false }
    orderedAt = now
    return true
  }
}
