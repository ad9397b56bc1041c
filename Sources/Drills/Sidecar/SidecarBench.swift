import Kernel
import Patterns
import Presentation

/// One pod under commands: its two containers, an ambassador's pool and an adapter's buffer.
///
/// The clock stands still until `tick`.
public struct SidecarBench: Bench {
  /// The knobs and where they stand.
  public private(set) var settings: Settings
  let preset: SidecarPreset
  var life: PodLifecycle
  var pool = AmbassadorPool(size: 8, places: 100)
  var adapter = LogAdapter(capacity: 100, isDropping: false)
  var now = Instant.zero
  /// What is due: when, and what.
  var due: [(at: Instant, input: PodLifecycle.Input)] = []
  var takesUntil = Instant.distantFuture
  var counters = Counters()
  var isStoreUp = true

  /// What has been counted since the bench was made.
  struct Counters: Sendable, Equatable {
    var requests = 0
    var good = 0
    var lastGood = 0
    var readyAt: Instant?
    var waits = 0
    var refused = 0
    var blocked = 0
    var asked = 0
  }

  /// A fresh bench, plain or with the knobs and defaults of `preset`.
  public init(preset: SidecarPreset = .plain) {
    self.preset = preset
    settings = Settings(preset.tool.knobs)
    life = PodLifecycle(preset.options(settings))
  }

  /// The words that commands take.
  public var parts: [String] { ["drop", "block"] }

  /// What can be typed.
  public var commands: [BenchCommand] {
    [
      BenchCommand("start", usage: "start", example: "start", "Starts the pod."),
      BenchCommand("stop", usage: "stop", example: "stop", "Tells the pod to stop."),
      BenchCommand("tick", usage: "tick TIME", example: "tick 3s", "Lets time pass."),
      BenchCommand(
        "send", usage: "send [COUNT]", example: "send 10",
        "Sends requests, each of which needs the sidecar."),
      BenchCommand(
        "borrow", usage: "borrow [COUNT]", example: "borrow 10",
        "Asks the ambassador for connections and keeps them."),
      BenchCommand(
        "return", usage: "return [COUNT]", example: "return 1", "Gives connections back."),
      BenchCommand(
        "write", usage: "write [COUNT]", example: "write 150", "Writes lines to the adapter."),
      BenchCommand("down", usage: "down", example: "down", "Takes the store of logs away."),
      BenchCommand("up", usage: "up", example: "up", "Brings the store of logs back."),
      BenchCommand(
        "full", usage: "full drop|block", example: "full drop",
        "Chooses what the adapter does when it is full; it begins anew."),
      BenchCommand("show", usage: "show", example: "show", "Shows the pod."),
    ]
  }

  /// What can be measured right now.
  public var facts: [Measurement] {
    [
      Measurement("requests", Double(counters.requests), .count),
      Measurement("good", Double(counters.good), .count),
      Measurement("last_good", Double(counters.lastGood), .count),
      Measurement("ready_after", counters.readyAt?.seconds, .seconds),
      Measurement("deaths", Double(life.deaths), .count),
      Measurement("sidecar_up", life.isSidecarUp ? 1 : 0, .count),
      Measurement("application_up", life.isApplicationUp ? 1 : 0, .count),
      Measurement("connections", Double(pool.inUse), .count),
      Measurement("waiting", Double(pool.line.count), .count),
      Measurement("refused", Double(counters.refused), .count),
      Measurement("buffered", Double(adapter.buffered), .count),
      Measurement("shipped", Double(adapter.shipped), .count),
      Measurement("lost", Double(adapter.lost), .count),
      Measurement("blocked", Double(counters.blocked), .count),
      Measurement("clock", now.seconds, .seconds),
    ]
  }

  /// What the bench leaves out.
  public var fidelity: Fidelity {
    Fidelity(
      models: ["The pod's life, the pool and the adapter are those that the drills run."],
      leavesOut: [
        "The sidecar takes 3 s to be up and the application 1 s.",
        "Requests take no time; the application ends at once when it lingers no more.",
      ] + preset.tool.leavesOut,
      sources: SidecarScenario().fidelity.sources)
  }

  /// The first invariant that does not hold, or nil.
  public func checkInvariants() -> InvariantViolation? {
    if let complaint = adapter.checkLines() {
      return InvariantViolation("lines", witness: complaint)
    }
    return life.checkInvariants()
  }

  /// Turns knobs; the pod begins anew.
  public mutating func apply(_ changed: Settings) throws(Diagnostic) -> Document {
    self = SidecarBench(preset: preset)
    settings = changed
    life = PodLifecycle(preset.options(changed))
    let changes = settings.changes.map { "\($0.name)=\($0.text)" }
    return Document([
      .text(
        "Knobs away from their defaults: "
          + (changes.isEmpty ? "none" : changes.joined(separator: " "))),
      .text("The pod does not run."),
    ])
  }

  /// Carries out one command.
  public mutating func perform(_ line: BenchLine) throws(Diagnostic) -> Document {
    switch line.name {
    case "start":
      guard life.sidecar == .off, life.application == .off else {
        throw Diagnostic("The pod runs already.", expected: "stop, and time, before another start")
      }
      counters.readyAt = nil
      takesUntil = .distantFuture
      return step(.started)
    case "stop": return step(.stopAsked)
    case "tick":
      return tick(try line.span(upTo: .hours(1), expected: "a time up to 1h, such as 3s"))
    case "send": return send(try line.count(0, of: "requests", upTo: 10_000))
    case "borrow": return borrow(try line.count(0, of: "connections", upTo: 1_000))
    case "return": return giveBack(try line.count(0, of: "connections", upTo: 1_000))
    case "write": return write(try line.count(0, of: "lines", upTo: 10_000))
    case "down", "up":
      isStoreUp = line.name == "up"
      while isStoreUp, adapter.buffered > 0 { adapter.ship() }
      return Document([.text("The store of logs is \(line.name).")])
    case "full":
      let word = line.arguments.first ?? ""
      guard word == "drop" || word == "block" else {
        throw .unknown("answer to a full buffer", word, known: ["drop", "block"])
      }
      adapter = LogAdapter(capacity: 100, isDropping: word == "drop")
      return Document([
        .text("A full adapter makes the application \(word == "drop" ? "lose lines" : "wait").")
      ])
    default: return show()
    }
  }
}
