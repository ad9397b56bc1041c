import Kernel

extension EstimateRun {
  /// What an input stands for: its distribution, or one point of it.
  func magnitude(of number: Int) -> Magnitude {
    let input = inputs[number]
    if case .point(let points) = mode {
      return .exact(points[input.stream] ?? middle(of: number))
    }
    guard !options.samplesAlways else { return .sampled(column(of: number)) }
    switch input.shape {
    case .lognormal(let center, let deviation):
      return .gaussian(
        GaussianForm(
          isLog: true, center: center, terms: [.init(input: number, weight: deviation)]))
    case .normal(let mean, let deviation):
      return .gaussian(
        GaussianForm(
          isLog: false, center: mean, terms: [.init(input: number, weight: deviation)]))
    case .uniform, .triangular, .beta, .empirical, .mix: return .sampled(column(of: number))
    }
  }

  /// The value below which half of an input lies.
  func middle(of number: Int) -> Double { quantile(0.5, of: number) }

  /// The value below which a share of an input lies: by formula where there is one.
  func quantile(_ probability: Double, of number: Int) -> Double {
    inputs[number].shape.quantile(probability)
      ?? Percentiles.values(of: column(of: number), at: [probability])[0]
  }

  /// The draws of an input.
  func column(of number: Int) -> Column {
    sampler.column(of: number) {
      let input = inputs[number]
      switch input.shape {
      case .lognormal(let center, let deviation):
        return Column(normals(of: number, center, deviation), isLog: true)
      case .normal(let mean, let deviation):
        return Column(normals(of: number, mean, deviation))
      case .mix(let shares): return mixture(shares, input.stream)
      case .uniform, .triangular, .beta, .empirical:
        let drawn = sampler.draws(of: input.shape, input.stream)
        return Column(isCorrelated(number) ? reordered(drawn, like: score(of: number)) : drawn)
      }
    }
  }

  private func normals(of number: Int, _ mean: Double, _ deviation: Double) -> [Double] {
    guard isCorrelated(number) else {
      return sampler.normals(inputs[number].stream, mean: mean, deviation: deviation)
    }
    return score(of: number).map { mean + deviation * $0 }
  }

  private func isCorrelated(_ number: Int) -> Bool {
    (try? correlated())?.members.contains(inputs[number].stream) ?? false
  }

  /// The draws of an input's standard normal, which hangs together with those of others.
  func score(of number: Int) -> [Double] {
    let own = sampler.scores(inputs[number].stream)
    guard let correlations = try? correlated(),
      let row = correlations.members.firstIndex(of: inputs[number].stream)
    else { return own }
    var sum = Column([Double](repeating: 0, count: sampler.count))
    for (column, member) in correlations.members.enumerated() where column <= row {
      let weight = correlations.triangle[row][column]
      if weight != 0 { sum = sum.adding(sampler.scores(member), times: weight) }
    }
    return sum.values
  }

  /// The same draws in the order of `scores`, so that both rank alike.
  ///
  /// Source: Iman and Conover, "A distribution-free approach to inducing rank correlation among
  /// input variables" (1982).
  private func reordered(_ draws: [Double], like scores: [Double]) -> [Double] {
    let sorted = draws.sorted()
    var result = draws
    for (rank, place) in scores.indices.sorted(by: { scores[$0] < scores[$1] }).enumerated() {
      result[place] = sorted[rank]
    }
    return result
  }

  private func mixture(_ shares: [InputShape.Share], _ stream: String) -> Column {
    var stream = sampler.stream(stream)
    let columns = shares.map { sideColumns[$0.column].plain }
    return Column(
      (0..<sampler.count).map { draw in
        var rest = stream.unit()
        for (place, share) in shares.enumerated() {
          rest -= share.weight
          if rest < 0 { return columns[place][draw] }
        }
        return columns[columns.count - 1][draw]
      })
  }

  /// The draws of a form.
  func draws(of form: GaussianForm) -> Column {
    var column = Column(
      [Double](repeating: form.center, count: sampler.count), isLog: form.isLog)
    for term in form.terms { column = column.adding(score(of: term.input), times: term.weight) }
    return column
  }
}
