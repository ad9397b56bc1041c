import Kernel

/// What came of a mystery: a run with a hidden bug that was to be named.
public struct MysteryRecord: Sendable, Hashable {
  /// The topic's id.
  public let topic: String
  /// The seed, which brings the mystery back.
  public let seed: UInt64
  /// The last suspect that was named; `given-up` when nobody was.
  public let named: String
  /// Who it was.
  public let answer: String
  /// Whether the right one was named.
  public let isRight: Bool
  /// How many names were tried.
  public let tries: Int
  /// The points of the budget of questions that were spent.
  public let spent: Int
  /// The points that there were.
  public let budget: Int
  /// How long it took.
  public let seconds: Double
  /// The points out of 100.
  public let score: Int

  /// What came of a mystery.
  public init(
    topic: String, seed: UInt64, named: String, answer: String, isRight: Bool, tries: Int,
    spent: Int, budget: Int, seconds: Double, score: Int
  ) {
    self.topic = topic
    self.seed = seed
    self.named = named
    self.answer = answer
    self.isRight = isRight
    self.tries = tries
    self.spent = spent
    self.budget = budget
    self.seconds = seconds
    self.score = score
  }
}

extension MysteryRecord {
  var json: JSON {
    // Seeds may be larger than what readers of JSON take for whole numbers.
    .members([
      "topic": .text(topic), "seed": .text("\(seed)"), "named": .text(named),
      "answer": .text(answer), "right": .boolean(isRight), "tries": .integer(tries),
      "spent": .integer(spent), "budget": .integer(budget), "seconds": .number(seconds),
      "score": .integer(score),
    ])
  }

  init(_ payload: JSONField) throws(Diagnostic) {
    try payload.onlyMembers([
      "topic", "seed", "named", "answer", "right", "tries", "spent", "budget", "seconds", "score",
    ])
    let seed = try payload.member("seed")
    guard let number = UInt64(try seed.text()) else {
      throw seed.complaint("this is no seed.", expected: "a whole number from 0, as text")
    }
    self.init(
      topic: try payload.member("topic").id(), seed: number,
      named: try payload.member("named").id(), answer: try payload.member("answer").id(),
      isRight: try payload.member("right").flag(),
      tries: try payload.member("tries").integer(0...100),
      spent: try payload.member("spent").integer(0...1_000),
      budget: try payload.member("budget").integer(0...1_000),
      seconds: try payload.member("seconds").number(),
      score: try payload.member("score").integer(0...100))
  }
}
