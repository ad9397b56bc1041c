import Kernel

/// How one figure came out over many seeds.
public struct Spread: Sendable, Hashable {
  /// The figure's name.
  public let name: String
  /// The figure's unit.
  public let unit: Unit
  /// The measured figures with their seeds, smallest figure first, equal ones by seed.
  public let sorted: [Sample]
  /// Runs in which there was nothing to measure.
  public let missing: Int

  /// One measured figure.
  public struct Sample: Sendable, Hashable {
    /// The seed of its run.
    public let seed: UInt64
    /// The figure.
    public let value: Double
  }

  /// The spread of the figure called `name` over `samples`.
  public init(name: String, unit: Unit, samples: [(seed: UInt64, value: Double?)]) {
    self.name = name
    self.unit = unit
    let measured = samples.compactMap { sample in
      sample.value.map { Sample(seed: sample.seed, value: $0) }
    }
    sorted = measured.sorted { ($0.value, $0.seed) < ($1.value, $1.seed) }
    missing = samples.count - measured.count
  }

  /// The figure that the share `q` (0 to 1) of runs stays at or below; nil without figures.
  public func quantile(_ q: Double) -> Double? {
    sorted.nearestRank(q)?.value
  }
}

/// One drill (or scenario) over many seeds.
public struct Sweep: Sendable {
  /// How many runs there were.
  public private(set) var runCount = 0
  /// How many met every objective and broke no invariant.
  public private(set) var passCount = 0
  /// The run with the most missed objectives, the first of them on a tie.
  public private(set) var worst: DrillRun?
  /// The first run in which an invariant was broken.
  public private(set) var firstViolation: DrillRun?
  private var worstRank = Rank(broken: 0, missed: -1, distance: 0)
  private var samples: [[(seed: UInt64, value: Double?)]] = []
  private var metrics: [Metric] = []

  private struct Rank: Comparable {
    let broken: Int
    let missed: Int
    let distance: Double

    static func < (left: Rank, right: Rank) -> Bool {
      (left.broken, left.missed, left.distance) < (right.broken, right.missed, right.distance)
    }
  }

  /// A sweep without runs yet.
  public init() {}

  /// Takes in one run.
  public mutating func add(_ run: DrillRun) {
    if metrics.isEmpty {
      metrics = run.scenario.metrics
      samples = metrics.map { _ in [] }
    }
    for (index, metric) in metrics.enumerated() {
      samples[index].append((run.request.seed, run.outcome.measurement(metric.name)?.value))
    }
    runCount += 1
    if run.isPassed { passCount += 1 }
    if firstViolation == nil, !run.outcome.violations.isEmpty { firstViolation = run }
    let rank = Rank(
      broken: run.outcome.violations.count, missed: run.judgements.count { !$0.isMet },
      distance: run.judgements.map(\.distance).max() ?? 0)
    if rank > worstRank {
      worstRank = rank
      worst = run
    }
  }

  /// How each figure came out.
  public var spreads: [Spread] {
    zip(metrics, samples).map { Spread(name: $0.name, unit: $0.unit, samples: $1) }
  }
}

extension Judgement {
  /// How far the figure is from what was wanted, as a share of the bound; 0 when met.
  public var distance: Double {
    guard !isMet else { return 0 }
    guard let value = measured?.value else { return .infinity }
    let bound: Double =
      switch clause.comparison {
      case .below(let bound), .atMost(let bound), .above(let bound), .atLeast(let bound),
        .not(let bound):
        bound
      case .within(let low, let high): value < low ? low : high
      }
    return abs(value - bound) / max(abs(bound), 1e-9)
  }
}
