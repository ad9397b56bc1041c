import Kernel

/// A caller's view of one service by blocking queries: ask, wait for something newer, ask again.
///
/// On an error it keeps what it has, waits and asks the next server. An index that goes backwards
/// starts over from 0, as the documentation asks of clients.
/// Source: hashicorp/consul documentation, "Blocking queries".
public struct ConsulResolver: Machine {
  /// What can happen to the resolver.
  public enum Input: Sendable, Hashable {
    /// The process starts.
    case started
    /// A server answered.
    case answered(Int, ConsulResponse)
    /// A wake-up.
    case wake
  }

  /// What the resolver asks for or states.
  public enum Output: Sendable, Hashable {
    /// Call a server.
    case call(Int, ConsulRequest, server: NodeID)
    /// Wake the machine at that time.
    case wakeMe(at: Instant)
    /// The view changed.
    case viewChanged(added: [NodeID], removed: [NodeID])
    /// An answer came, newer or not.
    case answered
    /// No answer, or no leader; the view stays as it is.
    case failed
  }

  enum Timer: Sendable, Hashable { case ask, timeout }

  /// The servers it may ask.
  public let servers: [NodeID]
  /// What it asks.
  public private(set) var query: ConsulQuery
  /// The instances as last answered, in order.
  public private(set) var instances: [NodeID] = []
  /// The last answer's age.
  public private(set) var lastContact = TimeSpan.zero
  private var server = 0
  private var call = 0
  private var isWaiting = false
  private var timers = DueTimers<Timer>()

  /// How long it waits after an error.
  public static let retryDelay = TimeSpan.seconds(1)
  /// How much longer than the query's own wait it waits for an answer.
  public static let grace = TimeSpan.seconds(10)

  /// A resolver of `query` that begins with the server at `first`.
  public init(_ query: ConsulQuery, servers: [NodeID], first: Int = 0) {
    precondition(!servers.isEmpty, "a resolver needs at least one server")
    self.query = query
    self.servers = servers
    server = first % servers.count
  }

  /// Takes one input at `now` and returns what follows.
  public mutating func step(_ input: Input, at now: Instant) -> [Output] {
    var outputs: [Output] = []
    switch input {
    case .started: ask(at: now, &outputs)
    case .answered(let number, let response):
      guard number == call, isWaiting else { break }
      take(response, at: now, &outputs)
    case .wake:
      timers.woke(at: now)
      while let timer = timers.popDue(at: now) {
        switch timer {
        case .ask: ask(at: now, &outputs)
        case .timeout: retry(at: now, &outputs)
        }
      }
    }
    if let instant = timers.wakeUp() { outputs.append(.wakeMe(at: instant)) }
    return outputs
  }

  private mutating func ask(at now: Instant, _ outputs: inout [Output]) {
    call += 1
    isWaiting = true
    let wait = query.index > 0 ? query.wait + query.wait / 16 : .zero
    timers.set(.timeout, at: now + wait + Self.grace)
    outputs.append(.call(call, .health(query), server: servers[server]))
  }

  private mutating func take(
    _ response: ConsulResponse, at now: Instant, _ outputs: inout [Output]
  ) {
    guard case .health(let answer) = response else {
      retry(at: now, &outputs)
      return
    }
    isWaiting = false
    timers.cancel(.timeout)
    outputs.append(.answered)
    query.index = answer.index < query.index ? 0 : answer.index
    lastContact = answer.lastContact
    let added = answer.instances.filter { !instances.contains($0) }
    let removed = instances.filter { !answer.instances.contains($0) }
    instances = answer.instances
    if !added.isEmpty || !removed.isEmpty {
      outputs.append(.viewChanged(added: added, removed: removed))
    }
    ask(at: now, &outputs)
  }

  private mutating func retry(at now: Instant, _ outputs: inout [Output]) {
    isWaiting = false
    server = (server + 1) % servers.count
    query.index = 0
    timers.cancel(.timeout)
    timers.set(.ask, at: now + Self.retryDelay)
    outputs.append(.failed)
  }

  /// Finds the first invariant that does not hold, or nil.
  ///
  /// **In order**: the view lists each instance once, in order.
  public func checkInvariants() -> InvariantViolation? {
    guard instances == Set(instances).sorted() else {
      return InvariantViolation("in order", witness: "\(instances)")
    }
    return nil
  }
}
