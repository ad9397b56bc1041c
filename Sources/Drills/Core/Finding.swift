import Presentation

/// What a checker says of a guarantee after a run: it held, it was broken and this shows it, or the
/// checker ran out of budget.
///
/// An invariant is what the mechanism itself must keep, whatever the knobs; a guarantee is what
/// clients may hope for. A finding that a guarantee was broken is a result, not a defect.
public struct Finding: Sendable, Equatable {
  /// What is known.
  public enum Verdict: Sendable, Hashable {
    /// What clients saw fits the guarantee.
    case holds
    /// What clients saw cannot be: the smallest witness found, a sentence each.
    case violated(witness: [String])
    /// Nothing can be said, and why.
    case unknown(String)
  }

  /// The guarantee, as in `linearizable` or `no confirmed message is lost`.
  public let guarantee: String
  /// What is known of it.
  public let verdict: Verdict
  /// Pictures of the witness: what clients saw, and the messages that made it.
  public let pictures: [Block]

  /// A finding.
  public init(_ guarantee: String, _ verdict: Verdict, pictures: [Block] = []) {
    self.guarantee = guarantee
    self.verdict = verdict
    self.pictures = pictures
  }

  /// Whether the guarantee was broken.
  public var isViolated: Bool { if case .violated = verdict { true } else { false } }

  /// The finding in one line.
  public var summary: String {
    switch verdict {
    case .holds: "\(guarantee): holds"
    case .violated(let witness): "\(guarantee): violated. \(witness.joined(separator: " "))"
    case .unknown(let reason): "\(guarantee): unknown, \(reason)"
    }
  }
}
