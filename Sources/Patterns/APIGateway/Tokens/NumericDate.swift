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

  /// The instant of a JSON number, nil for any other value; dates out of reach become the ends.
  ///
  /// Fractions are good to a microsecond, the nearest that a double of this size tells.
  public static func instant(_ value: JSON) -> Instant? {
    switch value {
    case .integer(let seconds):
      let away = Double(seconds) - Double(epoch)
      guard abs(away) < 4e9 else { return end(away) }
      return Instant(nanoseconds: (Int64(seconds) - epoch) * 1_000_000_000)
    case .number(let seconds):
      let away = seconds - Double(epoch)
      return abs(away) < 4e9 ? .zero + TimeSpan(seconds: away) : end(away)
    case .null, .boolean, .text, .list, .object: return nil
    }
  }

  private static func end(_ away: Double) -> Instant {
    Instant(nanoseconds: away < 0 ? .min / 2 : .max / 2)
  }
}
