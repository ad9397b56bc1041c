/// A wrong way to build timeouts that seems to work.
public enum TimeoutShortcut: String, Sendable, Hashable, CaseIterable {
  /// Each try gets its whole time, however little the request has left.
  case forgetsParent = "tries-outlive-their-request"
  /// A call that is told to stop does not tell the calls that it made itself.
  case cancelsOneHop = "cancellation-stops-at-the-first-hop"
}
