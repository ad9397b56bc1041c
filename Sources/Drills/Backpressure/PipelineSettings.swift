import Kernel
import Patterns

/// The knobs and settings of the pipeline.
struct PipelineSettings: Sendable {
  static let names = ["source", "parse", "enrich", "sink"]

  static let knobs = BackpressurePreset.plain.tool.knobs + load

  private static let load = [
    Knob(
      "rate", .number(1...5_000, .perSecond), standard: .number(200), role: .load,
      "Items that come into being a second."),
    Knob(
      "source", .choice(["patient", "live"]), standard: .word("patient"), role: .load,
      "Whether an item can wait at the source, as in a file, or is lost when it cannot be sent."),
    Knob(
      "work.parse", .span(.microseconds(10)...(.minutes(1))), standard: .span(.milliseconds(1)),
      role: .load, "The mean time of parsing an item."),
    Knob(
      "work.enrich", .span(.microseconds(10)...(.minutes(1))), standard: .span(.milliseconds(4)),
      role: .load, "The mean time of enriching an item."),
    Knob(
      "work.sink", .span(.microseconds(10)...(.minutes(1))), standard: .span(.milliseconds(2)),
      role: .load, "The mean time of storing an item."),
    Knob(
      "memory", .integer(10...10_000_000), standard: .integer(20_000), role: .load,
      "Items that a stage has memory for; with one more it is killed and loses them all."),
    Knob(
      "restart", .span(.milliseconds(100)...(.minutes(5))), standard: .span(.seconds(5)),
      role: .load, "How long a stage is down when it was killed or its stream has failed."),
    Knob(
      "network", .span(.zero...(.seconds(1))), standard: .span(.milliseconds(2)), role: .load,
      "The time of a message between stages; nothing with flow=block, where they share a process."),
    .duration(),
  ]

  let design: BackpressurePreset.Design
  let shortcut: BackpressureShortcut?
  let isPushing: Bool
  let rate: Double
  let isPatient: Bool
  let work: [Distribution]
  let memory: Int
  let restart: TimeSpan
  let network: TimeSpan
  let duration: TimeSpan

  init(_ settings: Settings, mutant: String?) {
    design = BackpressurePreset.plain.design(settings)
    shortcut = mutant.flatMap(BackpressureShortcut.init(rawValue:))
    let flow = settings.word("flow")
    isPushing = flow == "push"
    rate = settings.number("rate")
    isPatient = settings.word("source") == "patient"
    work = ["parse", "enrich", "sink"].map {
      .gamma(shape: 4, mean: settings.span("work.\($0)"))
    }
    memory = settings.integer("memory")
    restart = settings.span("restart")
    network = flow == "block" ? .zero : settings.span("network")
    duration = settings.span("duration")
  }
}
