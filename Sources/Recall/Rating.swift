/// How well an answer was recalled, in the learner's own judgement.
public enum Rating: Int, Sendable, Hashable, CaseIterable {
  /// Not recalled: the only rating that counts as forgotten.
  case again = 1
  /// Recalled with trouble; a pass.
  case hard = 2
  /// Recalled.
  case good = 3
  /// Recalled at once.
  case easy = 4

  /// The word for it, as typed at the prompt and written to the log.
  public var word: String {
    switch self {
    case .again: "again"
    case .hard: "hard"
    case .good: "good"
    case .easy: "easy"
    }
  }

  /// The rating for what somebody typed (`good`, or its number `3`), or nil.
  public init?(text: String) {
    let found = Self.allCases.first { $0.word == text || String($0.rawValue) == text }
    guard let found else { return nil }
    self = found
  }
}
