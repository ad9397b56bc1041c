import Kernel

/// What the trace has been told, so that each kind of trouble is told a few times only.
struct CQRSWatch: Sendable {
  var lastFault: Trace.ID?
  var deployed: Trace.ID?
  var poison: Trace.ID?
  var rebuild: Trace.ID?
  var behind: Trace.ID?
  var stale: Trace.ID?
  var conflict: Trace.ID?
  private var told: [String: Int] = [:]

  /// Whether `kind` may be told once more.
  mutating func mayTell(_ kind: String, most: Int = 3) -> Bool {
    told[kind, default: 0] += 1
    return told[kind, default: 0] <= most
  }
}
