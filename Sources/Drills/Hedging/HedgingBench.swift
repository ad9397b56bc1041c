import Kernel
import Patterns
import Presentation

/// A hedger under commands: calls of known times, copies, and what both cost.
///
/// Calls go to replicas without a line: a copy takes a time of its own, drawn anew.
public struct HedgingBench: Bench {
  /// The knobs and where they stand.
  public private(set) var settings: Settings
  let preset: HedgingPreset?
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
    var failed = 0
  }

  /// A fresh bench, plain or with the knobs and defaults of `preset`.
  public init(preset: HedgingPreset? = nil) {
    self.preset = preset
    settings = Settings((preset?.tool.knobs ?? Self.plainKnobs) + Self.load)
    hedger = Hedger(preset?.design(settings) ?? Self.options(settings))
  }

  private static let plainKnobs = ChainKnobs.all.filter {
    $0.name.hasPrefix("hedge") && $0.name != "hedge.cancel"
  }

  private static let load = [
    Knob(
      "median", .span(.milliseconds(1)...(.seconds(10))), standard: .span(.milliseconds(20)),
      role: .load, "Half of the calls take no longer."),
    Knob(
      "tail", .number(1...100, .ratio), standard: .number(10), role: .load,
      "The 99th percentile of call times as a multiple of the median."),
    Knob(
      "shared", .flag, standard: .flag(false), role: .load,
      "Whether slowness lies in the request itself, so that a copy takes just as long."),
    Knob(
      "errors", .number(0...1, .fraction), standard: .number(0), role: .load,
      "Share of the copies that fail after half their time."),
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
      Measurement("failed", Double(counters.failed), .count),
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
      ] + (preset?.tool.leavesOut ?? []),
      sources: ["Dean and Barroso, The Tail at Scale, CACM 2013", "gRFC A6, hedging"])
  }

  /// The first invariant that does not hold, or nil.
  public func checkInvariants() -> InvariantViolation? { hedger.checkInvariants() }

  /// Turns knobs; the hedger begins anew.
  public mutating func apply(_ changed: Settings) throws(Diagnostic) -> Document {
    settings = changed
    hedger = Hedger(preset?.design(changed) ?? Self.options(changed))
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

  /// One copy of a call: when it is sent, when it ends, and whether it ends badly.
  private struct Copy {
    let sent: TimeSpan
    let ends: TimeSpan
    let fails: Bool
  }

  private mutating func copy(_ takes: TimeSpan, at sent: TimeSpan) -> Copy {
    let share = settings.number("errors")
    let fails = share > 0 && random.chance(share)
    return Copy(sent: sent, ends: sent + (fails ? takes / 2 : takes), fails: fails)
  }

  /// Makes one call with its copies; returns them, when the call ended, and whether well.
  private mutating func call(
    _ service: Distribution
  ) -> (copies: [Copy], end: TimeSpan, isGood: Bool) {
    let first = service.sample(&random)
    let again = settings.flag("shared") ? Distribution.constant(first) : service
    var copies = [copy(first, at: .zero)]
    var open = copies
    var next = hedger.started() ?? Self.never
    while let soonest = open.indices.min(by: { open[$0].ends < open[$1].ends }) {
      let answer = open[soonest]
      if next < answer.ends {
        guard hedger.hedges(after: copies.count - 1) else {
          next = Self.never
          continue
        }
        let more = copy(again.sample(&random), at: next)
        copies.append(more)
        open.append(more)
        next = next + max(hedger.delay ?? Self.never, .nanoseconds(1))
        continue
      }
      guard answer.fails else { return (copies, answer.ends, true) }
      open.remove(at: soonest)
      if hedger.options.isFailureFinal { return (copies, answer.ends, false) }
      if hedger.replaces(after: copies.count - 1) {
        let more = copy(again.sample(&random), at: answer.ends)
        copies.append(more)
        open.append(more)
        next = answer.ends + max(hedger.delay ?? Self.never, .nanoseconds(1))
      } else if open.isEmpty {
        return (copies, answer.ends, false)
      }
    }
    return (copies, .zero, false)
  }

  private static let never = TimeSpan.hours(24)

  /// Makes calls, each after the one before.
  private mutating func load(_ count: Int) -> Document {
    let median = settings.span("median")
    let service = Distribution.lognormal(
      p50: median, p99: median * max(1.000_001, settings.number("tail")))
    var times: [TimeSpan] = []
    counters = Counters(calls: count, sent: count, work: .zero, firstWork: .zero)
    for _ in 0..<count {
      let made = call(service)
      hedger.answered(after: made.end)
      times.append(made.end)
      if !made.isGood { counters.failed += 1 }
      counters.sent += made.copies.count - 1
      counters.firstWork = (counters.firstWork ?? .zero) + (made.copies[0].ends)
      for copy in made.copies {
        counters.work = (counters.work ?? .zero) + (min(copy.ends, made.end) - copy.sent)
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
