import Kernel

/// Dates in tokens: seconds since 1970-01-01 00:00:00 UTC, without leap seconds, fractions allowed.
///
/// A simulated universe begins on 2027-01-15 at 08:00:00 UTC, which is second 1,800,000,000.
///
/// Source: RFC 7519 section 2 (NumericDate).
public enum NumericDate {
  /// The second at which a simulated universe begins.
  public static let epoch: Int64 = 1_800_000_000

  /// The whole second in which `instant` lies.
  public static func seconds(_ instant: Instant) -> Int64 {
    epoch + Int64((Double(instant.nanoseconds) / 1e9).rounded(.down))
  }

  /// The instant of a JSON number, to the nanosecond below; dates out of reach become the ends.
  public static func instant(_ text: String) -> Instant? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count <= 2, let whole = Int64(parts[0]) else { return approximate(text) }
    var fraction: Int64 = 0
    if parts.count == 2 {
      let digits = parts[1].prefix(9)
      guard parts[1].allSatisfy({ $0.isASCII && $0.isNumber }), let value = Int64(digits) else {
        return approximate(text)
      }
      fraction = (0..<(9 - digits.count)).reduce(value) { value, _ in value * 10 }
    }
    guard abs(Double(whole) - Double(epoch)) < 4e9 else {
      return whole < epoch ? Instant(nanoseconds: .min / 2) : Instant(nanoseconds: .max / 2)
    }
    return Instant(
      nanoseconds: (whole - epoch) * 1_000_000_000 + (text.hasPrefix("-") ? -fraction : fraction))
  }

  /// A number with an exponent, or one that no whole number holds.
  private static func approximate(_ text: String) -> Instant? {
    guard let seconds = Double(text), seconds.isFinite else { return nil }
    return .zero + TimeSpan(seconds: seconds - Double(epoch))
  }
}
