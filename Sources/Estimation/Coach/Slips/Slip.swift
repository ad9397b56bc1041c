/// A slip that explains by which factor an answer is off.
public struct Slip: Sendable, Hashable {
  /// By which factor, above 1: 8 for bits and bytes, 86,400 for a day and a second.
  public let factor: Double
  /// Whether the answer is too high by it; else too low.
  public let isTooHigh: Bool
  /// What happened; two where only two slips together explain the factor.
  public let causes: [SlipCause]
  /// What happened, as in `8 times too high: that is bits taken for bytes`.
  public let sentence: String
}

/// A kind of slip.
public enum SlipCause: Sendable, Hashable {
  /// A further slip that the step alone invites, by its factor.
  case own(Double)
  /// A given was left out, counted twice or turned over.
  case given(String, role: ProblemFamily.Role, GivenMishap)
  /// Bits and bytes: 8.
  case bits
  /// Units of time: 60 to 86,400, and 7 to 365.
  case time(TimeFactor)
  /// Steps of the prefixes: 1,000 to the power of so many.
  case prefix(Int)
  /// Zeros that were lost or added, one or two.
  case zeros(Int)
}

/// What happened to a given.
public enum GivenMishap: Sendable, Hashable {
  /// It did not enter.
  case leftOut
  /// It entered once more than it should.
  case onceTooOften
  /// It was divided by instead of multiplied with, or the other way round.
  case turnedOver
}

/// A factor between two units of time.
public enum TimeFactor: Sendable, Hashable, CaseIterable {
  /// 86,400 seconds.
  case secondsOfDay
  /// 3,600 seconds.
  case secondsOfHour
  /// 60 seconds or minutes.
  case sixty
  /// 24 hours.
  case hoursOfDay
  /// 7 days.
  case daysOfWeek
  /// 30 days.
  case daysOfMonth
  /// 12 months.
  case monthsOfYear
  /// 365 days.
  case daysOfYear

  /// The factor.
  public var factor: Double {
    switch self {
    case .secondsOfDay: 86_400
    case .secondsOfHour: 3_600
    case .sixty: 60
    case .hoursOfDay: 24
    case .daysOfWeek: 7
    case .daysOfMonth: 30
    case .monthsOfYear: 12
    case .daysOfYear: 365
    }
  }

  /// The span of time, in seconds, without which nobody mixes these up.
  var leastSpan: Double {
    switch self {
    case .sixty: 60
    case .secondsOfHour: 3_600
    case .secondsOfDay, .hoursOfDay: 86_400
    case .daysOfWeek: 7 * 86_400
    case .daysOfMonth, .monthsOfYear: 30 * 86_400
    case .daysOfYear: 365 * 86_400
    }
  }

  /// The longer unit, the shorter one, and how the factor is called.
  var words: (longer: String, shorter: String, factor: String) {
    switch self {
    case .secondsOfDay: ("day", "second", "the 86,400 seconds of a day")
    case .secondsOfHour: ("hour", "second", "the 3,600 seconds of an hour")
    case .sixty: ("minute", "second", "the 60 seconds of a minute (or minutes of an hour)")
    case .hoursOfDay: ("day", "hour", "the 24 hours of a day")
    case .daysOfWeek: ("week", "day", "the 7 days of a week")
    case .daysOfMonth: ("month", "day", "the 30 days of a month")
    case .monthsOfYear: ("year", "month", "the 12 months of a year")
    case .daysOfYear: ("year", "day", "the 365 days of a year")
    }
  }
}
