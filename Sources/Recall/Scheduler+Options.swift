/// What a learner or an optimiser may change about the scheduling.
public struct SchedulerOptions: Sendable, Hashable {
  /// The weights w0 to w20 of FSRS-6.
  public var weights: [Double]
  /// The share of due cards that shall still be recalled; above 0 and below 1.
  ///
  /// Learners choose within `retentionRange`; the formulas hold for any share between 0 and 1.
  public var desiredRetention: Double
  /// The waits between the first reviews of a new card, in seconds.
  public var learningStepsSeconds: [Int]
  /// The waits between the reviews of a card that was forgotten, in seconds.
  public var relearningStepsSeconds: [Int]
  /// The longest interval, in days.
  public var maximumIntervalDays: Int

  /// The defaults of FSRS-6 as py-fsrs 6.3.2 ships them, with what is given changed.
  public init(
    weights: [Double] = Self.defaultWeights, desiredRetention: Double = 0.9,
    learningStepsSeconds: [Int] = [60, 600], relearningStepsSeconds: [Int] = [600],
    maximumIntervalDays: Int = 36_500
  ) {
    self.weights = weights
    self.desiredRetention = desiredRetention
    self.learningStepsSeconds = learningStepsSeconds
    self.relearningStepsSeconds = relearningStepsSeconds
    self.maximumIntervalDays = maximumIntervalDays
  }

  /// The retention that a learner may ask for.
  ///
  /// Anki's manual warns that the workload grows steeply above 0.97 and that low values make the
  /// learner relearn more than they remember.
  public static let retentionRange = 0.7...0.97

  /// The weights that the authors of FSRS-6 fitted to several hundred million reviews.
  ///
  /// Source: open-spaced-repetition, `DEFAULT_PARAMETERS` of py-fsrs 6.3.2.
  public static let defaultWeights = [
    0.212, 1.2931, 2.3065, 8.2956, 6.4133, 0.8334, 3.0194, 0.001, 1.8722, 0.1666, 0.796, 1.4835,
    0.0614, 0.2629, 1.6483, 0.6014, 1.8729, 0.5425, 0.0912, 0.0658, 0.1542,
  ]
}
