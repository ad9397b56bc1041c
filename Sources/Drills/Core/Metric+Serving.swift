import Kernel

/// How well clients are served, through a fault and after it; several scenarios measure it.
extension Metric {
  /// Good answers over the whole run.
  static let goodput = Metric(
    "goodput", .perSecond, "Requests answered well, a second, over the whole run.")
  /// Good answers once the faults are over.
  static let goodputAfter = Metric(
    "goodput_after", .perSecond,
    "Requests answered well, a second, from the end of the last fault to the end of the run.")
  /// How long it takes until clients are served again.
  static let timeToRecover = Metric(
    "time_to_recover", .seconds,
    "From the end of the last fault until 95 % of requests are answered well for 3 s.")
}

extension GroupTally {
  /// The share of requests answered well, of all and of each group, and then the metrics above.
  func serving(_ groups: [String]) -> [Measurement] {
    let shares = groups.enumerated().map { group, name in
      Measurement("success_\(name)", success(group), .fraction)
    }
    let rates = [
      Measurement("goodput", goodput, .perSecond),
      Measurement("goodput_after", goodputAfter, .perSecond),
      Measurement("time_to_recover", timeToRecover, .seconds),
    ]
    return [Measurement("success", success(), .fraction)] + shares + rates
  }
}
