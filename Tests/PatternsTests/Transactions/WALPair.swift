import Kernel
import Patterns

/// A primary `p` and a replica `r1`.
///
/// The network and the disks take a millisecond. The way between them can be frozen, its messages kept, and servers can be down.
struct WALPair {
  private enum Delivery {
    case input(WALServer.Input, to: String)
  }

  private(set) var servers: [String: WALServer]
  private(set) var now = Instant.zero
  private(set) var replies: [SessionID: StatementReply] = [:]
  private(set) var warnings: Set<SessionID> = []
  private(set) var violation: InvariantViolation?
  /// Whether nothing passes between the two.
  var isFrozen = false
  private var down: Set<String> = []
  private var due: [(at: Instant, delivery: Delivery, isMessage: Bool)] = []
  private static let delay = TimeSpan.milliseconds(1)

  init(_ options: WALOptions) {
    servers = [
      "p": WALServer("p", .primary, options: options), "r1": WALServer("r1", .standby),
    ]
    connect()
  }

  /// The replica says how far it is, and is sent the rest.
  mutating func connect() {
    if let positions = servers["r1"]?.positions { give(.report("r1", positions), to: "p") }
  }

  mutating func insert(_ row: Int, _ level: SynchronousCommit, at server: String) -> SessionID {
    let session = SessionID("\(server)/\(row)")
    give(.insert(row, session, level), to: server)
    return session
  }

  /// The machine is gone, and what was on its way from it too.
  mutating func kill(_ server: String) {
    down.insert(server)
    due = []
    for other in servers.keys.sorted() where other != server {
      give(.disconnected(server), to: other)
    }
  }

  mutating func restart(_ server: String) {
    down.remove(server)
    give(.restarted, to: server)
  }

  mutating func give(_ input: WALServer.Input, to server: String) {
    guard !down.contains(server), var target = servers[server] else { return }
    let outputs = target.step(input, at: now)
    servers[server] = target
    violation = violation ?? target.checkInvariants()
    for output in outputs {
      switch output {
      case .flush(let position): later(.flushed(position), to: server, isMessage: false)
      case .send(let records, let after, let to):
        later(.received(records, after: after), to: to, isMessage: true)
      case .report(let positions): later(.report(server, positions), to: "p", isMessage: true)
      case .reply(let session, let reply): replies[session] = reply
      case .warning(let session, _): warnings.insert(session)
      case .wakeMe(let instant): due.append((instant, .input(.wake, to: server), false))
      }
    }
  }

  private mutating func later(_ input: WALServer.Input, to server: String, isMessage: Bool) {
    due.append((now + Self.delay, .input(input, to: server), isMessage))
  }

  /// Lets time pass.
  mutating func pass(_ span: TimeSpan) {
    let end = now + span
    while let place = due.indices.filter({ !(isFrozen && due[$0].isMessage) })
      .min(by: { (due[$0].at, $0) < (due[$1].at, $1) }), due[place].at <= end
    {
      let (at, delivery, _) = due.remove(at: place)
      now = max(now, at)
      if case .input(let input, let server) = delivery { give(input, to: server) }
    }
    now = end
  }

  func rows(_ server: String) -> [Int] { servers[server]?.visibleRows ?? [] }

  func sees(_ row: Int, on server: String) -> Bool { rows(server).contains(row) }

  func hasReturned(_ session: SessionID) -> Bool { replies[session] == .done("INSERT 0 1") }
}
