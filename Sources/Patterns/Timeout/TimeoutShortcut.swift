/// A wrong way to build timeouts that seems to work.
public enum TimeoutShortcut: String, Sendable, Hashable, CaseIterable {
  /// Each try gets its whole time, however little the request has left.
  case forgetsParent = "tries-outlive-their-request"
}
