/// What the scheduler knows of one card between two reviews.
///
/// A pure value: the fold of `Scheduler.review` over the card's reviews in time order.
public struct CardState: Sendable, Hashable {
  /// Where the card stands.
  public enum Phase: Sendable, Hashable {
    /// Never reviewed.
    case new
    /// Being learnt, waiting at the learning step of this number, from 0.
    case learning(step: Int)
    /// Learnt; due again when its retrievability has fallen to the wanted retention.
    case review
    /// Forgotten and being learnt again, waiting at the relearning step of this number, from 0.
    case relearning(step: Int)

    /// The word for it, as tables show it.
    public var word: String {
      switch self {
      case .new: "new"
      case .learning: "learning"
      case .review: "review"
      case .relearning: "relearning"
      }
    }
  }

  /// Where the card stands.
  public var phase: Phase
  /// How firmly it sits; nil before the first review.
  public var memory: Memory?
  /// When it is due, in seconds since 1970 (UTC).
  public var dueSeconds: Int
  /// When it was last reviewed, in seconds since 1970 (UTC); nil before the first review.
  public var lastSeconds: Int?

  /// A card that stands as given; times in seconds since 1970 (UTC).
  public init(phase: Phase, memory: Memory?, dueSeconds: Int, lastSeconds: Int?) {
    self.phase = phase
    self.memory = memory
    self.dueSeconds = dueSeconds
    self.lastSeconds = lastSeconds
  }

  /// A card that was never reviewed and is due from `dueSeconds` on.
  public static func new(dueSeconds: Int) -> CardState {
    CardState(phase: .new, memory: nil, dueSeconds: dueSeconds, lastSeconds: nil)
  }
}

/// The two figures that FSRS keeps of a card.
public struct Memory: Sendable, Hashable {
  /// Days after which nine of ten such cards would still be recalled; 0.001 or more.
  public var stabilityDays: Double
  /// How hard the card is for this learner, from 1 to 10.
  public var difficulty: Double

  /// The memory of a card with these figures.
  public init(stabilityDays: Double, difficulty: Double) {
    self.stabilityDays = stabilityDays
    self.difficulty = difficulty
  }
}
