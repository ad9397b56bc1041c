import Kernel
import Patterns
import Presentation

/// A hedger under commands: calls of known times, copies, and what both cost.
///
/// Calls go to replicas without a line: a copy takes a time of its own, drawn anew.
public struct HedgingBench: Bench {
  /// The knobs and where they stand.
  public private(set) var settings: Settings
  var hedger: Hedger
  var random = RandomStream(seed: 1, name: "bench/hedging")
  var counters = Counters()

  /// What the last `load` measured.
  struct Counters: Sendable, Equatable {
    var calls = 0
    var sent = 0
    var tail: TimeSpan?
    var median: TimeSpan?
    var work: TimeSpan?
    var firstWork: TimeSpan?
  }

  /// A fresh bench.
  public init() {
    settings = Settings(Self.knobs)
    hedger = Hedger(Self.options(settings))
  }

  private static let knobs =
    ChainKnobs.all.filter { $0.name.hasPrefix("hedge") && $0.name != "hedge.cancel" } + [
      Knob(
        "median", .span(.milliseconds(1)...(.seconds(10))), standard: .span(.milliseconds(20)),
        role: .load, "Half of the calls take no longer."),
      Knob(
        "tail", .number(1...100, .ratio), standard: .number(10), role: .load,
        "The 99th percentile of call times as a multiple of the median."),
      Knob(
        "shared", .flag, standard: .flag(false), role: .load,
        "Whether slowness lies in the request itself, so that a copy takes just as long."),
    ]

  /// The hedger that the knobs describe; off is a hedger that waits for ever.
  static func options(_ settings: Settings) -> Hedger.Options {
    let share = settings.number("hedge.budget")
    let delay: Hedger.Options.Delay
    switch settings.word("hedge") {
    case "fixed": delay = .fixed(settings.span("hedge.delay"))
    case "percentile": delay = .quantile(settings.number("hedge.percentile"))
    default: delay = .fixed(.hours(24))
    }
    return Hedger.Options(
      delay: delay, maxHedges: settings.integer("hedge.copies"), budget: share > 0 ? share : nil)
  }

  /// The words that commands take.
  public var parts: [String] { [] }

  /// What can be typed.
  public var commands: [BenchCommand] {
    [
      BenchCommand(
        "load", usage: "load [COUNT]", example: "load 1000",
        "Makes calls one after the other, with copies as the hedger says, and measures them."),
      BenchCommand("show", usage: "show", example: "show", "Shows the hedger."),
    ]
  }

  /// What can be measured right now.
  public var facts: [Measurement] {
    let calls = Double(max(1, counters.calls))
    return [
      Measurement("calls", Double(counters.calls), .count),
      Measurement(
        "copies", counters.calls == 0 ? nil : Double(counters.sent) / calls - 1, .fraction),
      Measurement("p50", counters.median?.seconds, .seconds),
      Measurement("p99", counters.tail?.seconds, .seconds),
      Measurement("extra_work", extraWork, .fraction),
      Measurement("delay", hedger.delay?.seconds, .seconds),
      Measurement("refused", Double(hedger.refusedCount), .count),
      Measurement("tokens", Double(hedger.tokens) / 1_000, .ratio),
    ]
  }

  private var extraWork: Double? {
    guard let work = counters.work, let first = counters.firstWork, first > .zero else {
      return nil
    }
    return work.seconds / first.seconds - 1
  }

  /// What the bench leaves out.
  public var fidelity: Fidelity {
    Fidelity(
      models: ["Delay, digest and budget are the machine that the drills run."],
      leavesOut: [
        "Replicas have no line here, so copies cost nothing but their work; load is in the drills.",
        "The losing copy stops the moment the first answer comes.",
      ],
      sources: ["Dean and Barroso, The Tail at Scale, CACM 2013", "gRFC A6, hedging"])
  }

  /// The first invariant that does not hold, or nil.
  public func checkInvariants() -> InvariantViolation? { hedger.checkInvariants() }

  /// Turns knobs; the hedger begins anew.
  public mutating func apply(_ changed: Settings) throws(Diagnostic) -> Document {
    settings = changed
    hedger = Hedger(Self.options(changed))
    random = RandomStream(seed: 1, name: "bench/hedging")
    counters = Counters()
    return show()
  }

  /// Carries out one command.
  public mutating func perform(_ line: BenchLine) throws(Diagnostic) -> Document {
    guard line.name == "load" else { return show() }
    guard !line.arguments.isEmpty else { return load(1_000) }
    return load(try line.count(0, of: "calls", upTo: 100_000))
  }

  /// Makes calls, each after the one before.
  private mutating func load(_ count: Int) -> Document {
    let median = settings.span("median")
    let service = Distribution.lognormal(
      p50: median, p99: median * max(1.000_001, settings.number("tail")))
    var times: [TimeSpan] = []
    counters = Counters(calls: count, sent: count, work: .zero, firstWork: .zero)
    for _ in 0..<count {
      let first = service.sample(&random)
      var best = first
      var starts: [(at: TimeSpan, takes: TimeSpan)] = [(.zero, first)]
      var at = hedger.started() ?? .hours(24)
      while at < best, hedger.hedges(after: starts.count - 1) {
        let takes = settings.flag("shared") ? first : service.sample(&random)
        starts.append((at, takes))
        best = min(best, at + takes)
        at = at + max(hedger.delay ?? .hours(24), .nanoseconds(1))
      }
      hedger.answered(after: best)
      times.append(best)
      counters.sent += starts.count - 1
      counters.firstWork = (counters.firstWork ?? .zero) + first
      for start in starts {
        counters.work = (counters.work ?? .zero) + min(start.takes, best - start.at)
      }
    }
    times.sort()
    counters.median = times[(count - 1) / 2]
    counters.tail = times[max(0, (count * 99 + 99) / 100 - 1)]
    return show()
  }

  private func show() -> Document {
    var rows: [[Text]] = []
    for fact in facts where fact.value != nil { rows.append([Text(fact.name), Text(fact.text)]) }
    return Document([.table(Table([Table.Column(""), Table.Column("")], rows))])
  }
}
