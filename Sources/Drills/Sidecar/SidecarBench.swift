import Kernel
import Patterns
import Presentation

/// One pod under commands: its containers, its proxy of the mesh with a control plane and three
/// instances of a ledger, an ambassador's pool, and the adapters.
///
/// The clock stands still until `tick`.
public struct SidecarBench: Bench {
  /// Something that is due.
  enum Due: Sendable, Equatable {
    case live(PodLifecycle.Input)
    case sidecarAsks(process: Int)
    case agent(Int, process: Int)
  }

  /// The knobs and where they stand.
  public private(set) var settings: Settings
  let preset: SidecarPreset
  let mesh: MeshDesign
  var life: PodLifecycle
  var proxy: MeshProxy
  var process = 0
  var ledgers: [MeshProxy]
  var badness = ledgerNames.map { _ in 0.0 }
  var authority: CertificateAuthority
  var control: ControlPlane
  var isControlUp = true
  var pool = AmbassadorPool(size: 8, places: 100)
  var adapter = LogAdapter(capacity: 100, isDropping: false)
  var metrics = MetricsAdapter()
  var now = Instant.zero
  var due: [(at: Instant, what: Due)] = []
  var counters = Counters()
  var isStoreUp = true
  var random = RandomStream(seed: 1, name: "bench/sidecar")

  static let ledgerNames = ["ledger-1", "ledger-2", "ledger-3"]

  /// What has been counted since the bench was made.
  struct Counters: Sendable, Equatable {
    var requests = 0
    var good = 0
    var lastGood = 0
    var open = 0
    var cutOff = 0
    var startedAt = Instant.zero
    var readyAt: Instant?
    var stoppedAt: Instant?
    var goneAt: Instant?
    var killed = 0
    var waits = 0
    var refused = 0
    var blocked = 0
    var asked = 0
    var calls = 0
    var callsGood = 0
    var lastTries: Double?
    var handshakesRefused = 0
    var lint: Int?
  }

  /// A fresh bench, plain or with the knobs and defaults of `preset`.
  public init(preset: SidecarPreset = .plain) {
    self.init(preset: preset, settings: Settings(preset.tool.knobs))
  }

  private init(preset: SidecarPreset, settings: Settings) {
    self.preset = preset
    self.settings = settings
    mesh = preset.meshDesign(settings)
    life = PodLifecycle(preset.options(settings))
    let mesh = mesh
    func agent(_ name: String) -> CertificateAgent {
      CertificateAgent(mesh.agent, random: RandomStream(seed: 1, name: "bench/\(name)/agent"))
    }
    proxy = MeshProxy(
      agent: agent("pod"), inbound: InboundProxy(mode: mesh.mode),
      outbound: OutboundProxy(
        mesh.outbound, zone: 0,
        endpoints: Self.ledgerNames.map { _ in .init(zone: 0, subset: 1) }, routes: nil,
        subsets: [], random: RandomStream(seed: 1, name: "bench/pod/accrual")))
    ledgers = Self.ledgerNames.map {
      MeshProxy(agent: agent($0), inbound: InboundProxy(mode: mesh.mode), outbound: nil)
    }
    authority = CertificateAuthority(lifetime: mesh.certificateLife, backdate: mesh.backdate)
    control = ControlPlane(mesh.control, proxyCount: 1, subsets: [1])
    for part: MeshPart in [
      .clusters([1]), .routes(MeshRoutes([.init(1, 1)])), .peers(mesh.mode),
    ] {
      _ = control.step(.changed(part, at: nil), at: .zero)
    }
    _ = control.step(.wake, at: .zero + mesh.control.debounceMax)
    for ledger in ledgers.indices { renewLedger(ledger) }
  }

  /// The ledger's certificates are always fresh: its life is not this bench's matter.
  mutating func renewLedger(_ ledger: Int) {
    _ = ledgers[ledger].agent.step(.issued(authority.sign(ledger + 1, at: now)), at: now)
  }

  /// The words that commands take.
  public var parts: [String] { Self.ledgerNames + ["drop", "block", "up", "down"] }

  /// What can be typed.
  public var commands: [BenchCommand] {
    Self.lifeCommands + Self.callCommands + Self.adapterCommands
      + [BenchCommand("show", usage: "show", example: "show", "Shows the pod.")]
  }

  /// What can be measured right now.
  public var facts: [Measurement] {
    func count(_ name: String, _ value: Int?) -> Measurement {
      Measurement(name, value.map(Double.init), .count)
    }
    func span(_ name: String, _ from: Instant?, _ to: Instant?) -> Measurement {
      Measurement(name, from.flatMap { from in to.map { ($0 - from).seconds } }, .seconds)
    }
    return [
      count("requests", counters.requests), count("good", counters.good),
      count("last_good", counters.lastGood), count("open", counters.open),
      count("cut_off", counters.cutOff),
      span("ready_after", counters.startedAt, counters.readyAt),
      span("stopped_after", counters.stoppedAt, counters.goneAt),
      count("killed", counters.killed), count("deaths", life.deaths),
      count("init_failures", life.initDeaths), count("sidecar_up", life.isSidecarUp ? 1 : 0),
      count("application_up", life.isApplicationUp ? 1 : 0),
      count("certificate", proxy.agent.certificate == nil ? 0 : 1),
      count("routes", proxy.outbound?.routes == nil ? 0 : 1),
      count("probe_past", isAnswering(.application) ? 1 : 0),
      count("probe_through", isAnswering(.through) ? 1 : 0),
      count("probe_both", isAnswering(.both) ? 1 : 0),
      count("calls", counters.calls), count("calls_good", counters.callsGood),
      Measurement("last_tries", counters.lastTries, .ratio),
      count("out", proxy.outbound?.outCount), count("handshakes", counters.handshakesRefused),
      count("connections", pool.inUse), count("waiting", pool.line.count),
      count("refused", counters.refused), count("buffered", adapter.buffered),
      count("shipped", adapter.shipped), count("lost", adapter.lost),
      count("blocked", counters.blocked), count("metrics", metrics.registry.samples.count),
      count("lint", counters.lint),
      Measurement("clock", now.seconds, .seconds),
    ]
  }

  /// What the bench leaves out.
  public var fidelity: Fidelity {
    Fidelity(
      models: [
        "The pod's life, the proxy, the control plane, the pool and the adapters are those that the "
          + "drills run."
      ],
      leavesOut: [
        "The sidecar asks for its certificate 3 s after its start and has it at once; the application "
          + "and an init container make their first call after 1 s.",
        "Requests and calls take no time, and no wait lies between two tries; what 'stream' opens stays "
          + "open until 'close'.",
      ] + preset.tool.leavesOut,
      sources: SidecarScenario().fidelity.sources)
  }

  /// The first invariant that does not hold, or nil.
  public func checkInvariants() -> InvariantViolation? {
    if let complaint = adapter.checkLines() {
      return InvariantViolation("lines", witness: complaint)
    }
    return life.checkInvariants() ?? proxy.outbound?.checkInvariants() ?? control.checkInvariants()
  }

  /// Turns knobs; the pod begins anew.
  public mutating func apply(_ changed: Settings) throws(Diagnostic) -> Document {
    self = SidecarBench(preset: preset, settings: changed)
    return Document([
      .text(settings.turned),
      .text("The pod does not run."),
    ])
  }

  /// Carries out one command.
  public mutating func perform(_ line: BenchLine) throws(Diagnostic) -> Document {
    switch line.name {
    case "start":
      guard life.sidecar == .off, life.application == .off, life.setup != .starting else {
        throw Diagnostic("The pod runs already.", expected: "stop, and time, before another start")
      }
      counters.readyAt = nil
      counters.startedAt = now
      return step(.started)
    case "stop":
      counters.stoppedAt = now
      counters.goneAt = nil
      return step(.stopAsked)
    case "tick":
      return tick(try line.span(upTo: .hours(1), expected: "a time up to 1h, such as 3s"))
    case "send": return send(try line.count(0, of: "requests", upTo: 10_000))
    case "stream": return stream(try line.count(0, of: "requests", upTo: 1_000))
    case "close": return close(try line.count(0, of: "requests", upTo: 1_000))
    case "probe": return probe()
    case "control": return try turnControl(line)
    case "call": return call(try line.count(0, of: "calls", upTo: 10_000))
    case "bad": return try makeBad(line)
    case "borrow": return borrow(try line.count(0, of: "connections", upTo: 1_000))
    case "return": return giveBack(try line.count(0, of: "connections", upTo: 1_000))
    case "write": return write(try line.count(0, of: "lines", upTo: 10_000))
    case "down", "up":
      isStoreUp = line.name == "up"
      while isStoreUp, adapter.buffered > 0 { adapter.ship() }
      return Document([.text("The store of logs is \(line.name).")])
    case "full": return try chooseFull(line)
    case "emit": return try emit(line)
    case "scrape": return scrape()
    default: return show()
    }
  }
}
