import Kernel

/// How likely so many successes in so many independent attempts are.
enum Binomial {
  /// The probability of at most `count` successes in `attempts` attempts, each with `probability`.
  static func atMost(_ count: Int, of attempts: Int, probability: Double) -> Double {
    guard count >= 0 else { return 0 }
    guard count < attempts else { return 1 }
    let failure = 1 - probability
    var coefficient = 1.0
    var sum = 0.0
    for successes in 0...count {
      sum +=
        coefficient * probability.raised(to: successes)
        * failure.raised(to: attempts - successes)
      coefficient *= Double(attempts - successes) / Double(successes + 1)
    }
    return min(1, sum)
  }

  /// The probability of at least `count` successes.
  static func atLeast(_ count: Int, of attempts: Int, probability: Double) -> Double {
    // Counted as failures, so that a small probability is not the difference of two large ones.
    atMost(attempts - count, of: attempts, probability: 1 - probability)
  }
}
