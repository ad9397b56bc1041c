import Kernel
import Patterns

/// A primary `p` and replicas `r1`, `r2` and so on, each of which follows a primary.
///
/// The network and the disks take a millisecond. The way between a primary and a replica can be
/// frozen, its messages kept, and servers can be down.
struct WALCluster {
  private struct Delivery {
    let at: Instant
    let input: WALServer.Input
    /// Nil for what a server does for itself.
    let sender: String?
    let target: String
  }

  private(set) var servers: [String: WALServer]
  private(set) var now = Instant.zero
  private(set) var replies: [SessionID: StatementReply] = [:]
  private(set) var warnings: Set<SessionID> = []
  private(set) var violation: InvariantViolation?
  /// The replicas that nothing passes to or from.
  private(set) var frozen: Set<String> = []
  private(set) var down: Set<String> = []
  /// Whom each replica follows.
  private var sources: [String: String] = [:]
  private var due: [Delivery] = []
  private static let delay = TimeSpan.milliseconds(1)

  init(_ options: WALOptions, replicas: Int = 1) {
    servers = ["p": WALServer("p", .primary, options: options)]
    for name in Self.names(replicas) {
      servers[name] = WALServer(name, .standby, options: Self.standby(options))
      follow(name, "p")
    }
  }

  /// A standby waits for nobody, unless it is told to once it is a primary.
  private static func standby(_ options: WALOptions) -> WALOptions {
    var options = options
    options.synchronousStandbys = SynchronousStandbys()
    return options
  }

  static func names(_ replicas: Int) -> [String] { (0..<replicas).map { "r\($0 + 1)" } }

  /// All servers that are up, by name.
  var up: [String] { servers.keys.sorted().filter { !down.contains($0) } }

  /// A replica connects to a primary, if it can follow it: it says how far it is, and is sent the
  /// rest.
  mutating func follow(_ replica: String, _ primary: String) {
    if let old = sources[replica] { give(.disconnected(replica), to: old) }
    sources[replica] = primary
    guard let mine = servers[replica], let other = servers[primary], other.role == .primary,
      !down.contains(primary), mine.canFollow(other)
    else { return }
    give(.report(replica, mine.positions), to: primary)
  }

  mutating func insert(_ row: Int, _ level: SynchronousCommit, at server: String) -> SessionID {
    let session = SessionID("\(server)/\(row)")
    give(.insert(row, session, level), to: server)
    return session
  }

  mutating func freeze(_ replica: String) { frozen.insert(replica) }

  /// What was kept arrives now.
  mutating func thaw(_ replica: String) { frozen.remove(replica) }

  /// The machine is gone, and what was on its way from it or to it too.
  mutating func kill(_ server: String) {
    down.insert(server)
    due.removeAll { $0.target == server || $0.sender == server }
    frozen.remove(server)
    for replica in servers.keys.sorted() where sources[replica] == server {
      frozen.remove(replica)
    }
    if let source = sources[server] { give(.disconnected(server), to: source) }
  }

  mutating func restart(_ server: String) {
    down.remove(server)
    give(.restarted, to: server)
    if let source = sources[server] { follow(server, source) }
    for replica in up where sources[replica] == server { follow(replica, server) }
  }

  mutating func promote(_ replica: String) {
    give(.promote, to: replica)
    sources[replica] = nil
  }

  mutating func give(_ input: WALServer.Input, to server: String) {
    guard !down.contains(server), var target = servers[server] else { return }
    let outputs = target.step(input, at: now)
    servers[server] = target
    violation = violation ?? target.checkInvariants()
    for output in outputs {
      switch output {
      case .flush(let position): later(.flushed(position), from: nil, to: server)
      case .send(let records, let after, let other):
        later(.received(records, after: after), from: server, to: other)
      case .report(let positions):
        if let source = sources[server] {
          later(.report(server, positions), from: server, to: source)
        }
      case .reply(let session, let reply): replies[session] = reply
      case .warning(let session, _): warnings.insert(session)
      case .wakeMe(let at):
        due.append(Delivery(at: at, input: .wake, sender: nil, target: server))
      }
    }
  }

  private mutating func later(_ input: WALServer.Input, from sender: String?, to target: String) {
    due.append(Delivery(at: now + Self.delay, input: input, sender: sender, target: target))
  }

  private func isKept(_ delivery: Delivery) -> Bool {
    guard let sender = delivery.sender else { return false }
    return frozen.contains(sender) || frozen.contains(delivery.target)
  }

  /// Lets time pass.
  mutating func pass(_ span: TimeSpan) {
    let end = now + span
    while let place = due.indices.filter({ !isKept(due[$0]) })
      .min(by: { (due[$0].at, $0) < (due[$1].at, $1) }), due[place].at <= end
    {
      let delivery = due.remove(at: place)
      now = max(now, delivery.at)
      give(delivery.input, to: delivery.target)
    }
    now = end
  }

  func rows(_ server: String) -> [Int] { servers[server]?.visibleRows ?? [] }

  func sees(_ row: Int, on server: String) -> Bool { rows(server).contains(row) }

  func hasReturned(_ session: SessionID) -> Bool { replies[session] == .done("INSERT 0 1") }
}
