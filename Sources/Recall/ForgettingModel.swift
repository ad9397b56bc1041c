import Kernel

/// The formulas of FSRS-6: how a memory fades, and what a review does to it.
///
/// Names follow the paper: S stability in days, D difficulty, R retrievability, G rating, w0 to
/// w20 the weights. Source: the algorithm page of open-spaced-repetition and py-fsrs 6.3.2. Powers
/// and exponentials are Kernel's, so that every machine schedules alike.
struct ForgettingModel: Sendable, Hashable {
  let weights: [Double]
  /// The exponent of the forgetting curve, `-w20`.
  let decay: Double
  /// What makes R exactly 0.9 after S days.
  let factor: Double

  static let leastStabilityDays = 0.001
  static let difficulties = 1.0...10.0
  static let weightCount = 21

  init(weights: [Double]) {
    precondition(weights.count == Self.weightCount, "FSRS-6 has weights w0 to w20")
    precondition(weights[20] > 0, "w20 must be above 0, or nothing is ever forgotten")
    self.weights = weights
    decay = -weights[20]
    factor = PortableMath.power(0.9, 1 / decay) - 1
  }

  /// R after so many whole days.
  func retrievability(stabilityDays: Double, elapsedDays: Int) -> Double {
    PortableMath.power(1 + factor * Double(elapsedDays) / stabilityDays, decay)
  }

  /// Days, not rounded, until R has fallen to `retention`.
  func intervalDays(stabilityDays: Double, retention: Double) -> Double {
    stabilityDays / factor * (PortableMath.power(retention, 1 / decay) - 1)
  }

  /// The memory after the first review of a card.
  func first(_ rating: Rating) -> Memory {
    Memory(
      stabilityDays: max(weights[rating.rawValue - 1], Self.leastStabilityDays),
      difficulty: clamped(firstDifficulty(rating)))
  }

  /// The memory after a review `elapsedDays` whole days after the last one.
  func next(_ memory: Memory, _ rating: Rating, elapsedDays: Int) -> Memory {
    let stabilityDays: Double
    if elapsedDays < 1 {
      stabilityDays = sameDay(memory.stabilityDays, rating)
    } else {
      let recall = retrievability(stabilityDays: memory.stabilityDays, elapsedDays: elapsedDays)
      stabilityDays =
        rating == .again ? forgotten(memory, recall) : recalled(memory, recall, rating)
    }
    return Memory(
      stabilityDays: max(stabilityDays, Self.leastStabilityDays),
      difficulty: nextDifficulty(memory.difficulty, rating))
  }

  private func sameDay(_ stabilityDays: Double, _ rating: Rating) -> Double {
    let grade = Double(rating.rawValue)
    let growth =
      PortableMath.exp(weights[17] * (grade - 3 + weights[18]))
      * PortableMath.power(stabilityDays, -weights[19])
    return stabilityDays * (rating == .again ? growth : max(growth, 1))
  }

  private func recalled(_ memory: Memory, _ recall: Double, _ rating: Rating) -> Double {
    let bonus =
      switch rating {
      case .again, .good: 1.0
      case .hard: weights[15]
      case .easy: weights[16]
      }
    let growth =
      PortableMath.exp(weights[8]) * (11 - memory.difficulty)
      * PortableMath.power(memory.stabilityDays, -weights[9])
      * (PortableMath.exp(weights[10] * (1 - recall)) - 1) * bonus
    return memory.stabilityDays * (1 + growth)
  }

  private func forgotten(_ memory: Memory, _ recall: Double) -> Double {
    let longTerm =
      weights[11] * PortableMath.power(memory.difficulty, -weights[12])
      * (PortableMath.power(memory.stabilityDays + 1, weights[13]) - 1)
      * PortableMath.exp(weights[14] * (1 - recall))
    return min(longTerm, memory.stabilityDays / PortableMath.exp(weights[17] * weights[18]))
  }

  private func nextDifficulty(_ difficulty: Double, _ rating: Rating) -> Double {
    let change = -weights[6] * Double(rating.rawValue - 3)
    let damped = difficulty + (10 - difficulty) * change / 9
    return clamped(weights[7] * firstDifficulty(.easy) + (1 - weights[7]) * damped)
  }

  private func firstDifficulty(_ rating: Rating) -> Double {
    weights[4] - PortableMath.exp(weights[5] * Double(rating.rawValue - 1)) + 1
  }

  private func clamped(_ difficulty: Double) -> Double {
    min(max(difficulty, Self.difficulties.lowerBound), Self.difficulties.upperBound)
  }
}
