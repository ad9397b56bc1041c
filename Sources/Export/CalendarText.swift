/// Moments as text, in UTC so that the same log gives the same words everywhere.
enum CalendarText {
  /// The day, as in `2026-01-31`, of a moment in milliseconds since 1970.
  static func day(_ milliseconds: Int) -> String {
    let days = Int((Double(milliseconds) / 86_400_000).rounded(.down))
    // Days to a date of the Gregorian calendar: eras of 400 years that begin on a 1 March, after
    // Hinnant, "chrono-Compatible Low-Level Date Algorithms" (2021), `civil_from_days`.
    let shifted = days + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
    let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
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
