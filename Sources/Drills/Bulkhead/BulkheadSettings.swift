import Kernel
import Patterns

/// The settings of a run of the service, read once.
struct BulkheadSettings: Sendable {
  /// What a request is for, and the dependency that it needs.
  static let routes = ["pay", "browse", "review"]
  static let dependencies = ["payments", "catalog", "reviews"]
  static let names = ["api"] + dependencies + ["client"]
  /// The route whose answer may be left out of a page.
  static let optional = 2

  let design: BulkheadPreset.Design
  let shortcut: BulkheadShortcut?
  let timeout: TimeSpan
  let socketTimeout: TimeSpan
  let hasFallback: Bool
  let threads: Int
  let backlog: Int
  let rates: [Double]
  let services: [Distribution]
  let patience: TimeSpan
  let duration: TimeSpan
  let slots: Int
  let network: TimeSpan

  init(_ settings: Settings, mutant: String?) {
    shortcut = mutant.flatMap(BulkheadShortcut.init(rawValue:))
    design = BulkheadPreset.plainDesign(settings, shortcut: shortcut)
    timeout = settings.span("timeout")
    socketTimeout = settings.span("timeout.socket")
    hasFallback = settings.flag("fallback")
    threads = settings.integer("threads")
    backlog = settings.integer("backlog")
    rates = Self.routes.map { settings.number("rate.\($0)") }
    services = Self.routes.map {
      .gamma(shape: 4, mean: settings.span("service.\($0)"))
    }
    patience = settings.span("patience")
    duration = settings.span("duration")
    slots = settings.integer("slots")
    network = settings.span("network")
  }
}
