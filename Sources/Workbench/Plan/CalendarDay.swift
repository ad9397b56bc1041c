import Kernel

/// A day of the calendar, in UTC, by the proleptic Gregorian calendar.
struct CalendarDay: Hashable, Comparable {
  /// Days since the first of January 1970.
  let number: Int

  init(number: Int) { self.number = number }

  /// The day that holds a moment, in milliseconds since 1970.
  init(atMilliseconds milliseconds: Int) { number = milliseconds / 86_400_000 }

  /// The day written as `2027-01-15`.
  init(_ text: String) throws(Diagnostic) {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
    guard parts.count == 3, let year = parts[0], let month = parts[1], let day = parts[2],
      (1970...9999).contains(year), (1...12).contains(month), day >= 1
    else { throw Self.complaint(text) }
    number = CivilDate(year: year, month: month, day: day).daysSince1970
    // The 31st of February would be another day.
    guard self.text == text else { throw Self.complaint(text) }
  }

  /// The day as `2027-01-15`.
  var text: String { DateText.day(number * 86_400_000) }

  /// The day as `Fri 2027-01-15`.
  var textWithWeekday: String {
    let names = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    return "\(names[number % 7]) \(text)"
  }

  static func < (first: CalendarDay, second: CalendarDay) -> Bool { first.number < second.number }

  private static func complaint(_ text: String) -> Diagnostic {
    Diagnostic("'\(text)' is no date.", found: text, expected: "a date such as 2027-01-15")
  }
}
