import Kernel

/// How much of a result's uncertainty comes from one input.
public struct Influence: Sendable, Hashable {
  /// How the influence was worked out.
  public enum Measure: Sendable, Hashable {
    /// The input's share of the variance (of the logarithm, for products), exact.
    case share
    /// Spearman's rank correlation of input and result, by draws.
    case rankCorrelation
  }

  /// The input: the name it defines, or its text.
  public let label: String
  /// The input's 90 % range in words.
  public let range: String
  /// The figure: a share from 0 to 1, or a correlation from -1 to 1.
  public let strength: Double
  /// What the figure is.
  public let measure: Measure
  /// The number of the input in the evaluation.
  let input: Int
}

extension Estimator {
  /// The inputs by their influence on the statement at `place`, the strongest first; empty when
  /// nothing is uncertain.
  public func influences(at place: Int) throws(EstimateComplaint) -> [Influence] {
    let value = try run.value(at: place)
    switch value.magnitude {
    case .exact: return []
    case .gaussian(let form): return try shares(form)
    case .sampled(let column): return try correlations(column, place)
    }
  }

  /// Each input's part of the variance: what it adds itself and half of what it adds with others.
  private func shares(_ form: GaussianForm) throws(EstimateComplaint) -> [Influence] {
    let correlations = try run.correlated()
    let variance = try run.variance(of: form)
    guard variance > 0 else { return [] }
    return form.terms.map { term in
      let own = run.inputs[term.input].stream
      let part = form.terms.reduce(0) { sum, other in
        let strength = correlations.between(own, run.inputs[other.input].stream)
        return sum + term.weight * other.weight * strength
      }
      return influence(term.input, part / variance, .share)
    }.sorted { $0.strength > $1.strength }
  }

  /// The most draws that ranks are worked out from: more would not change an order that matters.
  private static let rankedDraws = 10_000

  private func correlations(
    _ column: Column, _ place: Int
  ) throws(EstimateComplaint) -> [Influence] {
    let web = try run.web(of: place)
    let count = min(Self.rankedDraws, run.options.samples)
    let result = Ranks(column.values.prefix(count))
    let homes =
      web.places.map { run.model.definedName($0) ?? "line \($0 + 1)" }
      + web.constants.map { "constant \($0.id)" }
    let numbers = run.inputs.indices.filter { number in
      let stream = run.inputs[number].stream
      return homes.contains { stream.hasPrefix($0 + "/") }
    }
    return numbers.map { number in
      let ranks = Ranks(run.column(of: number).values.prefix(count))
      return influence(number, result.correlation(with: ranks), .rankCorrelation)
    }.sorted { abs($0.strength) > abs($1.strength) }
  }

  private func influence(
    _ number: Int, _ strength: Double, _ measure: Influence.Measure
  ) -> Influence {
    let input = run.inputs[number]
    let (low, high) = (run.quantile(0.05, of: number), run.quantile(0.95, of: number))
    let unit = input.unit.readable(
      for: (abs(low) * abs(high)).squareRoot(), in: run.model.units)
    return Influence(
      label: input.label,
      range: FigureText.range(low, high, unit, isShare: input.isShare), strength: strength,
      measure: measure, input: number)
  }
}

/// The ranks of draws, for Spearman's correlation.
private struct Ranks {
  private let ranks: [Double]

  /// Ranks of `draws`; equal draws share the middle of their ranks.
  init(_ draws: ArraySlice<Double>) {
    let draws = Array(draws)
    let order = draws.indices.sorted {
      draws[$0] < draws[$1] || draws[$0] == draws[$1] && $0 < $1
    }
    var ranks = [Double](repeating: 0, count: draws.count)
    var start = 0
    while start < order.count {
      var end = start
      while end + 1 < order.count, draws[order[end + 1]] == draws[order[start]] { end += 1 }
      for place in start...end { ranks[order[place]] = Double(start + end) / 2 }
      start = end + 1
    }
    self.ranks = ranks
  }

  /// Pearson's correlation of the ranks; 0 when one side never changes.
  func correlation(with other: Ranks) -> Double {
    let mean = Double(ranks.count - 1) / 2
    var (both, own, others) = (0.0, 0.0, 0.0)
    for (left, right) in zip(ranks, other.ranks) {
      both += (left - mean) * (right - mean)
      own += (left - mean) * (left - mean)
      others += (right - mean) * (right - mean)
    }
    let scale = (own * others).squareRoot()
    return scale > 0 ? both / scale : 0
  }
}
