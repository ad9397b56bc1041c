import Kernel

/// Brings every sidecar to the configuration that is wanted, part by part.
///
///     changed ──quiet for a while, or long enough──▶ pushing ──every proxy has acknowledged──▶ settled
///
/// A proxy gets one part at a time, in the order of ranks, and the next when it has acknowledged:
/// clusters before the routes that name them. That is *make before break*, and it only helps with
/// what the control plane knows: a route that reaches it before its cluster is pushed without it.
///
/// **A proxy is never sent a route before the cluster that came with it. What was not
/// acknowledged is sent again.**
///
/// Source: envoyproxy.io/docs/envoy/latest/api-docs/xds_protocol (eventual consistency
/// considerations); Istio's PILOT_DEBOUNCE_AFTER and PILOT_DEBOUNCE_MAX,
/// github.com/istio/istio pilot/pkg/features/tuning.go @515a7be09fa8.
public struct ControlPlane: Machine {
  /// What can be set; the debounce times are Istio's.
  public struct Options: Sendable, Hashable {
    /// How long it must be quiet before a change is pushed.
    public var debounceAfter = TimeSpan.milliseconds(100)
    /// How long a change waits for quiet at most.
    public var debounceMax = TimeSpan.seconds(10)
    /// How long it waits for an acknowledgement before it sends again.
    public var resend = TimeSpan.seconds(5)
    /// Whether routes that name an unknown subset are turned down.
    public var checksRoutes = false
    /// A wrong way to build it, for drills; nil for the right one.
    public var shortcut: MeshShortcut?

    /// Istio's defaults.
    public init() {}
  }

  /// What can happen.
  public enum Input: Sendable, Hashable {
    /// Somebody wants a part to be so, at these proxies or, with nil, at all.
    case changed(MeshPart, at: [Int]?)
    /// A proxy has a part of this version.
    case acknowledged(proxy: Int, rank: Int, version: Int)
    /// A proxy has started and has nothing: it is sent all parts, in their order.
    case connected(proxy: Int)
    /// The timer is over.
    case wake
  }

  /// What follows.
  public enum Output: Sendable, Hashable {
    /// Send a proxy a part.
    case push(proxy: Int, MeshPart, version: Int)
    /// Wake me then.
    case wakeMe(at: Instant)
    /// The change is turned down, and why.
    case rejected(String)
    /// Every proxy has everything.
    case settled
  }

  /// What one proxy is to have, has, and was sent.
  struct Want: Sendable, Hashable {
    var parts: [MeshPart?] = Array(repeating: nil, count: 5)
    var wanted = [0, 0, 0, 0, 0]
    var acknowledged = [0, 0, 0, 0, 0]
    var sent: Int?
    var sentAt = Instant.zero

    var isSettled: Bool { wanted == acknowledged }
  }

  /// The options.
  public let options: Options
  /// Counted up with each change.
  public private(set) var version = 0
  private var proxies: [Want]
  private var fresh: [(part: MeshPart, proxies: [Int]?)] = []
  private var firstAt: Instant?
  private var dueAt: Instant?
  private var knownSubsets: [Int]

  /// A control plane of `proxyCount` proxies that all have what they need; `subsets` are known.
  public init(_ options: Options = Options(), proxyCount: Int, subsets: [Int]) {
    self.options = options
    proxies = Array(repeating: Want(), count: proxyCount)
    knownSubsets = subsets
  }

  /// Whether every proxy has everything that is wanted.
  public var isSettled: Bool { fresh.isEmpty && proxies.allSatisfy(\.isSettled) }

  /// How many proxies lack something.
  public var laggingCount: Int { proxies.count { !$0.isSettled } }

  /// Takes one input at `now`.
  public mutating func step(_ input: Input, at now: Instant) -> [Output] {
    switch input {
    case .changed(let part, let scope): return changed(part, scope, at: now)
    case .acknowledged(let proxy, let rank, let version):
      guard proxies[proxy].acknowledged[rank] < version else { return [] }
      proxies[proxy].acknowledged[rank] = version
      if proxies[proxy].sent == rank { proxies[proxy].sent = nil }
      let next = push(to: proxy, at: now)
      return next + (isSettled ? [.settled] : [])
    case .connected(let proxy):
      proxies[proxy].acknowledged = proxies[proxy].acknowledged.map { _ in 0 }
      proxies[proxy].sent = nil
      // What is lost on the way to it is sent again, also when nothing else was under way.
      let isWaking = isSettled || dueAt != nil
      return push(to: proxy, at: now) + (isWaking ? [] : [.wakeMe(at: now + options.resend)])
    case .wake: return woken(at: now)
    }
  }

  private mutating func changed(_ part: MeshPart, _ scope: [Int]?, at now: Instant) -> [Output] {
    if case .clusters(let subsets) = part {
      knownSubsets = subsets
    } else if case .routes(let routes) = part, options.checksRoutes,
      let missing = routes.named.first(where: { !knownSubsets.contains($0) })
    {
      return [.rejected("a route names subset v\(missing), which no cluster has")]
    }
    fresh.append((part, scope))
    let first = firstAt ?? now
    firstAt = first
    let due = min(now + options.debounceAfter, first + options.debounceMax)
    dueAt = due
    return [.wakeMe(at: due)]
  }

  private mutating func woken(at now: Instant) -> [Output] {
    if let dueAt, now >= dueAt {
      for entry in fresh { adopt(entry.part, entry.proxies) }
      fresh = []
      self.dueAt = nil
      firstAt = nil
    }
    var outputs: [Output] = []
    for proxy in proxies.indices { outputs += push(to: proxy, at: now) }
    if !isSettled, dueAt == nil { outputs.append(.wakeMe(at: now + options.resend)) }
    return outputs
  }

  private mutating func adopt(_ part: MeshPart, _ scope: [Int]?) {
    version += 1
    for proxy in scope ?? Array(proxies.indices) {
      proxies[proxy].parts[part.rank] = part
      proxies[proxy].wanted[part.rank] = version
    }
  }

  /// Sends a proxy the next part that it lacks, unless one is on its way.
  private mutating func push(to proxy: Int, at now: Instant) -> [Output] {
    if proxies[proxy].sent != nil, now < proxies[proxy].sentAt + options.resend { return [] }
    let ranks =
      options.shortcut == .pushesRoutesFirst
      ? Array(proxies[proxy].parts.indices.reversed()) : Array(proxies[proxy].parts.indices)
    for rank in ranks {
      let want = proxies[proxy]
      guard want.acknowledged[rank] < want.wanted[rank], let part = want.parts[rank] else {
        continue
      }
      proxies[proxy].sent = rank
      proxies[proxy].sentAt = now
      return [.push(proxy: proxy, part, version: want.wanted[rank])]
    }
    return []
  }

  /// Finds the first invariant that does not hold, or nil.
  public func checkInvariants() -> InvariantViolation? {
    for (index, proxy) in proxies.enumerated() {
      for rank in proxy.wanted.indices where proxy.acknowledged[rank] > proxy.wanted[rank] {
        return InvariantViolation(
          "acknowledged", witness: "proxy \(index) has more than it was sent")
      }
    }
    return nil
  }

  /// Whether both would act alike from here on.
  public static func == (left: ControlPlane, right: ControlPlane) -> Bool {
    left.options == right.options && left.version == right.version
      && left.proxies == right.proxies && left.firstAt == right.firstAt
      && left.dueAt == right.dueAt && left.knownSubsets == right.knownSubsets
      && left.fresh.map(\.part) == right.fresh.map(\.part)
      && left.fresh.map(\.proxies) == right.fresh.map(\.proxies)
  }
}
