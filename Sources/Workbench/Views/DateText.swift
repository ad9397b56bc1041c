import Kernel

/// Wall-clock times as text, in UTC, by the proleptic Gregorian calendar.
enum DateText {
  /// `2026-03-14 09:26` of milliseconds since 1970.
  static func minute(_ milliseconds: Int) -> String {
    let minutes = milliseconds / 60_000
    let clock = minutes % 1_440
    return "\(day(milliseconds)) \(two(clock / 60)):\(two(clock % 60))"
  }

  /// `2026-03-14` of milliseconds since 1970.
  static func day(_ milliseconds: Int) -> String {
    CivilDate(daysSince1970: milliseconds / 86_400_000).text
  }

  private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
