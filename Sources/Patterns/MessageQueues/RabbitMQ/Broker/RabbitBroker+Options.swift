import Kernel

/// The settings of a broker.
public struct RabbitBrokerOptions: Sendable, Hashable {
  /// What is declared when the broker starts for the first time.
  public struct Definitions: Sendable, Hashable {
    /// A queue and where it is.
    public struct Queue: Sendable, Hashable {
      /// The name.
      public let name: String
      /// How it is declared.
      public let arguments: RabbitQueueArguments
      /// The broker that has it, if it is classic.
      public let home: NodeID

      /// A queue.
      public init(_ name: String, _ arguments: RabbitQueueArguments, home: NodeID) {
        self.name = name
        self.arguments = arguments
        self.home = home
      }
    }

    /// The exchanges.
    public var exchanges: [RabbitExchange]
    /// The queues of the whole cluster.
    public var queues: [Queue]
    /// The bindings.
    public var bindings: [RabbitBinding]

    /// Definitions; none by default.
    public init(
      exchanges: [RabbitExchange] = [], queues: [Queue] = [], bindings: [RabbitBinding] = []
    ) {
      self.exchanges = exchanges
      self.queues = queues
      self.bindings = bindings
    }
  }

  /// The brokers of the cluster, the same on all; nil is a broker alone.
  public var nodes: [NodeID]?
  /// What is declared at the first start.
  public var definitions: Definitions
  /// The limit for the consumers of a channel that does not say otherwise; 0 is none.
  public var defaultPrefetch: Int
  /// How Raft runs under quorum queues.
  public var raft: RaftOptions
  /// How many commands a quorum queue applies between two snapshots.
  public var snapshotInterval: Int
  /// How long a broker waits for the result of a command before it asks again.
  public var resendInterval: TimeSpan
  /// How long a broker may be silent before its channels are given up: `net_ticktime`.
  public var netTickTime: TimeSpan
  /// Wrong ways to build a broker; none by default.
  public var shortcuts: Set<RabbitShortcut>

  /// The settings; times of Raft are those of `RaftOptions`.
  public init(
    nodes: [NodeID]? = nil, definitions: Definitions = Definitions(), defaultPrefetch: Int = 0,
    raft: RaftOptions = RaftOptions(), snapshotInterval: Int = 4_096,
    resendInterval: TimeSpan = .seconds(1), netTickTime: TimeSpan = .seconds(60),
    shortcuts: Set<RabbitShortcut> = []
  ) {
    precondition(resendInterval > .zero, "a command is not sent again all the time")
    self.nodes = nodes
    self.definitions = definitions
    self.defaultPrefetch = defaultPrefetch
    self.raft = raft
    self.snapshotInterval = snapshotInterval
    self.resendInterval = resendInterval
    self.netTickTime = netTickTime
    self.shortcuts = shortcuts
  }
}
