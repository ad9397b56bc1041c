import Kernel
import Patterns
import Presentation

/// A balancer live under commands: hosts that answer, refuse or fail as told, and a clock that
/// stands still until `tick`.
public struct LoadBalancingBench: Bench {
  /// What a host does with a request.
  enum Behaviour: String, Sendable {
    case good = "answers"
    case broken = "answers 500"
    case dead = "refuses"
  }

  /// A host behind the balancer.
  struct Host: Sendable {
    let name: String
    var behaviour = Behaviour.good
    var latency = TimeSpan.milliseconds(10)
    var health: RiseFallHealth
    var isDraining = false
    /// Tries sent by the last command, and in all.
    var last = 0
    var total = 0
  }

  /// What has been counted since the bench was made.
  struct Counters: Sendable {
    var sent = 0
    var failed = 0
    var lastSent = 0
    var lastFailed = 0
    var lastTries = 0
    var longestRun = 0
    var moved: Double?
  }

  /// The knobs and where they stand.
  public internal(set) var settings: Settings
  let preset: BalancerPreset
  var setup: BalancerSetup
  var balancer: Balancer
  var hosts: [Host] = []
  var detector: OutlierDetector?
  var now = Instant.zero
  var random = RandomStream(seed: 1, name: "load-balancing/bench")
  var nextCheck = Instant.distantFuture
  var counters = Counters()
  /// The tries of the last command, in order.
  var order: [Int] = []
  /// The hosts that keys were mapped to last.
  var mapped: [String] = []
  /// With affinity: the host of a key, and until when; looked up, never walked through.
  var remembered: [String: (host: Int, until: Instant)] = [:]

  /// A fresh bench with hosts a, b and c, plain or with the knobs and defaults of `preset`.
  public init(preset: BalancerPreset = .plain) {
    self.preset = preset
    settings = Settings(preset.tool.knobs)
    setup = preset.setup(settings)
    balancer = Balancer(setup.algorithm, weights: [1, 1, 1], options: setup.options)
    lay([1, 1, 1])
  }

  /// The most hosts.
  static let limit = 20

  /// Begins anew with hosts of these weights, all healthy, with nothing under way.
  mutating func lay(_ weights: [Int], names: [String]? = nil) {
    balancer = Balancer(setup.algorithm, weights: weights, options: setup.options, at: now)
    hosts = weights.indices.map { index in
      Host(name: names?[index] ?? Self.letter(index), health: fresh())
    }
    detector = setup.outliers.map { OutlierDetector($0, hostCount: weights.count, at: now) }
    nextCheck = setup.checkEvery.map { now + $0 } ?? .distantFuture
    order = []
    mapped = []
    remembered = [:]
  }

  func fresh() -> RiseFallHealth { RiseFallHealth(rise: setup.rise, fall: setup.fall) }

  static func letter(_ index: Int) -> String {
    String(UnicodeScalar(UInt8(97 + index % 26)))
  }

  /// The names of the hosts.
  public var parts: [String] { hosts.map(\.name) }

  /// What the bench leaves out.
  public var fidelity: Fidelity {
    Fidelity(
      models: [
        "The balancer, its health and its rule for repeats are the values that everything else in "
          + "Drillhall balances with."
      ],
      leavesOut: [
        "Requests take no time unless they are held, and there is no network.",
        "Probes see whether a host refuses connections, and nothing else.",
      ] + preset.tool.leavesOut,
      sources: [
        "github.com/nginx/nginx src/http/ngx_http_upstream_round_robin.c @3f6f7824d",
        "github.com/haproxy/haproxy doc/configuration.txt @50872daa6",
        "github.com/envoyproxy/data-plane-api cluster.proto @84e84367",
      ])
  }

  /// The first invariant that does not hold, or nil.
  public func checkInvariants() -> InvariantViolation? {
    balancer.checkInvariants() ?? detector?.checkInvariants()
  }

  /// Turns knobs; the balancer begins anew with the same hosts, and requests under way are gone.
  public mutating func apply(_ changed: Settings) throws(Diagnostic) -> Document {
    settings = changed
    setup = preset.setup(changed)
    let old = hosts
    lay(balancer.weights, names: old.map(\.name))
    for host in hosts.indices {
      hosts[host].behaviour = old[host].behaviour
      hosts[host].latency = old[host].latency
    }
    let changes = settings.changes.map { "\($0.name)=\($0.text)" }
    return Document([
      .text(
        "The balancer begins anew, "
          + (changes.isEmpty
            ? "at its defaults." : "with \(changes.joined(separator: ", "))."))
    ])
  }

  /// What can be measured right now.
  public var facts: [Measurement] {
    let healthy = balancer.hosts.count { $0.condition == .healthy }
    let usable = hosts.indices.count { balancer.accepts($0, at: now) }
    let own = [
      Measurement("sent", Double(counters.sent), .count),
      Measurement("failed", Double(counters.failed), .count),
      Measurement("last_sent", Double(counters.lastSent), .count),
      Measurement("last_failed", Double(counters.lastFailed), .count),
      Measurement("last_tries", Double(counters.lastTries), .count),
      Measurement("longest_run", Double(counters.longestRun), .count),
      Measurement("under_way", Double(balancer.inflight), .count),
      Measurement("most_under", Double(balancer.hosts.map(\.inflight).max() ?? 0), .count),
      Measurement("healthy", Double(healthy), .count),
      Measurement("usable", Double(usable), .count),
      Measurement("moved", counters.moved, .fraction),
    ]
    // The names are the same on every bench, so that a lesson can ask about a host to come.
    let names = (0..<6).map(Self.letter)
    let others = hosts.map(\.name).filter { !names.contains($0) }
    return own + (names + others).flatMap(facts(of:))
  }

  private func facts(of name: String) -> [Measurement] {
    let host = hosts.firstIndex { $0.name == name }
    let keys = mapped.isEmpty ? nil : Double(mapped.count { $0 == name })
    return [
      Measurement("to_\(name)", host.map { Double(hosts[$0].last) }, .count),
      Measurement("under_\(name)", host.map { Double(balancer.inflight(of: $0)) }, .count),
      Measurement("keys_\(name)", host == nil ? nil : keys, .count),
    ]
  }
}
