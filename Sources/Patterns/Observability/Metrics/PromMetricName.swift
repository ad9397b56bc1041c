/// What may be the name of a metric.
public enum PromMetricName {
  /// Whether `name` is made of letters, digits, `_` and `:` and does not begin with a digit.
  public static func isValid(_ name: String) -> Bool {
    guard let first = name.utf8.first, !(0x30...0x39).contains(first) else { return false }
    return name.utf8.allSatisfy {
      (0x30...0x39).contains($0) || (0x41...0x5a).contains($0) || (0x61...0x7a).contains($0)
        || $0 == 0x5f || $0 == 0x3a
    }
  }
}
