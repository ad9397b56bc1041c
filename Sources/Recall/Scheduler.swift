/// Decides when a card is due again: FSRS-6 with learning and relearning steps, without fuzz.
///
///     new ──again, hard, good──▶ learning ──last step good, or easy──▶ review
///      └───────────easy──────────────────────────────────────────────▶  │  ▲
///                                   relearning ◀────────again───────────┘  │
///                                       └────────good or easy──────────────┘
///
/// A pure function of the state, the rating and the time; agrees with py-fsrs 6.3.2 (`Scheduler`
/// with `enable_fuzzing=False`). **A card's interval never exceeds `maximumIntervalDays`; stability
/// never falls below 0.001 days; difficulty stays within 1...10.**
public struct Scheduler: Sendable, Hashable {
  /// What this scheduler was set to.
  public let options: SchedulerOptions
  private let model: ForgettingModel

  /// A scheduler with these options.
  public init(_ options: SchedulerOptions = SchedulerOptions()) {
    precondition(
      options.desiredRetention > 0 && options.desiredRetention < 1,
      "a retention lies between 0 and 1, got \(options.desiredRetention)")
    precondition(options.maximumIntervalDays >= 1, "the longest interval is a day or more")
    self.options = options
    model = ForgettingModel(weights: options.weights)
  }

  /// The card after it was reviewed at `atSeconds` (seconds since 1970, UTC) with this rating.
  public func review(_ card: CardState, _ rating: Rating, atSeconds: Int) -> CardState {
    let memory: Memory
    if let known = card.memory, let last = card.lastSeconds {
      memory = model.next(known, rating, elapsedDays: Self.wholeDays(from: last, to: atSeconds))
    } else {
      memory = model.first(rating)
    }
    let next: (phase: CardState.Phase, waitSeconds: Int)
    switch card.phase {
    case .new:
      next = step(0, of: options.learningStepsSeconds, rating, memory) { .learning(step: $0) }
    case .learning(let step):
      next = self.step(step, of: options.learningStepsSeconds, rating, memory) {
        .learning(step: $0)
      }
    case .review where rating == .again && !options.relearningStepsSeconds.isEmpty:
      next = (.relearning(step: 0), options.relearningStepsSeconds[0])
    case .review:
      next = (.review, intervalSeconds(memory))
    case .relearning(let step):
      next = self.step(step, of: options.relearningStepsSeconds, rating, memory) {
        .relearning(step: $0)
      }
    }
    return CardState(
      phase: next.phase, memory: memory, dueSeconds: atSeconds + next.waitSeconds,
      lastSeconds: atSeconds)
  }

  /// The card's state after each of these reviews, which must stand in time order.
  public func replay(_ reviews: [(atSeconds: Int, rating: Rating)]) -> CardState? {
    guard let first = reviews.first else { return nil }
    return reviews.reduce(CardState.new(dueSeconds: first.atSeconds)) { card, next in
      review(card, next.rating, atSeconds: next.atSeconds)
    }
  }

  /// The probability from 0 to 1 that the card is recalled at `atSeconds`; 0 for a new card.
  public func retrievability(of card: CardState, atSeconds: Int) -> Double {
    guard let memory = card.memory, let last = card.lastSeconds else { return 0 }
    let days = max(0, Self.wholeDays(from: last, to: atSeconds))
    return model.retrievability(stabilityDays: memory.stabilityDays, elapsedDays: days)
  }

  /// The interval in whole days that a memory earns: rounded half to even, from 1 to the longest.
  public func intervalDays(_ memory: Memory) -> Int {
    let days = model.intervalDays(
      stabilityDays: memory.stabilityDays, retention: options.desiredRetention
    ).rounded(.toNearestOrEven)
    let longest = options.maximumIntervalDays
    return days >= Double(longest) ? longest : max(1, Int(days))
  }

  /// Where a rating leads from one of the (re)learning steps.
  ///
  /// A step past the last (the options had more steps when the card was last seen) graduates on
  /// any pass. Hard at the first step waits the mean of the first two steps, or half as long again.
  private func step(
    _ current: Int, of stepsSeconds: [Int], _ rating: Rating, _ memory: Memory,
    phase: (Int) -> CardState.Phase
  ) -> (phase: CardState.Phase, waitSeconds: Int) {
    let graduated: (CardState.Phase, Int) = (.review, intervalSeconds(memory))
    guard let firstSeconds = stepsSeconds.first else { return graduated }
    if rating == .again { return (phase(0), firstSeconds) }
    if current >= stepsSeconds.count { return graduated }
    switch rating {
    case .again, .hard:
      if current > 0 { return (phase(current), stepsSeconds[current]) }
      let secondSeconds = stepsSeconds.count > 1 ? stepsSeconds[1] : firstSeconds * 2
      return (phase(0), (firstSeconds + secondSeconds) / 2)
    case .good:
      let following = current + 1
      if following == stepsSeconds.count { return graduated }
      return (phase(following), stepsSeconds[following])
    case .easy:
      return graduated
    }
  }

  private func intervalSeconds(_ memory: Memory) -> Int {
    intervalDays(memory) * Self.secondsPerDay
  }

  static let secondsPerDay = 86_400

  /// Whole days between two moments, rounded down: negative when the clock went back.
  private static func wholeDays(from earlier: Int, to later: Int) -> Int {
    let (days, rest) = (later - earlier).quotientAndRemainder(dividingBy: secondsPerDay)
    return rest < 0 ? days - 1 : days
  }
}
