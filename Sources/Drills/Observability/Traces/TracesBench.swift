import Kernel
import Patterns
import Presentation

/// Four services that call one another, the headers between them, and a store of their spans.
public struct TracesBench: Bench {
  /// Which tool it is.
  public enum Kind: String, Sendable {
    /// Headers of the W3C.
    case jaeger
    /// Headers of B3.
    case zipkin
  }

  /// The knobs and where they stand.
  public private(set) var settings: Settings
  let kind: Kind
  var store = TraceStore()
  var now = Instant.zero
  var calls = 0
  var kept = 0
  /// Services that do not hand the header on.
  var silent: [String] = []
  var lastHeader = ""
  var readable: Bool?
  var found: [String] = []
  private var random = RandomStream(seed: 1, name: "bench")

  static let services = ["edge", "cart", "payment", "bank"]

  /// A bench without traces.
  public init(_ kind: Kind) {
    self.kind = kind
    settings = Settings(kind == .jaeger ? Self.jaeger.knobs : Self.zipkin.knobs)
  }

  /// Jaeger under its own names.
  static let jaeger = ToolPreset(
    id: "jaeger", title: "Jaeger 2",
    knobs: [
      Knob(
        "sampling.type", .choice(["probabilistic", "const"]), standard: .word("probabilistic"),
        source: jaegerSource, "How the first service of a trace decides."),
      Knob(
        "sampling.param", .number(0...1, .ratio), standard: .number(0.001), source: jaegerSource,
        "The share of traces with probabilistic; 1 or 0, all or none, with const."),
    ],
    leavesOut: ["Remote and adaptive sampling, rate limits, storage backends, dependencies."])

  /// Zipkin.
  static let zipkin = ToolPreset(
    id: "zipkin", title: "Zipkin with B3 headers",
    knobs: [
      Knob(
        "rate", .number(0...1, .ratio), standard: .number(1),
        source: "github.com/openzipkin/brave Tracing.Builder: sampler = Sampler.ALWAYS_SAMPLE",
        "The share of traces that the first service records."),
      Knob(
        "zipkin.collector.sample-rate", .number(0...1, .ratio), standard: .number(1),
        source: "github.com/openzipkin/zipkin zipkin-server-shared.yml: COLLECTOR_SAMPLE_RATE:1.0",
        "The share of the traces that arrive at the collector which it keeps, by trace id."),
    ],
    leavesOut: [
      "One span is shared by caller and callee in Zipkin; here each service has its own.",
      "Only the single header `b3` is sent, not the X-B3 ones.",
    ])

  private static let jaegerSource =
    "github.com/jaegertracing/documentation docs/v2/_dev/architecture/sampling.md @d9251ffa"

  /// The services.
  public var parts: [String] { Self.services }

  /// What the bench leaves out.
  public var fidelity: Fidelity {
    Fidelity(
      models: ["Headers are written as text and read again by the rules of the W3C, or of B3."],
      leavesOut: Self.jaeger.leavesOut + Self.zipkin.leavesOut,
      sources: [
        "github.com/w3c/trace-context spec/20-http_request_header_format.md @acab820",
        "github.com/openzipkin/b3-propagation README",
      ])
  }

  /// The first invariant that does not hold, or nil.
  public func checkInvariants() -> InvariantViolation? {
    for id in store.ids {
      for span in store.spans(id) where span.length < .zero {
        return InvariantViolation("spans", witness: "span \(span.id) ends before it begins")
      }
    }
    return nil
  }

  /// Turns knobs; the store begins anew.
  public mutating func apply(_ changed: Settings) throws(Diagnostic) -> Document {
    settings = changed
    store = TraceStore()
    found = []
    calls = 0
    kept = 0
    return Document([.text("The store begins anew, empty.")])
  }

  private var sampler: HeadSampler {
    if kind == .zipkin { return .ratio(settings.number("rate")) }
    let share = settings.number("sampling.param")
    if settings.word("sampling.type") == "const" { return share >= 1 ? .always : .never }
    return .ratio(share)
  }

  /// Whether the collector keeps what it gets of a trace.
  private func isCollected(_ traceID: String) -> Bool {
    kind == .jaeger
      || HeadSampler.ratio(settings.number("zipkin.collector.sample-rate")).takes(traceID)
  }

  private mutating func hexadecimal(_ words: Int) -> String {
    (0..<words).map { _ in TraceParent.hexadecimal(max(1, random.next()), digits: 16) }.joined()
  }

  /// What a service learns from the header that it got.
  private func context(_ header: String?) -> (traceID: String, parent: String, isSampled: Bool)? {
    guard let header else { return nil }
    if kind == .jaeger {
      return TraceParent(header: header).map { ($0.traceID, $0.parentID, $0.isSampled) }
    }
    guard let b3 = B3Header(header: header), let traceID = b3.traceID, let spanID = b3.spanID
    else { return nil }
    return (traceID, spanID, b3.state == .accept || b3.state == .debug)
  }

  private func header(_ traceID: String, _ spanID: String, _ isSampled: Bool) -> String {
    kind == .jaeger
      ? TraceParent(traceID: traceID, parentID: spanID, flags: isSampled ? 1 : 0).header
      : B3Header(traceID: traceID, spanID: spanID, state: isSampled ? .accept : .deny).header
  }

  /// One request through all services.
  mutating func call(isFailed: Bool) {
    calls += 1
    var header: String?
    var begin = now
    let works = Self.services.map { _ in TimeSpan.milliseconds(20) * random.exponential() }
    var isKept = false
    for (place, service) in Self.services.enumerated() {
      let known = context(header)
      let traceID = known?.traceID ?? hexadecimal(2)
      let isSampled = known?.isSampled ?? sampler.takes(traceID)
      let own = hexadecimal(1)
      if isSampled, isCollected(traceID) {
        isKept = true
        store.add(
          TraceSpan(
            traceID: traceID, id: own, parent: known?.parent, service: service, start: begin,
            length: works[place...].reduce(.zero) { $0 + $1 }, isFailed: isFailed))
      }
      lastHeader = self.header(traceID, own, isSampled)
      header = silent.contains(service) ? nil : lastHeader
      begin += works[place] / 2
    }
    if isKept { kept += 1 }
    now += .seconds(1)
  }

  /// What can be measured right now.
  public var facts: [Measurement] {
    let whole = store.ids.count { store.spans($0).count == Self.services.count }
    return [
      Measurement("calls", Double(calls), .count),
      Measurement("kept", Double(kept), .count),
      Measurement("stored_traces", Double(store.count), .count),
      Measurement("spans", Double(store.spanCount), .count),
      Measurement("broken_traces", Double(store.count - whole), .count),
      Measurement("found", Double(found.count), .count),
      Measurement("header_read", readable.map { $0 ? 1 : 0 }, .count),
    ]
  }
}
