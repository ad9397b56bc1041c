import Kernel
import Patterns
import Presentation

/// Three callers, the endpoints of one service in three zones, and a control plane, under commands:
/// the clock stands still until `tick`.
public struct MeshBench: Bench {
  /// The knobs and where they stand.
  public private(set) var settings: Settings
  let preset: MeshPreset
  var design: MeshDesign
  var parties: [MeshParty]
  var authority: CertificateAuthority
  var control: ControlPlane
  var controlWakes: [Instant] = []
  var isControlUp = true
  /// Changes that wait for the control plane.
  var held: [ControlPlane.Input] = []
  var now = Instant.zero
  /// The share of calls that each endpoint fails.
  var badness: [Double]
  var counters = Counters()
  var random = RandomStream(seed: 1, name: "bench/mesh")

  /// What has been counted since the bench was made.
  struct Counters: Sendable, Equatable {
    var calls = 0
    var good = 0
    var tries = 0
    var refused = 0
    var expired = 0
    var denied = 0
    var plaintext = 0
    var unrouted = 0
    var unhealthy = 0
    var copies = 0
    var lastCalls = 0
    var lastGood = 0
    var lastTries = 0
    var lastLocal = 0
    var lastNew = 0
    var lastLoad: [Int] = []
  }

  static let callers = ["orders", "batch", "intruder"]
  static let endpointNames = [
    "stock-a1", "stock-a2", "stock-b1", "stock-b2", "stock-c1", "stock-c2", "stock-v2",
  ]
  static let endpoints: [OutboundProxy.Endpoint] = [
    .init(zone: 0, subset: 1), .init(zone: 0, subset: 1), .init(zone: 1, subset: 1),
    .init(zone: 1, subset: 1), .init(zone: 2, subset: 1), .init(zone: 2, subset: 1),
    .init(zone: 0, subset: 2),
  ]
  /// How long a connection is used before a new handshake.
  static let connectionAge = TimeSpan.seconds(30)

  /// A fresh bench, plain or with the knobs and defaults of `preset`.
  public init(preset: MeshPreset = .plain) {
    self.preset = preset
    settings = Settings(preset.tool.knobs)
    let design = preset.design(settings)
    self.design = design
    authority = CertificateAuthority(lifetime: design.certificateLife, backdate: design.backdate)
    control = ControlPlane(
      design.control, proxyCount: Self.callers.count + Self.endpoints.count, subsets: [1])
    parties = MeshParty.all(design)
    badness = Self.endpoints.map { _ in 0 }
    for index in parties.indices where parties[index].proxy.hasSidecar {
      let certificate = authority.sign(parties[index].identity, at: .zero)
      carryOut(parties[index].proxy.agent.step(.issued(certificate), at: .zero), of: index)
    }
  }

  /// The names that commands take.
  public var parts: [String] { Self.callers + Self.endpointNames }

  /// What can be typed.
  public var commands: [BenchCommand] {
    [
      BenchCommand(
        "call", usage: "call CALLER [COUNT]", example: "call orders 100",
        "Lets a workload call stock through its sidecar."),
      BenchCommand(
        "bad", usage: "bad ENDPOINT SHARE", example: "bad stock-a1 100%",
        "Makes an endpoint answer this share of its calls with an error."),
      BenchCommand("tick", usage: "tick TIME", example: "tick 10s", "Lets time pass."),
      BenchCommand(
        "down", usage: "down", example: "down", "Stops the control plane."),
      BenchCommand("up", usage: "up", example: "up", "Starts the control plane again."),
      BenchCommand(
        "mode", usage: "mode strict|permissive", example: "mode strict",
        "Asks the control plane for strict or permissive mutual TLS everywhere."),
      BenchCommand(
        "allow", usage: "allow nobody|CALLER [CALLER]", example: "allow orders",
        "Asks for a policy at stock that allows these callers."),
      BenchCommand(
        "cluster", usage: "cluster", example: "cluster",
        "Asks for the cluster of v2, so that routes can name it."),
      BenchCommand(
        "split", usage: "split SHARE", example: "split 10%",
        "Asks for routes that send this share of calls to v2."),
      BenchCommand(
        "mirror", usage: "mirror SHARE", example: "mirror 10%",
        "Asks for routes that copy this share of calls to v2."),
      BenchCommand(
        "root", usage: "root trust|sign|drop", example: "root trust",
        "Rotates the root: trust a second one, sign with it, trust the first no more."),
      BenchCommand(
        "show", usage: "show", example: "show", "Shows sidecars, certificates and configuration."),
    ]
  }

  /// What can be measured right now.
  public var facts: [Measurement] {
    let left = parties[0].proxy.agent.certificate.map { ($0.notAfter - now).seconds }
    func share(_ part: Int, _ whole: Int) -> Double? {
      whole == 0 ? nil : Double(part) / Double(whole)
    }
    let last = counters.lastCalls
    return [
      Measurement("calls", Double(counters.calls), .count),
      Measurement("good", Double(counters.good), .count),
      Measurement("last_success", share(counters.lastGood, last), .fraction),
      Measurement("last_tries", share(counters.lastTries, last), .ratio),
      Measurement("local_share", share(counters.lastLocal, counters.lastTries), .fraction),
      Measurement("v2_share", share(counters.lastNew, counters.lastTries), .fraction),
      Measurement("copies", Double(counters.copies), .count),
      Measurement("refused", Double(counters.refused), .count),
      Measurement("expired", Double(counters.expired), .count),
      Measurement("denied", Double(counters.denied), .count),
      Measurement("plaintext", Double(counters.plaintext), .count),
      Measurement("unrouted", Double(counters.unrouted), .count),
      Measurement("unhealthy", Double(counters.unhealthy), .count),
      Measurement("out", Double(parties[0].proxy.outbound?.outCount ?? 0), .count),
      Measurement("lagging", Double(control.laggingCount), .count),
      Measurement("version", Double(control.version), .count),
      Measurement("certificate_left", left, .seconds),
      Measurement("signed", Double(authority.signedCount), .count),
      Measurement("clock", now.seconds, .seconds),
    ]
  }

  /// What the bench leaves out.
  public var fidelity: Fidelity {
    Fidelity(
      models: ["Sidecars, agents, handshakes and the control plane are those that the drills run."],
      leavesOut: [
        "Calls, pushes and waits between tries take no time; only 'tick' moves the clock.",
        "A connection is used for 30 s; then there is a new handshake.",
        "Signatures are facts: there is no cryptography.",
      ] + preset.tool.leavesOut,
      sources: ServiceMeshScenario().fidelity.sources)
  }

  /// The first invariant that does not hold, or nil.
  public func checkInvariants() -> InvariantViolation? {
    for party in parties {
      if let violation = party.proxy.outbound?.checkInvariants() { return violation }
    }
    return control.checkInvariants()
  }

  /// Turns knobs; the mesh begins anew.
  public mutating func apply(_ changed: Settings) throws(Diagnostic) -> Document {
    let design = preset.design(changed)
    var fresh = MeshBench(preset: preset)
    fresh.settings = changed
    fresh.design = design
    fresh.authority = CertificateAuthority(
      lifetime: design.certificateLife, backdate: design.backdate)
    fresh.control = ControlPlane(
      design.control, proxyCount: Self.callers.count + Self.endpoints.count, subsets: [1])
    fresh.parties = MeshParty.all(design)
    for index in fresh.parties.indices where fresh.parties[index].proxy.hasSidecar {
      let certificate = fresh.authority.sign(fresh.parties[index].identity, at: .zero)
      let outputs = fresh.parties[index].proxy.agent.step(.issued(certificate), at: .zero)
      fresh.carryOut(outputs, of: index)
    }
    self = fresh
    return Document([
      .text(settings.turned),
      .text("The mesh begins anew: every sidecar has a fresh certificate."),
    ])
  }

  /// Carries out one command.
  public mutating func perform(_ line: BenchLine) throws(Diagnostic) -> Document {
    switch line.name {
    case "call": return try call(line)
    case "bad": return try makeBad(line)
    case "tick": return tick(try line.span(upTo: .hours(96), expected: "a time up to 96h"))
    case "down", "up": return turnControl(on: line.name == "up")
    case "mode": return try ask(.peers(try mode(line)), at: nil)
    case "allow": return try ask(.authorization(try policy(line)), at: Array(3..<parties.count))
    case "cluster": return try ask(.clusters([1, 2]), at: [0, 1, 2])
    case "split", "mirror": return try ask(.routes(try routes(line)), at: [0, 1, 2])
    case "root": return try turnRoot(line)
    default: return show()
    }
  }
}

/// A workload of the bench with its sidecar.
struct MeshParty: Sendable, Equatable {
  let name: String
  let identity: Int
  var proxy: MeshProxy
  var timer: Instant?
  var timerNumber = 0

  static func all(_ design: MeshDesign) -> [MeshParty] {
    (MeshBench.callers + MeshBench.endpointNames).enumerated().map { index, name in
      let isCaller = index < MeshBench.callers.count
      let outbound = OutboundProxy(
        name == "batch" ? OutboundProxy.Options() : design.outbound, zone: 0,
        endpoints: MeshBench.endpoints, routes: MeshRoutes([.init(1, 1_000)]), subsets: [1],
        random: RandomStream(seed: 1, name: "bench/\(name)/accrual"))
      return MeshParty(
        name: name, identity: isCaller ? [2, 4, 5][index] : 3,
        proxy: MeshProxy(
          hasSidecar: name != "batch",
          agent: CertificateAgent(
            design.agent, random: RandomStream(seed: 1, name: "bench/\(name)/agent")),
          inbound: InboundProxy(mode: design.mode), outbound: isCaller ? outbound : nil))
    }
  }
}
