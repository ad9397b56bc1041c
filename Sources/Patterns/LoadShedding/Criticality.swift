/// How much it hurts when a request is refused.
///
/// A server that must refuse refuses the least critical first. The caller names the class, and every
/// service on the way passes it on.
public enum Criticality: Int, Sendable, Hashable, CaseIterable {
  /// Users see the failure and are hurt by it: a checkout.
  case critical
  /// Users see the failure: a page.
  case normal
  /// Nobody waits for it now: prefetching, batch work.
  case sheddable
}

extension Criticality: CustomStringConvertible {
  /// The word that commands use.
  public var description: String {
    switch self {
    case .critical: "critical"
    case .normal: "normal"
    case .sheddable: "sheddable"
    }
  }
}
