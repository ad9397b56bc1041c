import Kernel
import Patterns
import Presentation

/// Gateways that share one limit of one client, live under commands: `try rate-limiting --as gateways`.
///
/// Messages take no time; a silent store answers nothing until `recover`.
public struct SharedLimitBench: Bench {
  /// The knobs and where they stand.
  public private(set) var settings: Settings
  var nodes: [LimiterNode] = []
  var store: LimitStore
  var now = Instant.zero
  var isSilent = false
  var counters = Counters()
  private var wakes: [(at: Instant, node: Int)] = []
  private var admitted: [Instant] = []
  private var nextID = 0

  /// What has been counted.
  struct Counters: Sendable, Equatable {
    var admitted = 0
    var refused = 0
    var lastAdmitted = 0
    var lastRefused = 0
    var fallbacks = 0
    var mostInWindow = 0
  }

  /// A fresh bench.
  public init() {
    settings = Settings(Self.tool.knobs)
    store = LimitStore(Self.limit(settings))
    begin()
  }

  private static func limit(_ settings: Settings) -> RateLimit {
    RateLimit(settings.integer("limit"), per: settings.span("window"))
  }

  /// The name of this bench and its knobs.
  static let tool = ToolPreset(
    id: "gateways", title: "Gateways that share a limit",
    knobs: [
      Knob(
        "share", .choice(LimitSettings.Sharing.allCases.map(\.rawValue)), standard: .word("own"),
        "Who counts: each gateway the whole limit, each an even part, the store, each with counts "
          + "exchanged, or each from leases."),
      Knob("gateways", .integer(1...20), standard: .integer(4), "Gateways g1, g2 and so on."),
      Knob("limit", .integer(1...10_000), standard: .integer(100), "Requests in a window."),
      Knob(
        "window", .span(.milliseconds(100)...(.minutes(10))), standard: .span(.seconds(10)),
        "The period that the limit is for."),
      Knob(
        "sync.every", .span(.milliseconds(10)...(.minutes(1))), standard: .span(.seconds(1)),
        "With share=synced, the time between two exchanges."),
      Knob(
        "lease.batch", .integer(1...1_000), standard: .integer(10),
        "With share=leased, permits taken at once."),
      Knob(
        "patience", .span(.milliseconds(1)...(.seconds(10))), standard: .span(.milliseconds(50)),
        "How long a gateway waits for the store."),
      Knob(
        "fallback", .choice(LimiterNode.Fallback.allCases.map(\.rawValue)),
        standard: .word("local"), "What a gateway does when the store is silent."),
    ],
    leavesOut: ["One client only; messages take no time and none is lost while the store answers."])

  private mutating func begin() {
    let limit = Self.limit(settings)
    let sharing = LimitSettings.Sharing(rawValue: settings.word("share")) ?? .own
    let count = settings.integer("gateways")
    // A gateway that counts the whole limit for itself is one of one.
    var options = LimiterNode.Options(limit: limit, nodes: sharing == .own ? 1 : count)
    options.mode =
      switch sharing {
      case .own, .split: .split
      case .central: .central
      case .synced: .synced(every: settings.span("sync.every"))
      case .leased: .leased(batch: settings.integer("lease.batch"))
      }
    options.patience = settings.span("patience")
    options.fallback = LimiterNode.Fallback(rawValue: settings.word("fallback")) ?? .local
    nodes = Array(repeating: LimiterNode(options), count: count)
    store = LimitStore(limit)
    counters = Counters()
    wakes = []
    admitted = []
    isSilent = false
  }

  /// The names of the gateways.
  public var parts: [String] { (1...nodes.count).map { "g\($0)" } }

  /// What the bench leaves out.
  public var fidelity: Fidelity {
    Fidelity(
      models: ["The gateways and the store are the machines of the scenario, without a network."],
      leavesOut: Self.tool.leavesOut,
      sources: ["github.com/Kong/kong kong/plugins/rate-limiting @22246ef28c"])
  }

  /// The first invariant that does not hold, or nil.
  public func checkInvariants() -> InvariantViolation? {
    for node in nodes {
      if let violation = node.checkInvariants() { return violation }
    }
    return nil
  }

  /// Turns knobs; every gateway begins anew.
  public mutating func apply(_ changed: Settings) throws(Diagnostic) -> Document {
    settings = changed
    begin()
    let changes = settings.changes.map { "\($0.name)=\($0.text)" }
    let how = changes.isEmpty ? "at their defaults" : "with \(changes.joined(separator: ", "))"
    return Document([.text("The gateways begin anew, \(how).")])
  }

  mutating func forgetLast() {
    counters.lastAdmitted = 0
    counters.lastRefused = 0
  }

  /// Sends `count` requests to gateways, from `first` on, to each in turn when `isSpread`.
  mutating func send(_ count: Int, first: Int, isSpread: Bool) {
    forgetLast()
    for number in 0..<count {
      nextID += 1
      let place = isSpread ? (first + number) % nodes.count : first
      step(place, .request(id: nextID, cost: 1))
    }
  }

  /// Lets time pass, with everything that is due in it.
  mutating func pass(_ span: TimeSpan) {
    forgetLast()
    let end = now + span
    while let due = wakes.indices.min(by: { wakes[$0].at < wakes[$1].at }), wakes[due].at <= end {
      let wake = wakes.remove(at: due)
      now = max(now, wake.at)
      step(wake.node, .wake)
    }
    now = end
  }

  private mutating func step(_ place: Int, _ input: LimiterNode.Input) {
    var inputs = [input]
    while !inputs.isEmpty {
      for output in nodes[place].step(inputs.removeFirst(), at: now) {
        switch output {
        case .decided(_, let decision, let source):
          count(decision, isFallback: source == .fallback)
        case .ask(let id, let cost):
          if !isSilent { inputs.append(.answered(id: id, store.acquire(cost: cost, at: now))) }
        case .lease(let permits):
          guard !isSilent else { continue }
          let lease = store.lease(permits, at: now)
          inputs.append(.leased(permits: lease.permits, until: lease.until))
        case .report(let used):
          guard !isSilent else { continue }
          let sum = store.report(used, at: now)
          inputs.append(.counted(total: sum.total, until: sum.until))
        case .wakeMe(let at): wakes.append((at, place))
        }
      }
    }
  }

  private mutating func count(_ decision: RateDecision, isFallback: Bool) {
    if isFallback { counters.fallbacks += 1 }
    guard decision.isAdmitted else {
      counters.refused += 1
      counters.lastRefused += 1
      return
    }
    counters.admitted += 1
    counters.lastAdmitted += 1
    let (now, window) = (now, settings.span("window"))
    admitted.append(now)
    admitted.removeAll { $0 + window <= now }
    counters.mostInWindow = max(counters.mostInWindow, admitted.count)
  }
}
