import Kernel

/// What the trace was told already.
struct BalanceWatch: Sendable {
  var lastFault: Trace.ID?
  var deploy: Trace.ID?
  var join: Trace.ID?
  var failed: Trace.ID?
  var lostSession: Trace.ID?
  var doubled: Trace.ID?
  var nobody: Trace.ID?
  var panic: Trace.ID?
  /// By host: its line is long, its tries fail, it draws more than its share, it was taken out.
  var lines: [Trace.ID?]
  var trouble: [Trace.ID?]
  var drawn: [Trace.ID?]
  var out: [Trace.ID?]
  /// The host with the least load in the last report, and how much that was.
  var least: (host: Int, load: Int)?
  var lastFailure = Instant.zero

  init(_ settings: BalanceSettings) {
    let none = [Trace.ID?](repeating: nil, count: settings.allHosts)
    lines = none
    trouble = none
    drawn = none
    out = none
  }

  mutating func reported(_ instances: [DependencyInstance]) {
    var best: (host: Int, load: Int)?
    for (host, instance) in instances.enumerated() {
      let load = instance.working.count + instance.line.count
      if load < best?.load ?? .max { best = (host, load) }
    }
    least = best
  }
}
