/// Wall-clock times as text, in UTC, by the proleptic Gregorian calendar.
enum DateText {
  /// `2026-03-14 09:26` of milliseconds since 1970.
  static func minute(_ milliseconds: Int) -> String {
    let minutes = milliseconds / 60_000
    let clock = minutes % 1_440
    return "\(day(milliseconds)) \(two(clock / 60)):\(two(clock % 60))"
  }

  /// `2026-03-14` of milliseconds since 1970; days to dates after Howard Hinnant.
  static func day(_ milliseconds: Int) -> String {
    let shifted = milliseconds / 86_400_000 + 719_468
    let era = shifted / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
    let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    return "\(yearOfEra + era * 400 + (month <= 2 ? 1 : 0))-\(two(month))-\(two(day))"
  }

  private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
