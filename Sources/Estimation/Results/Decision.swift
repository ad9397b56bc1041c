import Kernel

/// What hangs on a decision: how likely each outcome is, and which input would flip it.
public struct Decision: Sendable, Hashable {
  /// One outcome and how often it comes.
  public struct Choice: Sendable, Hashable {
    /// The outcome in words.
    public let text: String
    /// Its share of the draws.
    public let share: Double
  }

  /// An input that changes the outcome within its own range, the others at their middles.
  public struct Flip: Sendable, Hashable {
    /// The input.
    public let label: String
    /// The outcome at the input's low end.
    public let low: String
    /// The outcome at the input's high end.
    public let high: String
    /// The input's value, nearest to its middle, at which the outcome changes.
    public let threshold: String
  }

  /// The outcome with every input at its middle.
  public let middle: String
  /// The outcomes, the likeliest first; the likeliest forty where there are more.
  public let choices: [Choice]
  /// The inputs that would flip it, those with the nearest threshold first.
  public let flips: [Flip]
}

extension Estimator {
  /// What hangs on the decision at `place`; nil when the value does not go in steps.
  public func decision(at place: Int) throws(EstimateComplaint) -> Decision? {
    let statement = run.model.statements[place]
    let value = try run.value(at: place)
    guard value.isTruth || statement.formula?.isStepped(in: statement) == true else { return nil }
    let flipper = try Flipper(self, place: place, value: value)
    return Decision(
      middle: flipper.text(flipper.middle), choices: choices(value, flipper),
      flips: try flipper.flips())
  }

  private static let mostChoices = 40

  private func choices(_ value: Value, _ flipper: Flipper) -> [Decision.Choice] {
    guard case .sampled(let column) = value.magnitude else { return [] }
    let sorted = column.plain.sorted()
    var counts: [(value: Double, count: Int)] = []
    for draw in sorted {
      if counts.last?.value == draw {
        counts[counts.count - 1].count += 1
      } else {
        counts.append((draw, 1))
      }
    }
    let ordered = counts.sorted { ($0.count, $1.value) > ($1.count, $0.value) }
    return ordered.prefix(Self.mostChoices).map { value, count in
      Decision.Choice(
        text: flipper.text(value), share: Double(count) / Double(sorted.count))
    }
  }
}

/// Evaluates a model with one input moved and the others at their middles.
private struct Flipper {
  private let estimator: Estimator
  private let place: Int
  private let unit: CompoundUnit
  private let isTruth: Bool
  private let isShare: Bool
  private var points: [String: Double] = [:]
  /// The outcome with every input at its middle.
  private(set) var middle = 0.0

  private static let steps = 60

  init(_ estimator: Estimator, place: Int, value: Value) throws(EstimateComplaint) {
    self.estimator = estimator
    self.place = place
    unit = value.unit
    isTruth = value.isTruth
    isShare = value.isShare
    let run = estimator.run
    for number in run.inputs.indices {
      points[run.inputs[number].stream] = run.middle(of: number)
    }
    middle = try outcome(points)
  }

  func text(_ value: Double) -> String {
    if isTruth { return value == 0 ? "no" : "yes" }
    return FigureText.quantity(value, unit, isShare: isShare)
  }

  private func outcome(_ points: [String: Double]) throws(EstimateComplaint) -> Double {
    let run = EstimateRun(
      estimator.run.model, options: estimator.run.options, reference: estimator.run.reference,
      mode: .point(points))
    return try run.value(at: place).magnitude.exactValue ?? .nan
  }

  func flips() throws(EstimateComplaint) -> [Decision.Flip] {
    var found: [(flip: Decision.Flip, distance: Double)] = []
    for influence in try estimator.influences(at: place) {
      if let flip = try flip(influence) { found.append(flip) }
    }
    return found.sorted { $0.distance < $1.distance }.map(\.flip)
  }

  private func flip(
    _ influence: Influence
  ) throws(EstimateComplaint) -> (flip: Decision.Flip, distance: Double)? {
    let run = estimator.run
    let input = run.inputs[influence.input]
    let own = run.middle(of: influence.input)
    let (low, high) = (
      run.quantile(0.05, of: influence.input), run.quantile(0.95, of: influence.input)
    )
    let bottom = try at(low, input.stream)
    let top = try at(high, input.stream)
    var thresholds: [Double] = []
    if bottom != middle { thresholds.append(try threshold(own, low, input.stream)) }
    if top != middle { thresholds.append(try threshold(own, high, input.stream)) }
    let width = max(high - low, .leastNormalMagnitude)
    guard let nearest = thresholds.min(by: { abs($0 - own) < abs($1 - own) }) else { return nil }
    let shown = input.unit.readable(for: nearest, in: run.model.units)
    return (
      Decision.Flip(
        label: influence.label, low: text(bottom), high: text(top),
        threshold: FigureText.quantity(nearest, shown, isShare: input.isShare, digits: 2)),
      abs(nearest - own) / width
    )
  }

  private func at(_ value: Double, _ stream: String) throws(EstimateComplaint) -> Double {
    var moved = points
    moved[stream] = value
    return try outcome(moved)
  }

  /// The value between `inside`, where the outcome is the middle's, and `outside`, where it is not,
  /// at which it changes.
  private func threshold(
    _ inside: Double, _ outside: Double, _ stream: String
  ) throws(EstimateComplaint) -> Double {
    var (near, far) = (inside, outside)
    for _ in 0..<Self.steps {
      let between = near + (far - near) / 2
      if try at(between, stream) == middle { near = between } else { far = between }
    }
    return far
  }
}

extension Expression {
  /// Whether its value goes in steps: rounded, chosen or compared.
  fileprivate func isStepped(in statement: Statement) -> Bool {
    switch self {
    case .converted(let inner, _, _): return inner.isStepped(in: statement)
    case .binary(let sign, _, _, _): return sign.isComparison
    case .call(let call):
      let name = statement.text(call.name)
      return ["ceil", "floor", "round", "if"].contains(name) || name.hasSuffix("servers")
    default: return false
    }
  }
}
