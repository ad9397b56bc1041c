import Kernel

/// Moments as text, in UTC so that the same log gives the same words everywhere.
enum CalendarText {
  /// The day, as in `2026-01-31`, of a moment in milliseconds since 1970.
  static func day(_ milliseconds: Int) -> String {
    let days = Int((Double(milliseconds) / 86_400_000).rounded(.down))
    let date = CivilDate(daysSince1970: days)
    return "\(padded(date.year, 4))-\(padded(date.month, 2))-\(padded(date.day, 2))"
  }

  /// The minute, as in `2026-01-31 08:05 UTC`, of a moment in milliseconds since 1970.
  static func minute(_ milliseconds: Int) -> String {
    let minutes = Int((Double(milliseconds) / 60_000).rounded(.down))
    let ofDay = ((minutes % 1_440) + 1_440) % 1_440
    return "\(day(milliseconds)) \(padded(ofDay / 60, 2)):\(padded(ofDay % 60, 2)) UTC"
  }

  private static func padded(_ value: Int, _ width: Int) -> String {
    let digits = String(value)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }
}
