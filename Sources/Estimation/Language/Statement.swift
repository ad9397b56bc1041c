/// One line of an estimate.
struct Statement: Sendable, Hashable {
  /// What a statement does.
  enum Kind: Sendable, Hashable {
    /// `name = formula`; `decide` marks a result that a decision hangs on.
    case define(name: SourceRange, isDecision: Bool)
    /// A formula whose result is shown.
    case show
    /// `expect name = formula`: the result must fall into the formula's range.
    case expect(name: SourceRange)
    /// `unit tweet` or `unit batch = 500 messages`; the formula is missing for the first.
    case unit(word: SourceRange, plural: SourceRange?)
    /// `correlate a, b = 0.6`.
    case correlate(SourceRange, SourceRange)
  }

  let kind: Kind
  /// What stands behind the `=`, or alone.
  let formula: Expression?
  let source: SourceText
  /// From the first token to the last.
  let range: SourceRange

  /// The words of a part.
  func text(_ range: SourceRange) -> String { source.text(range) }
}
