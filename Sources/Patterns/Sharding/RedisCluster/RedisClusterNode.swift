import Kernel

/// A node of a Redis cluster: it serves keys of its slots, sends clients elsewhere for others, hands
/// slots over key by key, watches the other nodes, and replaces its master when that one fails.
///
///     serve ◀── owns the slot            MOVED ──▶ another node owns it
///     ASK   ◀── owns it, is handing it over, and no longer has the key
///     serve ◀── is taking it over, and the client said ASKING just before
///     TRYAGAIN ◀── several keys, some here and some gone
///
/// A node unheard of for half the node timeout is pinged; without an answer for a whole one it is
/// suspected (PFAIL); when a majority of masters say so within two timeouts it has failed (FAIL),
/// and everybody is told. A replica of a failed master waits 500 ms, up to 500 ms more by chance and
/// 1 s for each replica with newer data, asks the masters for their vote, and takes over.
/// Replication is asynchronous: a write that was acknowledged and not yet sent on is lost.
///
/// Strings are the only type; persistence, scripts, replica migration and manual failover are left
/// out. Links are not modelled: a message that is lost stands for a broken connection.
///
/// Source: Redis Cluster specification; redis/redis 7.0 `src/cluster.c` (`getNodeByQuery`,
/// `clusterCron`, `markNodeAsFailingIfNeeded`, `clusterHandleSlaveFailover`).
public struct RedisClusterNode: Machine {
  /// What can happen to the node.
  public enum Input: Sendable {
    /// The process starts.
    case started
    /// A client sends a command.
    case command(client: Int, [String])
    /// Another node says something.
    case message(RedisClusterMessage, from: NodeID)
    /// The node is told to get to know another one (`CLUSTER MEET`).
    case meet(NodeID)
    /// The time asked for has come.
    case wake
  }

  /// What the node asks for or states.
  public enum Output: Sendable, Equatable {
    /// Answer a client.
    case reply(client: Int, RedisReply)
    /// Send this to another node.
    case send(RedisClusterMessage, to: NodeID)
    /// Call again then.
    case wakeMe(at: Instant)
    /// Something of note happened.
    case entered(Fact)
  }

  /// What a node states.
  public enum Fact: Sendable, Hashable {
    /// It cannot reach that node.
    case suspected(NodeID)
    /// A majority of masters cannot reach that node.
    case failed(NodeID)
    /// That node is reachable again.
    case recovered(NodeID)
    /// It asks for votes in this epoch.
    case candidate(epoch: UInt64)
    /// It has taken over its master's slots in this epoch.
    case promoted(epoch: UInt64)
    /// It has lost its slots to that node and replicates it now.
    case demoted(to: NodeID)
    /// The cluster, as seen from here, serves keys or does not.
    case stateChanged(isUp: Bool)
  }

  /// What the node remembers of a client.
  struct Client: Sendable, Equatable {
    /// Whether the command before was ASKING.
    var isAsking = false
    /// Whether it reads from replicas.
    var isReadOnly = false
    /// The commands queued since MULTI; nil outside a transaction.
    var queue: [[String]]?
    /// Whether a queued command was refused.
    var isDirty = false
  }

  /// A MIGRATE that waits for the target.
  struct Transfer: Sendable, Equatable {
    let number: Int
    let client: Int
    let keys: [String]
    let isCopy: Bool
    let until: Instant
  }

  /// Where a replica stands on its way to replace its master.
  struct Election: Sendable, Equatable {
    /// When it asks for votes.
    var asksAt: Instant
    var rank: Int
    var hasAsked = false
    var epoch: UInt64 = 0
    var votes = 0
  }

  /// This node.
  public let node: NodeID
  /// The parameters.
  public let options: RedisClusterOptions
  var view = RedisClusterView()
  var keyspace = RedisKeyspace()
  var clients: [Int: Client] = [:]
  /// Slots that are being handed over, and to whom; taken over, and from whom.
  var migrating: [Int: NodeID] = [:]
  var importing: [Int: NodeID] = [:]
  var currentEpoch: UInt64 = 0
  var lastVoteEpoch: UInt64 = 0
  var offset = 0
  /// When this replica last heard of its master's data.
  var masterHeardAt = Instant.zero
  var election: Election?
  var transfer: Transfer?
  /// Commands that came while a transfer blocked the node.
  var backlog: [(client: Int, words: [String])] = []
  var transferCount = 0
  var choreCount = 0
  /// Whether the cluster serves keys, as seen from here.
  public internal(set) var isClusterUp = false
  var minorityAt: Instant?
  var random: RandomStream

  /// A node that knows nobody and owns `slots`.
  public init(
    _ node: NodeID, slots: [ClosedRange<Int>] = [], _ options: RedisClusterOptions,
    random: RandomStream
  ) {
    self.node = node
    self.options = options
    self.random = random
    view.add(node, at: .zero)
    for run in slots { for slot in run { view.assign(slot, to: node) } }
  }

  /// Makes this node a replica of `master`, which it must know already.
  public mutating func replicate(_ master: NodeID) {
    view.update(node) { $0.master = master }
  }

  /// Gives this node its configuration epoch.
  ///
  /// `redis-cli --cluster create` hands out 1, 2, 3 and so on.
  public mutating func setConfigEpoch(_ epoch: UInt64) {
    view.update(node) { $0.configEpoch = epoch }
    currentEpoch = max(currentEpoch, epoch)
  }

  /// Tells this node of another one with its slots and its master, as after a meeting.
  public mutating func know(
    _ other: NodeID, slots: [ClosedRange<Int>], master: NodeID?, configEpoch: UInt64,
    at now: Instant
  ) {
    view.add(other, at: now)
    view.update(other) {
      $0.master = master
      $0.configEpoch = configEpoch
    }
    currentEpoch = max(currentEpoch, configEpoch)
    for run in slots { for slot in run { view.assign(slot, to: other) } }
  }

  /// The master that this node replicates; nil when it is a master.
  public var master: NodeID? { view.peer(node)?.master }

  /// Whether this node knows that a majority of masters cannot reach `other`.
  public func hasFailed(_ other: NodeID) -> Bool { view.peer(other)?.isFailed ?? false }

  /// The value that this node holds under `key`, whoever owns its slot.
  public func value(_ key: String) -> String? { keyspace[key] }

  /// The owner of `slot` as this node knows it.
  public func owner(of slot: Int) -> NodeID? { view.owners[slot] }

  /// The node that `slot` is being handed over to, if it is.
  public func migrationTarget(of slot: Int) -> NodeID? { migrating[slot] }

  /// The 40 hexadecimal digits that name a node in commands.
  public static func name(of node: NodeID) -> String {
    let words = (0..<3).map { String(XXHash64.hash(word: UInt64(node.index), seed: $0), radix: 16) }
    return String((words.joined() + String(repeating: "0", count: 40)).prefix(40))
  }

  /// Takes one input and returns what follows, in order.
  public mutating func step(_ input: Input, at now: Instant) -> [Output] {
    var outputs: [Output] = []
    switch input {
    case .started:
      masterHeardAt = now
      for peer in view.peers { view.update(peer.node) { $0.pongReceived = now } }
      if let master { outputs.append(.send(.synchronize, to: master)) }
      outputs.append(.wakeMe(at: now + RedisClusterOptions.chorePeriod))
    case .command(let client, let words):
      if transfer != nil {
        backlog.append((client, words))
      } else {
        run(words, client: client, at: now, &outputs)
      }
    case .message(let message, let sender): take(message, from: sender, at: now, &outputs)
    case .meet(let other):
      view.add(other, at: now)
      outputs.append(.send(.ping(heartbeat(to: other)), to: other))
    case .wake:
      doChores(at: now, &outputs)
      outputs.append(.wakeMe(at: now + RedisClusterOptions.chorePeriod))
    }
    updateState(at: now, &outputs)
    return outputs
  }
}
