extension BuiltinFunction {
  private static let handbook = "NIST/SEMATECH e-Handbook of Statistical Methods"

  /// What the program tells of the function.
  var page: FunctionPage {
    switch self {
    case .min:
      rounding(
        "(values: A...) -> A", "The smallest of the values.", "min(a, b, ...)",
        ("min(3 ms, 500 us)", "500 us"))
    case .max:
      rounding(
        "(values: A...) -> A", "The largest of the values.", "max(a, b, ...)",
        ("max(3 ms, 500 us)", "3 ms"))
    case .ceil:
      rounding(
        "(value: A) -> A", "The next whole number of the unit that the value is shown in.",
        "smallest whole n >= value", ("ceil(5 TB / 2 TB)", "3"))
    case .floor:
      rounding(
        "(value: A) -> A", "The whole number of the unit that the value is shown in, from below.",
        "largest whole n <= value", ("floor(5 TB / 2 TB)", "2"))
    case .round:
      rounding(
        "(value: A) -> A", "The nearest whole number of the unit that the value is shown in.",
        "nearest whole n; halves away from zero", ("round(2.5 GB)", "3 GB"))
    case .abs:
      rounding(
        "(value: A) -> A", "The value without its sign.", "|value|", ("abs(3 GB - 5 GB)", "2 GB"))
    case .sqrt:
      mathematics(
        "(value: A) -> A", "The square root; the unit must be a square or none.",
        "value^(1/2)", ("sqrt(16)", "4"))
    case .exp:
      mathematics(
        "(value: 1) -> 1", "e to the power of the value.", "e^value", ("exp(1)", "2.71828"))
    case .ln:
      mathematics(
        "(value: 1) -> 1", "The natural logarithm.", "log_e(value)", ("ln(1M)", "13.8155"))
    case .log2:
      mathematics(
        "(value: 1) -> 1", "The logarithm to base 2: how many bits count so many things.",
        "log_2(value)", ("ceil(log2(1M))", "20"))
    case .log10:
      mathematics(
        "(value: 1) -> 1", "The logarithm to base 10.", "log_10(value)", ("log10(1M)", "6"))
    case .choose:
      rounding(
        "(condition: 1, yes: A, no: A) -> A",
        "One of two values, by whether a comparison holds.", "yes where condition, else no",
        ("if(5 GB < 1 TB, 1, 2)", "1"))
    case .cost:
      page(
        "Money", "(list: NAME, amount: A) -> money",
        "What an amount costs by a price list with tiers.",
        "sum over tiers of (amount within the tier) * price",
        "Each tier's price holds for the part within it only. 'cite NAME' shows the list.",
        ("cost(egress, 50 TB)", "4300 dollars"), "The price list's own source: cite NAME.")
    case .normal, .lognormal, .uniform, .triangular, .beta, .mix, .empirical: distribution
    }
  }

  private var distribution: FunctionPage {
    switch self {
    case .normal:
      page(
        Self.uncertain, "(mean: A, deviation: A) -> A",
        "A bell around the mean; two of three values lie within one deviation.",
        "density exp(-(x - mean)^2 / (2 deviation^2)) / (deviation sqrt(2 pi))",
        "Goes below zero for wide bells: use LOW to HIGH for sizes and rates.",
        ("normal(100 ms, 10 ms)", "100 ms"), Self.handbook + ", section 1.3.6.6.1")
    case .lognormal:
      page(
        Self.uncertain, "(p5: A, p95: A) -> A",
        "What LOW to HIGH means above zero: nine of ten values lie between the two.",
        "median = sqrt(p5 p95), sigma = ln(p95 / p5) / 3.29",
        "Products of sizes and rates come out like this. The mean lies above the median.",
        ("lognormal(5 GB, 20 GB)", "10 GB"), Self.handbook + ", section 1.3.6.6.9")
    case .uniform:
      page(
        Self.uncertain, "(low: A, high: A) -> A", "Anywhere between the ends, all equally likely.",
        "density 1 / (high - low)", "Nothing outside the ends is possible, which is seldom true.",
        ("uniform(2, 4)", "3"), Self.handbook + ", section 1.3.6.6.2")
    case .triangular:
      page(
        Self.uncertain, "(low: A, mode: A, high: A) -> A",
        "From low to high, most likely at the mode.",
        "density rises in a straight line to the mode and falls in one to the high end",
        "For a guess of least, likeliest and most; the ends are hard.",
        ("triangular(1, 2, 3)", "2"),
        "Kotz and van Dorp, Beyond Beta (2004), chapter 1")
    case .beta:
      page(
        Self.uncertain, "(a: 1, b: 1) -> share",
        "A share that is not known well: after a - 1 hits and b - 1 misses.",
        "density proportional to x^(a-1) (1 - x)^(b-1); mean a / (a + b)",
        "Drawn as a quotient of gammas.", ("beta(5, 5)", "50%"),
        Self.handbook + ", section 1.3.6.6.17")
    case .mix:
      page(
        Self.uncertain, "(value: A, weight: share, value: A, weight: share, ...) -> A",
        "One of several values, each with its weight: cached or not, small or large.",
        "value_i with probability weight_i / (sum of weights)",
        "Each draw takes one part; the parts are not averaged.",
        ("mix(1 ms, 99%, 50 ms, 1%)", "1 ms"), "Drillhall's own: a draw by weight.")
    default:
      page(
        Self.uncertain, "(values: A...) -> A",
        "One of the values that were seen, all equally likely.",
        "each value with probability 1 / n", "Nothing beyond what was seen can come.",
        ("empirical(3 ms, 3 ms, 3 ms, 9 ms)", "3 ms"),
        "Efron, Bootstrap methods: another look at the jackknife (1979)")
    }
  }

  private static let uncertain = "Ranges and distributions"

  private func rounding(
    _ signature: String, _ summary: String, _ formula: String, _ example: (String, String)
  ) -> FunctionPage {
    page(
      "Choosing and rounding", signature, summary, formula,
      "Uncertain values are taken draw by draw. A value that is whole but for the last bits counts "
        + "as whole.", example, "Drillhall's own.")
  }

  private func mathematics(
    _ signature: String, _ summary: String, _ formula: String, _ example: (String, String)
  ) -> FunctionPage {
    page(
      "Mathematics", signature, summary, formula, "Takes plain numbers.", example,
      "fdlibm's argument reductions (Sun Microsystems, 1993), the same bits on every machine.")
  }

  private func page(
    _ group: String, _ signature: String, _ summary: String, _ formula: String,
    _ assumptions: String, _ example: (String, String), _ source: String
  ) -> FunctionPage {
    FunctionPage(
      name: rawValue, group: group, signature: signature, summary: summary, formula: formula,
      assumptions: assumptions, example: .init(call: example.0, result: example.1), source: source)
  }
}
