/// A wrong way to build bulkheads that seems to work.
public enum BulkheadShortcut: String, Sendable, Hashable, CaseIterable {
  /// A call that is given up does not give its permit back.
  case keepsPermitOnTimeout = "permit-kept-on-timeout"
  /// All dependencies share one bulkhead, as when they are given the same name.
  case sharesOne = "one-bulkhead-for-all"
  /// The queue of a pool takes any number of calls.
  case queuesForever = "queue-unbounded"
  /// Shards are neighbours in a row instead of drawn ones.
  case shardsInARow = "shards-in-a-row"
}
