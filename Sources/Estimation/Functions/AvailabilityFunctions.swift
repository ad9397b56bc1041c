/// How parts that fail make a whole that fails.
enum AvailabilityFunctions {
  static let all = [
    series, parallel, quorum, steady, nines, downtime, errorBudget, burnRate, budgetLasts,
  ]

  private static let composite = """
    Ewerlöf, "Composite SLO", 25 March 2024, https://blog.alexewerlof.com/p/composite-slo
    """
  private static let sreBook = """
    Beyer and others, "Site Reliability Engineering", O'Reilly 2016, chapter 3 and the \
    availability table of appendix A
    """
  private static let burn = """
    Google Cloud, "Burn rate of error budget", \
    https://cloud.google.com/stackdriver/docs/solutions/slo-monitoring/alerting-on-budget-burn-rate
    """

  private static let series = EstimateFunction(
    name: "series", group: .availability, signature: "(values: 1...) -> share",
    summary: "The availability of a whole that needs all of its parts.",
    formula: "A = A1 * A2 * ... * An",
    assumptions: """
      Parts fail independently, and one part's failure fails the whole. A cached or optional \
      dependency does not belong in the chain.
      """,
    example: .init(call: "1 - series(99.9%, 99.9%, 99.9%)", result: "0.2997%"), source: composite,
    compute: { (arguments) throws(FormulaRefusal) in
      for place in arguments.indices { _ = try arguments.share(place) }
      return AvailabilityLaw.series(arguments)
    })

  private static let parallel = EstimateFunction(
    name: "parallel", group: .availability, signature: "(values: 1...) -> share",
    summary: "The availability of a whole for which one of its parts is enough.",
    formula: "A = 1 - (1 - A1) * (1 - A2) * ... * (1 - An)",
    assumptions: """
      Parts fail independently and the switch to another one is perfect and immediate. A shared \
      zone, release or configuration breaks that, and with it most nines of this result.
      """,
    example: .init(call: "1 - parallel(99.9%, 99.9%)", result: "0.0001%"), source: composite,
    compute: { (arguments) throws(FormulaRefusal) in
      for place in arguments.indices { _ = try arguments.share(place) }
      return AvailabilityLaw.parallel(arguments)
    })

  private static let quorum = EstimateFunction(
    name: "k_of_n", group: .availability, signature: "(k: A, n: A, availability: 1) -> share",
    summary: "The availability of a group of equal parts of which some number must be up.",
    formula: "A = sum over i from k to n of (n choose i) * a^i * (1 - a)^(n - i)",
    assumptions: """
      Parts are alike and fail independently. For a majority of n take k = floor(n / 2) + 1.
      """,
    example: .init(call: "1 - k_of_n(2, 3, 99%)", result: "0.0298%"),
    source: """
      "Reliability Modeling: k out of n Configuration", \
      https://reliabilityanalytics.com/blog/2011/09/02/\
      reliability-modeling-k-out-of-n-configutation/
      """,
    compute: { (arguments) throws(FormulaRefusal) in
      let needed = try arguments.whole(0, from: 0)
      let count = try arguments.whole(1)
      let part = try arguments.share(2)
      if needed <= count {
        return AvailabilityLaw.quorum(needed: needed, of: count, part: part)
      }
      throw FormulaRefusal(
        argument: 0, reason: "is more than there are", expected: "a whole number from 0 to n")
    })

  private static let steady = EstimateFunction(
    name: "availability", group: .availability, signature: "(mtbf: time, mttr: time) -> share",
    summary: "The share of time that a part is up, from its failures and repairs.",
    formula: "A = mtbf / (mtbf + mttr)",
    assumptions: """
      Mtbf is the mean time up from one repair to the next failure, mttr the mean time until it \
      is up again, detection included. It is a mean over long times.
      """,
    example: .init(call: "1 - availability(30 days, 1 hour)", result: "0.1387%"), source: sreBook,
    compute: { (arguments) throws(FormulaRefusal) in
      AvailabilityLaw.steady(uptime: try arguments.above0(0), repair: try arguments.atLeast0(1))
    })

  private static let nines = EstimateFunction(
    name: "nines", group: .availability, signature: "(availability: 1) -> 1",
    summary: "How many nines an availability has.",
    formula: "nines = -log10(1 - availability)",
    assumptions: "99.95% has 3.3 nines. Half a nine more leaves a third of the downtime.",
    example: .init(call: "nines(99.99%)", result: "4"), source: sreBook,
    compute: { (arguments) throws(FormulaRefusal) in
      AvailabilityLaw.nines(try arguments.percentile(0))
    })

  private static let downtime = EstimateFunction(
    name: "downtime", group: .availability, signature: "(availability: 1, period: time) -> time",
    summary: "How long a service of some availability is down during a period.",
    formula: "downtime = (1 - availability) * period",
    assumptions: """
      A mean: it may come as one outage or as many. Counted in time a partial outage is hard to \
      place; error_budget counts requests.
      """,
    example: .init(call: "downtime(99.99%, 365.25 days) -> minutes", result: "52.6 minutes"),
    source: sreBook,
    compute: { (arguments) throws(FormulaRefusal) in
      try (1 - arguments.share(0)) * arguments.atLeast0(1)
    })

  private static let errorBudget = EstimateFunction(
    name: "error_budget", group: .availability, signature: "(target: 1, total: A) -> A",
    summary: "How much of a total may go wrong before a target is missed.",
    formula: "budget = (1 - target) * total",
    assumptions: """
      The total is what counts in the period of the target: requests, or time. Choose what users \
      notice.
      """,
    example: .init(call: "error_budget(99.9%, 5M requests)", result: "5k requests"), source: burn,
    compute: { (arguments) throws(FormulaRefusal) in
      try (1 - arguments.share(0)) * arguments.atLeast0(1)
    })

  private static let burnRate = EstimateFunction(
    name: "burn_rate", group: .availability, signature: "(errors: 1, target: 1) -> 1",
    summary: "How many times faster than allowed errors use up the error budget.",
    formula: "burn rate = errors / (1 - target)",
    assumptions: """
      Errors is the share of requests that fail now. At a burn rate of 1 the budget lasts just as \
      long as the period of the target.
      """,
    example: .init(call: "burn_rate(1.44%, 99.9%)", result: "14.4"), source: burn,
    compute: { (arguments) throws(FormulaRefusal) in
      try arguments.share(0) / (1 - arguments.percentile(1))
    })

  private static let budgetLasts = EstimateFunction(
    name: "budget_lasts", group: .availability,
    signature: "(errors: 1, target: 1, period: time) -> time",
    summary: "How long a full error budget lasts at a share of errors.",
    formula: "time = period * (1 - target) / errors",
    assumptions: "The share of errors and the traffic stay as they are.",
    example: .init(call: "budget_lasts(1.44%, 99.9%, 30 days) -> hours", result: "50 hours"),
    source: """
      Datadog, "Burn Rate Alerts", \
      https://docs.datadoghq.com/service_level_objectives/burn_rate
      """,
    compute: { (arguments) throws(FormulaRefusal) in
      let errors = try arguments.share(0)
      let budget = 1 - (try arguments.share(1))
      let period = try arguments.atLeast0(2)
      if errors > 0 { return period * budget / errors }
      throw FormulaRefusal(
        argument: 0, reason: "is 0, so that the budget lasts for ever",
        expected: "a share above 0, such as 1%")
    })
}
