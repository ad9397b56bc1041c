import Kernel

/// Whoever follows the endpoint slices of the cluster: kube-proxy on every machine, and the name
/// server.
///
/// kube-proxy writes its rules at most once in the minimum sync period, and picks a backend at
/// random for each connection; a pick that turns out dead is not repaired. When no endpoint is
/// ready, those that terminate but still serve are used (KEP-1669).
/// Source: kubernetes/website, `reference/networking/virtual-ips`.
public struct KubeWatcher: Machine {
  /// What can happen.
  public enum Input: Sendable, Hashable {
    /// The process starts.
    case started
    /// An API server answered.
    case answered(Int, KubeResponse)
    /// A wake-up.
    case wake
  }

  /// What the watcher asks for or states.
  public enum Output: Sendable, Hashable {
    /// Call an API server.
    case call(Int, KubeRequest, server: NodeID)
    /// Wake the machine at that time.
    case wakeMe(at: Instant)
    /// The rules changed.
    case viewChanged(ServiceID, added: [NodeID], removed: [NodeID])
  }

  enum Timer: Sendable, Hashable { case sync, pingDue, pingTimeout }

  /// The settings.
  public let options: KubeProxyOptions
  /// The slices as last heard.
  public private(set) var slices: [KubeEndpointSlice] = []
  /// The rules in force: the backends of each service, in order.
  public private(set) var rules: [ServiceID: [NodeID]] = [:]
  private var connection: KubeConnection
  private var watch = 0
  private var ping = 0
  private var lastSync: Instant?
  private var timers = DueTimers<Timer>()

  /// A watcher that begins with the API server at `first`.
  public init(servers: [NodeID], first: Int, options: KubeProxyOptions = KubeProxyOptions()) {
    self.options = options
    connection = KubeConnection(servers, first: first)
  }

  /// Takes one input at `now` and returns what follows.
  public mutating func step(_ input: Input, at now: Instant) -> [Output] {
    var outputs: [Output] = []
    switch input {
    case .started: open(at: now, &outputs)
    case .answered(let call, let response): take(call, response, at: now)
    case .wake:
      timers.woke(at: now)
      while let timer = timers.popDue(at: now) {
        switch timer {
        case .sync: sync(at: now, &outputs)
        case .pingDue: sendPing(at: now, &outputs)
        case .pingTimeout:
          connection.moveOn()
          open(at: now, &outputs)
        }
      }
    }
    if let instant = timers.wakeUp() { outputs.append(.wakeMe(at: instant)) }
    return outputs
  }

  /// The backends of `service` by `slices`, in order.
  public static func backends(
    of service: ServiceID, in slices: [KubeEndpointSlice]
  ) -> [NodeID] {
    let endpoints = slices.filter { $0.service == service }.flatMap(\.endpoints)
    let ready = endpoints.filter(\.isReady)
    let chosen = ready.isEmpty ? endpoints.filter { $0.isServing && $0.isTerminating } : ready
    return chosen.map(\.pod).sorted()
  }

  private mutating func take(_ call: Int, _ response: KubeResponse, at now: Instant) {
    switch response {
    case .slices(let heard, _):
      guard call == watch else { return }
      heardServer(at: now)
      guard heard != slices else { return }
      slices = heard
      guard timers.due(.sync) == nil else { return }
      timers.set(.sync, at: max(now, (lastSync ?? .zero) + options.minSyncPeriod))
    case .pong: if call == ping { heardServer(at: now) }
    case .done, .unavailable, .pods: break
    }
  }

  private mutating func sync(at now: Instant, _ outputs: inout [Output]) {
    lastSync = now
    let services = Set(slices.map(\.service)).union(rules.keys).sorted()
    for service in services {
      let before = rules[service] ?? []
      let all = slices.filter { $0.service == service }.flatMap(\.endpoints).map(\.pod).sorted()
      let isBlind = options.shortcut == .ignoresReadiness
      let after = isBlind ? all : Self.backends(of: service, in: slices)
      rules[service] = after
      guard before != after else { continue }
      outputs.append(
        .viewChanged(
          service, added: after.filter { !before.contains($0) },
          removed: before.filter { !after.contains($0) }))
    }
  }

  private mutating func open(at now: Instant, _ outputs: inout [Output]) {
    watch = connection.makeCall()
    outputs.append(.call(watch, .watchSlices, server: connection.server))
    sendPing(at: now, &outputs)
  }

  private mutating func sendPing(at now: Instant, _ outputs: inout [Output]) {
    ping = connection.makeCall()
    outputs.append(.call(ping, .ping, server: connection.server))
    timers.set(.pingTimeout, at: now + KubeConnection.pingTimeout)
  }

  private mutating func heardServer(at now: Instant) {
    timers.cancel(.pingTimeout)
    timers.set(.pingDue, at: now + KubeConnection.pingInterval)
  }

  /// Finds the first invariant that does not hold, or nil.
  ///
  /// **Rules from slices**: every backend in the rules once stood in a slice; when no write of the
  /// rules is due, the rules are exactly the slices'.
  public func checkInvariants() -> InvariantViolation? {
    guard timers.due(.sync) == nil else { return nil }
    for service in rules.keys.sorted() {
      let expected = Self.backends(of: service, in: slices)
      if rules[service] != expected {
        return InvariantViolation(
          "rules from slices", witness: "\(rules[service] ?? []) for \(expected)")
      }
    }
    return nil
  }
}
