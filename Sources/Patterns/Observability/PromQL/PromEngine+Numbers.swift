import Kernel

/// Functions of the value of each sample.
extension PromEngine {
  func mapped(
    _ function: PromFunction, _ arguments: [PromExpression], _ moment: PromMoment
  ) throws(Diagnostic) -> [PromSample] {
    let samples = try vector(arguments[0], moment)
    var numbers: [Double] = []
    for argument in arguments.dropFirst() { numbers.append(try scalar(argument, moment)) }
    if function == .clamp, numbers[1] < numbers[0] { return [] }
    return try computed(samples, moment) { Self.mapped(function, $0.value, numbers) }
  }

  private static func mapped(
    _ function: PromFunction, _ value: Double, _ numbers: [Double]
  ) -> Double {
    switch function {
    case .abs: Swift.abs(value)
    case .ceil: value.rounded(.up)
    case .floor: value.rounded(.down)
    case .exp: PortableMath.exp(value)
    case .ln: PortableMath.log(value)
    case .log2: PortableMath.log2(value)
    case .log10: PortableMath.log10(value)
    case .sqrt: value.squareRoot()
    case .sgn: value < 0 ? -1 : value > 0 ? 1 : value
    case .round: rounded(value, 1 / (numbers.first ?? 1))
    case .clamp: larger(numbers[0], smaller(numbers[1], value))
    case .clampMin: larger(numbers[0], value)
    case .clampMax: smaller(numbers[0], value)
    case .deg: value * 180 / PortableMath.pi
    case .rad: value * PortableMath.pi / 180
    default: angle(function, value)
    }
  }

  /// Ties go up, as in Prometheus.
  private static func rounded(_ value: Double, _ inverse: Double) -> Double {
    (value * inverse + 0.5).rounded(.down) / inverse
  }

  private static func angle(_ function: PromFunction, _ value: Double) -> Double {
    switch function {
    case .sin: PortableMath.sin(value)
    case .cos: PortableMath.cos(value)
    case .tan: PortableMath.tan(value)
    case .asin: PortableMath.asin(value)
    case .acos: PortableMath.acos(value)
    case .atan: PortableMath.atan(value)
    case .sinh: PortableMath.sinh(value)
    case .cosh: PortableMath.cosh(value)
    case .tanh: PortableMath.tanh(value)
    case .asinh: PortableMath.asinh(value)
    case .acosh: PortableMath.acosh(value)
    case .atanh: PortableMath.atanh(value)
    default: value
    }
  }

  /// Infinity wins even over what is no number, as in Go's `math.Max`.
  private static func larger(_ one: Double, _ other: Double) -> Double {
    if one == .infinity || other == .infinity { return .infinity }
    return one.isNaN || other.isNaN ? .nan : max(one, other)
  }

  private static func smaller(_ one: Double, _ other: Double) -> Double {
    -larger(-one, -other)
  }

  /// Parts of the date and the time of day, in UTC, of values that are seconds since 1970.
  func clock(
    _ function: PromFunction, _ arguments: [PromExpression], _ moment: PromMoment
  ) throws(Diagnostic) -> [PromSample] {
    // Without an argument it is the whole second of the query.
    let now = PromSample(
      labels: MetricLabels(), value: Double(moment.now / 1_000), at: moment.now)
    let samples = arguments.isEmpty ? [now] : try vector(arguments[0], moment)
    return try computed(samples, moment) { Self.clock(function, $0.value) }
  }

  /// Fractions are cut off, also those of times before 1970.
  ///
  /// What is no whole number of 64 bits is the least of them, as on the processors that Prometheus
  /// mostly runs on; Go counts from the year -292,277,022,399 and wraps around before it.
  private static func clock(_ function: PromFunction, _ value: Double) -> Double {
    let seconds = Int64(exactly: value.rounded(.towardZero)) ?? .min
    let sinceFirst = UInt64(bitPattern: seconds &+ 9_223_372_028_715_321_600)
    let ofDay = Int(sinceFirst % 86_400)
    let date = CivilDate(daysSince1970: Int(sinceFirst / 86_400) - 106_751_991_073_094)
    let part =
      switch function {
      case .minute: ofDay / 60 % 60
      case .hour: ofDay / 3_600
      case .dayOfWeek: date.weekday
      case .dayOfMonth: date.day
      case .dayOfYear: date.dayOfYear
      case .daysInMonth: date.daysInMonth
      case .month: date.month
      default: date.year
      }
    return Double(part)
  }
}
