import Kernel
import Patterns

/// Sessions by name on one server, each with a client library that tells its watch functions of
/// events as kazoo does: a function is told once however often it was set, and those of one node
/// together.
struct ZooKeeperClients {
  /// What a watch function was told.
  struct Told: Hashable {
    let function: String
    let event: ZooKeeperEvent
  }

  private(set) var server: ZooKeeperServer
  private(set) var now = Instant.zero
  private(set) var told: [Told] = []
  private(set) var granted: [String: TimeSpan] = [:]
  private(set) var violation: InvariantViolation?
  private(set) var goneAt: [String: Instant] = [:]
  private var ids: [String: ZooKeeperSessionID] = [:]
  private var dataWatches: [String: [String]] = [:]
  private var childWatches: [String: [String]] = [:]
  private var wakes: [Instant] = []
  private var last: ZooKeeperResponse?

  init(_ options: ZooKeeperOptions = ZooKeeperOptions()) {
    server = ZooKeeperServer(options: options)
  }

  mutating func connect(_ name: String, timeout: TimeSpan = .seconds(10)) {
    give(.connect(timeout: timeout), for: name)
  }

  mutating func close(_ name: String) {
    if let id = ids.removeValue(forKey: name) { give(.close(id), for: name) }
  }

  /// Asks for something and returns the answer.
  mutating func ask(_ name: String, _ request: ZooKeeperRequest) -> ZooKeeperResponse {
    guard let id = ids[name] else { return .failed(.sessionExpired) }
    last = nil
    give(.request(id, request), for: name)
    return last ?? .failed(.sessionExpired)
  }

  /// Asks with a watch function for the answer's node.
  mutating func watch(_ name: String, _ function: String, _ request: ZooKeeperRequest) {
    switch request {
    case .getData(let path, _), .exists(let path, _):
      if !(dataWatches[path] ?? []).contains(function) {
        dataWatches[path, default: []].append(function)
      }
    case .getChildren(let path, _):
      if !(childWatches[path] ?? []).contains(function) {
        childWatches[path, default: []].append(function)
      }
    case .create, .delete, .setData, .ping: break
    }
    _ = ask(name, request)
  }

  /// Takes what the watch functions were told.
  mutating func takeTold() -> [Told] {
    defer { told = [] }
    return told
  }

  mutating func pass(until end: Instant) {
    while let next = wakes.min(), next <= end {
      wakes.removeAll { $0 == next }
      now = max(now, next)
      give(.wake, for: "")
    }
    now = max(now, end)
  }

  private mutating func give(_ input: ZooKeeperServer.Input, for name: String) {
    for output in server.step(input, at: now) {
      switch output {
      case .connected(let id, let timeout):
        ids[name] = id
        granted[name] = timeout
      case .reply(_, let response): last = response
      case .event(_, let event): tell(event)
      case .expired(let id, _):
        if let name = ids.first(where: { $0.value == id })?.key { goneAt[name] = now }
      case .closed: break
      case .wakeMe(let instant): wakes.append(instant)
      }
    }
    violation = violation ?? server.checkInvariants()
  }

  private mutating func tell(_ event: ZooKeeperEvent) {
    var functions: [String] = []
    if event.kind != .child { functions += dataWatches.removeValue(forKey: event.path) ?? [] }
    if event.kind == .child || event.kind == .deleted {
      functions += childWatches.removeValue(forKey: event.path) ?? []
    }
    told += functions.map { Told(function: $0, event: event) }
  }
}
