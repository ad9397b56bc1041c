import Kernel
import Patterns
import Presentation

/// A ZooKeeper server under commands, with sessions that ping until they are paused.
///
/// The clock stands still until `tick`. A session's client pings after a third of its timeout.
public struct ZooKeeperBench: Bench {
  /// The knobs and where they stand.
  public private(set) var settings: Settings
  var server: ZooKeeperServer
  var now = Instant.zero
  var clients: [Client] = []
  var counters = Counters()
  var news: [Text] = []

  /// A session and its client.
  struct Client: Sendable, Equatable {
    let name: String
    let id: ZooKeeperSessionID
    let timeout: TimeSpan
    var lastSent: Instant
    var isPaused = false
  }

  /// What has been counted since the bench was made.
  struct Counters: Sendable, Equatable {
    var events = 0
    var expired = 0
    var lastNumber: Int?
    var lastCount: Int?
    var lastVersion: Int?
    var failed = 0
    var granted: TimeSpan?
  }

  /// A fresh bench with two sessions, A and B.
  init() {
    settings = Settings(ZooKeeperOptions.knobs)
    server = ZooKeeperServer(options: ZooKeeperOptions(settings))
    connect("A", .seconds(10))
    connect("B", .seconds(10))
    news = []
  }

  /// The names that commands take.
  public var parts: [String] { clients.map(\.name) }

  /// What the bench leaves out.
  public var fidelity: Fidelity {
    Fidelity(
      models: [
        "Sequence numbers, watches and the end of sessions were compared with recordings of "
          + "ZooKeeper 3.8.0 step by step."
      ],
      leavesOut: ["Messages take no time here."] + ToolPreset.zookeeper.leavesOut,
      sources: [
        "github.com/apache/zookeeper zookeeper-server/src/main/java/org/apache/zookeeper/server: "
          + "DataTree.java, PrepRequestProcessor.java, ExpiryQueue.java",
        "Hunt et al., ZooKeeper: Wait-free coordination for Internet-scale systems, ATC 2010",
      ])
  }

  /// The first invariant that does not hold, or nil.
  public func checkInvariants() -> InvariantViolation? { server.checkInvariants() }

  /// Turns knobs; the server begins anew.
  public mutating func apply(_ changed: Settings) throws(Diagnostic) -> Document {
    let options = ZooKeeperOptions(changed)
    guard options.minSessionTicks <= options.maxSessionTicks else {
      throw Diagnostic(
        "The shortest session timeout is above the longest.",
        found: "minSessionTimeout.ticks=\(options.minSessionTicks)",
        expected: "at most \(options.maxSessionTicks)")
    }
    settings = changed
    server = ZooKeeperServer(options: options)
    now = .zero
    clients = []
    counters = Counters()
    connect("A", .seconds(10))
    connect("B", .seconds(10))
    news = []
    var reply = Document()
    reply.add(.text(settings.turned))
    reply.add("The server begins anew, with sessions A and B.")
    return reply
  }

  mutating func connect(_ name: String, _ timeout: TimeSpan) {
    for output in server.step(.connect(timeout: timeout), at: now) {
      if case .connected(let id, let granted) = output {
        clients.append(Client(name: name, id: id, timeout: granted, lastSent: now))
        counters.granted = granted
        news.append(
          Text("\(name)   asked for a timeout of \(timeout) and got \(granted)"))
      } else {
        note(output)
      }
    }
  }

  /// Gives the server an input and notes what it leads to.
  mutating func give(_ input: ZooKeeperServer.Input) {
    for output in server.step(input, at: now) { note(output) }
  }

  /// What can be measured right now.
  public var facts: [Measurement] {
    func count(_ name: String, _ value: Int?) -> Measurement {
      Measurement(name, value.map(Double.init), .count)
    }
    return [
      count("sessions", server.sessions.count), count("expired", counters.expired),
      count("events", counters.events), count("last_number", counters.lastNumber),
      count("last_count", counters.lastCount), count("last_version", counters.lastVersion),
      count("failed", counters.failed),
      Measurement("granted", counters.granted?.seconds, .seconds),
      Measurement("clock", now.seconds, .seconds),
    ]
  }
}
