/// A named figure that a mechanism yielded, in its unit.
public struct Measurement: Sendable, Hashable {
  /// The name, as objectives and predictions use it: `p99`, `moved_fraction`.
  public let name: String
  /// The figure; nil when the run gave nothing to measure (no request, so no percentile).
  public let value: Double?
  /// The unit of the figure.
  public let unit: Unit

  /// The figure `value` called `name`.
  public init(_ name: String, _ value: Double?, _ unit: Unit) {
    self.name = name
    self.value = value
    self.unit = unit
  }

  /// The figure as people write it, `none` when there is none.
  public var text: String { value.map(unit.text) ?? "none" }
}
