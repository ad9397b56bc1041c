/// What a checker says about a history.
public enum Verdict<Witness: Sendable>: Sendable {
  /// The history keeps the guarantee.
  case holds
  /// It does not, and this shows it.
  case violated(Witness)
  /// Nobody can tell, for the reason given as a sentence: the budget is spent, or the history does
  /// not say enough.
  case unknown(String)
}

extension Verdict {
  /// Whether the history keeps the guarantee for certain.
  public var holds: Bool {
    if case .holds = self { true } else { false }
  }

  /// What shows that it does not, if that is so.
  public var witness: Witness? {
    if case .violated(let witness) = self { witness } else { nil }
  }
}

extension Verdict: Equatable where Witness: Equatable {}
