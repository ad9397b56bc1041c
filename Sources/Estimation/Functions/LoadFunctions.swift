/// Rates, peaks and growth.
enum LoadFunctions {
  static let all = [peak, averageFromPeak, growth, doublingPeriods, accumulated, fillTime]

  private static let linkedIn = """
    LinkedIn's Kafka in 2015: 800 billion messages a day, which is 9.3 million a second, and \
    over 13 million at the busiest times, a factor of 1.4; quoted at \
    https://opengear.net/blog/2015/04/17
    """

  private static let peak = EstimateFunction(
    name: "peak", group: .load, signature: "(average: A, factor: 1) -> A",
    summary: "The load at the busiest time, from the average load.",
    formula: "peak = average * factor",
    assumptions: """
      The factor is an assumption about people, not a law: say it aloud. Traffic of machines is \
      flatter than that of people, and an event has a factor of its own on top of the daily one.
      """,
    example: .init(call: "peak(9.3M messages/s, 1.4)", result: "13.02M messages/s"),
    source: linkedIn,
    product: [1, 1],
    compute: { (arguments) throws(FormulaRefusal) in
      try arguments[0] * arguments.atLeast1(1)
    })

  private static let averageFromPeak = EstimateFunction(
    name: "average_from_peak", group: .load, signature: "(peak: A, factor: 1) -> A",
    summary: "The average load, from the load at the busiest time.",
    formula: "average = peak / factor",
    assumptions: """
      For what grows with the total, such as storage and cost. Servers and bandwidth are sized \
      for the peak.
      """,
    example: .init(call: "average_from_peak(13M messages/s, 1.4)", result: "9.286M messages/s"),
    source: linkedIn,
    product: [1, -1],
    compute: { (arguments) throws(FormulaRefusal) in
      try arguments[0] / arguments.atLeast1(1)
    })

  private static let growth = EstimateFunction(
    name: "growth", group: .load, signature: "(start: A, rate: 1, periods: 1) -> A",
    summary: "What an amount becomes that grows by the same share in every period.",
    formula: "end = start * (1 + rate)^periods",
    assumptions: """
      The rate belongs to the period: 40% a year goes with a number of years. Growth at a \
      constant rate rarely lasts; over many periods a small error in the rate decides the result.
      """,
    example: .init(call: "growth(10 TB, 40%, 3)", result: "27.44 TB"),
    source: "MathWorld, \"Rule of 72\", https://mathworld.wolfram.com/Ruleof72.html",
    compute: { (arguments) throws(FormulaRefusal) in
      let factor = CompoundGrowth.factor(
        growth: try arguments.growth(1), periods: try arguments.atLeast0(2))
      return arguments[0] * factor
    })

  private static let doublingPeriods = EstimateFunction(
    name: "doubling_periods", group: .load, signature: "(rate: 1) -> 1",
    summary: "How many periods it takes to double at the same growth in every period.",
    formula: "periods = ln 2 / ln(1 + rate)",
    assumptions: """
      The result is in the periods of the rate: years for a rate a year. In the head: 72 divided \
      by the percentage (the rule of 72).
      """,
    example: .init(call: "doubling_periods(40%)", result: "2.06"),
    source: "MathWorld, \"Rule of 72\", https://mathworld.wolfram.com/Ruleof72.html",
    compute: { (arguments) throws(FormulaRefusal) in
      CompoundGrowth.doublingPeriods(growth: try arguments.above0(0))
    })

  private static let accumulated = EstimateFunction(
    name: "accumulated", group: .load,
    signature: "(rate: A/time, growth: 1, period: time, span: time) -> A",
    summary: "What has come in after a time, when the rate itself grows.",
    formula: """
      amount = rate * period * ((1 + growth)^n - 1) / ln(1 + growth)
      n = span / period; without growth: amount = rate * span
      """,
    assumptions: """
      The rate is today's and grows steadily by the share given in every period; nothing is \
      deleted.
      """,
    example: .init(
      call: "accumulated(1 TB/day, 40%, 365 days, 3 * 365 days) -> TB", result: "1892 TB"),
    source: "The integral of rate * (1 + growth)^(t / period) from 0 to the span; derived here.",
    compute: { (arguments) throws(FormulaRefusal) in
      let growth = try arguments.growth(1)
      let period = try arguments.above0(2)
      let periods = try arguments.atLeast0(3) / period
      return arguments[0] * period * CompoundGrowth.accumulated(growth: growth, periods: periods)
    })

  private static let fillTime = EstimateFunction(
    name: "fill_time", group: .load,
    signature: "(room: A, rate: A/time, growth: 1, period: time) -> time",
    summary: "How long the free room lasts, when the rate at which it fills grows.",
    formula: """
      time = period * ln(1 + room * ln(1 + growth) / (rate * period)) / ln(1 + growth)
      without growth: time = room / rate
      """,
    assumptions: """
      The rate is today's and grows steadily by the share given in every period; nothing is \
      deleted.
      """,
    example: .init(
      call: "fill_time(1892 TB, 1 TB/day, 40%, 365 days) -> days", result: "1095 days"),
    source: "The inverse of the function accumulated; derived here.",
    compute: { (arguments) throws(FormulaRefusal) in
      let room = try arguments.atLeast0(0)
      let rate = try arguments.above0(1)
      let growth = try arguments.growth(2)
      let period = try arguments.above0(3)
      let amount = room / (rate * period)
      if let periods = CompoundGrowth.periods(growth: growth, amount: amount) {
        return periods * period
      }
      throw FormulaRefusal(
        argument: 0, reason: "is more than ever comes in while the rate declines",
        expected: "room below rate * period / -ln(1 + growth), or a growth of 0 or more")
    })
}
