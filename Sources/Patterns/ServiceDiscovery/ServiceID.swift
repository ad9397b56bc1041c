/// A service that instances register under: a small number; its name lives with the scenario.
public struct ServiceID: Sendable, Hashable, Comparable {
  /// The service's place in its list, from 0.
  public let index: Int

  /// The service at `index`.
  public init(_ index: Int) { self.index = index }

  /// Whether the left service stands earlier.
  public static func < (left: ServiceID, right: ServiceID) -> Bool { left.index < right.index }
}
