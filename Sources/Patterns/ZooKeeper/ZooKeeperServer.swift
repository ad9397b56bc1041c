import Kernel

/// A ZooKeeper server that stands alone: a tree of nodes, sessions and watches.
///
///     client ──connect──▶ session ──requests──▶ tree ──changes──▶ watches ──events──▶ clients
///                            │ silent for its timeout, to the next tick
///                            ▼
///                     expired: its ephemeral nodes are deleted
///
/// Clients build locks, elections and registries of it: a sequential ephemeral node is a place in a
/// line that its owner's death gives up. **Numbers of sequential nodes rise and are never used twice
/// under one parent. An ephemeral node goes with its session, and only sessions that were silent for
/// their timeout are ended by the server. A watch fires at most once, before the answer to the
/// change that fired it.**
///
/// Left out: the ensemble (Zab), so there are no stale reads and no `sync`; access lists, quotas,
/// containers, TTL nodes, multi, persistent watches, reconnecting to another server. Source:
/// apache/zookeeper, server/; behaviour compared with recordings of version 3.8.0.
public struct ZooKeeperServer: Machine {
  /// What can happen to the server.
  public enum Input: Sendable, Hashable {
    /// A client opens a session and asks for a timeout.
    case connect(timeout: TimeSpan)
    /// A client asks for something.
    case request(ZooKeeperSessionID, ZooKeeperRequest)
    /// A client ends its session.
    case close(ZooKeeperSessionID)
    /// A wake-up that was asked for, or any other.
    case wake
  }

  /// What the server asks for or states.
  public enum Output: Sendable, Hashable {
    /// A session is open, with the timeout that it got.
    case connected(ZooKeeperSessionID, timeout: TimeSpan)
    /// The answer to a request.
    case reply(ZooKeeperSessionID, ZooKeeperResponse)
    /// A watch of the session fired.
    case event(ZooKeeperSessionID, ZooKeeperEvent)
    /// A session was silent for too long and is over; so many nodes went with it.
    case expired(ZooKeeperSessionID, nodes: Int)
    /// A session was closed by its client; so many nodes went with it.
    case closed(ZooKeeperSessionID, nodes: Int)
    /// Wake the machine at that time.
    case wakeMe(at: Instant)
  }

  /// The settings.
  public let options: ZooKeeperOptions
  var tree = ZNodeTree()
  var watches = ZooKeeperWatches()
  private var timeouts: [ZooKeeperSessionID: TimeSpan] = [:]
  private var nextSession = 1
  private var timers = DueTimers<ZooKeeperSessionID>()

  /// A server with nothing but the root.
  public init(options: ZooKeeperOptions = ZooKeeperOptions()) { self.options = options }

  /// Takes one input at `now` and returns what follows.
  public mutating func step(_ input: Input, at now: Instant) -> [Output] {
    var outputs: [Output] = []
    endOverdue(at: now, &outputs)
    switch input {
    case .connect(let wanted):
      let session = ZooKeeperSessionID(nextSession)
      nextSession += 1
      let granted = min(max(wanted, options.minSessionTimeout), options.maxSessionTimeout)
      timeouts[session] = granted
      touch(session, at: now)
      outputs.append(.connected(session, timeout: granted))
    case .request(let session, let request):
      guard timeouts[session] != nil else {
        outputs.append(.reply(session, .failed(.sessionExpired)))
        break
      }
      touch(session, at: now)
      let response = answer(request, session, &outputs)
      outputs.append(.reply(session, response))
    case .close(let session):
      if timeouts[session] != nil {
        outputs.append(.closed(session, nodes: end(session, &outputs)))
      }
    case .wake: timers.woke(at: now)
    }
    if let instant = timers.wakeUp() { outputs.append(.wakeMe(at: instant)) }
    return outputs
  }

  /// The sessions that are open, in the order of opening, and when each ends if it stays silent.
  public var sessions: [(id: ZooKeeperSessionID, timeout: TimeSpan, expires: Instant)] {
    (1..<max(1, nextSession)).compactMap { number in
      let id = ZooKeeperSessionID(number)
      guard let timeout = timeouts[id], let expires = timers.due(id) else { return nil }
      return (id, timeout, expires)
    }
  }

  /// Every node's path and what is known of it, in the order of paths.
  public var nodes: [(path: String, stat: ZNodeStat)] {
    tree.nodes.keys.sorted().compactMap { path in tree.nodes[path].map { (path, $0.stat) } }
  }

  /// How many watches a session has set.
  public func watchCount(of session: ZooKeeperSessionID) -> Int { watches.count(of: session) }

  /// Every message of a session puts its end off, to the tick after its timeout.
  private mutating func touch(_ session: ZooKeeperSessionID, at now: Instant) {
    guard let timeout = timeouts[session] else { return }
    timers.set(session, at: options.tick(after: now + timeout))
  }

  private mutating func endOverdue(at now: Instant, _ outputs: inout [Output]) {
    while let session = timers.popDue(at: now) {
      outputs.append(.expired(session, nodes: end(session, &outputs)))
    }
  }

  /// Ends a session and returns how many nodes went with it.
  private mutating func end(
    _ session: ZooKeeperSessionID, _ outputs: inout [Output]
  ) -> Int {
    let count = tree.ephemerals[session]?.count ?? 0
    timeouts[session] = nil
    timers.cancel(session)
    watches.forget(session)
    if !options.shortcuts.contains(.ephemeralsOutliveSession) {
      var changes: [ZNodeTree.Change] = []
      tree.end(session, &changes)
      fire(changes, &outputs)
    }
    return count
  }

  private mutating func answer(
    _ request: ZooKeeperRequest, _ session: ZooKeeperSessionID, _ outputs: inout [Output]
  ) -> ZooKeeperResponse {
    var changes: [ZNodeTree.Change] = []
    do throws(ZooKeeperError) {
      let response = try carryOut(request, session, &changes)
      fire(changes, &outputs)
      return response
    } catch {
      return .failed(error)
    }
  }

  private mutating func carryOut(
    _ request: ZooKeeperRequest, _ session: ZooKeeperSessionID,
    _ changes: inout [ZNodeTree.Change]
  ) throws(ZooKeeperError) -> ZooKeeperResponse {
    switch request {
    case .create(let path, let data, let isEphemeral, let isSequential):
      return .created(
        try tree.create(
          path, data, owner: isEphemeral ? session : nil, isSequential: isSequential,
          reusesNumbers: options.shortcuts.contains(.sequenceNumbersAreReused), &changes))
    case .delete(let path, let version):
      try tree.delete(path, version: version, &changes)
      return .done
    case .setData(let path, let data, let version):
      return .stat(try tree.set(path, data, version: version, &changes))
    case .getData(let path, let watch):
      let node = try tree.node(path)
      if watch { watches.watchData(path, session) }
      return .data(node.data, node.stat)
    case .exists(let path, let watch):
      guard ZNodePath.isValid(path) else { throw .badArguments }
      if watch { watches.watchData(path, session) }
      return .stat(tree.nodes[path]?.stat)
    case .getChildren(let path, let watch):
      let node = try tree.node(path)
      if watch { watches.watchChildren(path, session) }
      return .children(node.children)
    case .ping: return .done
    }
  }

  private mutating func fire(_ changes: [ZNodeTree.Change], _ outputs: inout [Output]) {
    for change in changes {
      let told = watches.fire(change, staysSet: options.shortcuts.contains(.watchesStay))
      outputs += told.map { .event($0.0, $0.1) }
    }
  }
}

extension ZooKeeperServer {
  /// Finds the first invariant that does not hold in this state, or nil.
  public func checkInvariants() -> InvariantViolation? {
    for path in tree.nodes.keys.sorted() {
      guard let node = tree.nodes[path] else { continue }
      if let owner = node.owner, timeouts[owner] == nil {
        return InvariantViolation(
          "ephemerals go with their session",
          witness: "\(path) belongs to session \(owner.number), which is over")
      }
      if let owner = node.owner, !node.children.isEmpty {
        return InvariantViolation(
          "ephemerals have no children", witness: "\(path) of session \(owner.number) has some")
      }
      if let (parent, name) = ZNodePath.parting(path),
        !(tree.nodes[parent]?.children.contains(name) ?? false)
      {
        return InvariantViolation("every node has its parent", witness: "\(path) has none")
      }
      if node.creations < node.children.count {
        return InvariantViolation(
          "children were created",
          witness: "\(path) has \(node.children.count) of \(node.creations) created")
      }
    }
    return nil
  }
}
