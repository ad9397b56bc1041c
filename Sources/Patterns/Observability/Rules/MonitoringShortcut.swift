/// A deliberate bug in monitoring: the healthy code with one thing left out.
public enum MonitoringShortcut: String, Sendable, Hashable, CaseIterable {
  /// An alert fires at the first evaluation at which its condition holds, whatever its `for`.
  case ignoresFor = "ignores-for"
  /// A counter that falls is not taken to have begun anew: its rate is negative.
  case resetsAreDrops = "resets-are-drops"
  /// The series of a target that cannot be scraped are not ended.
  case leavesSeriesOpen = "leaves-series-open"
  /// An observation is counted in its own bucket only, and not in those above.
  case countsOneBucket = "counts-one-bucket"
}
