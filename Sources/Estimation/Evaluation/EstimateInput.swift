/// An uncertain input of an estimate: a range or a distribution, where it was written.
struct EstimateInput: Sendable {
  /// What people call it: the name that it defines, or its text.
  let label: String
  /// The name of the stream that its draws come from.
  let stream: String
  /// How it is distributed.
  let shape: InputShape
  /// The unit in which it was written.
  let unit: CompoundUnit
  /// Whether it reads best in percent.
  let isShare: Bool
}

/// How an estimate is to be evaluated.
public struct EstimateOptions: Sendable, Hashable {
  /// The seed of all draws.
  public var seed: UInt64
  /// How many draws a value has where no formula gives its distribution, 100 or more.
  public var samples: Int
  /// Whether closed forms are left aside and everything uncertain is drawn, to check the one
  /// against the other.
  public var samplesAlways: Bool

  /// Options; the standard ones are seed 1 and 100,000 samples.
  public init(seed: UInt64 = 1, samples: Int = 100_000, samplesAlways: Bool = false) {
    self.seed = seed
    self.samples = samples
    self.samplesAlways = samplesAlways
  }
}
