import Kernel
import Patterns

/// The settings of a run of the overloaded server, read once.
struct ShedSettings: Sendable {
  /// The clients, in the order of `Criticality`.
  static let clientNames = ["checkout", "browse", "prefetch"]
  static let names = ["server"] + clientNames

  let design: SheddingDesign
  let retry: RetryPolicy
  let rates: [Double]
  let patience: TimeSpan
  let duration: TimeSpan
  let slots: Int
  let service: Distribution
  let refusal: TimeSpan
  let network: TimeSpan

  init(_ settings: Settings, mutant: String?, seed: UInt64) {
    design = LoadSheddingPreset.plainDesign(
      settings, seed: seed, shortcut: mutant.flatMap(LoadSheddingShortcut.init(rawValue:)))
    retry = RetryPolicy(
      maxAttempts: settings.integer("retry.attempts"),
      backoff: Backoff(
        growth: .exponential(factor: 2), jitter: .full, base: settings.span("retry.base"),
        cap: .seconds(10)))
    let rate = settings.number("rate")
    let critical = settings.number("mix.critical")
    let sheddable = settings.number("mix.sheddable")
    rates = [rate * critical, rate * max(0, 1 - critical - sheddable), rate * sheddable]
    patience = settings.span("patience")
    duration = settings.span("duration")
    slots = settings.integer("slots")
    let time = settings.span("service")
    switch settings.word("service.shape") {
    case "constant": service = .constant(time)
    case "exponential": service = .exponential(mean: time)
    default: service = .gamma(shape: 4, mean: time)
    }
    refusal = settings.span("refusal")
    network = settings.span("network")
  }
}
