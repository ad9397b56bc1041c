/// Collects the parts of an aggregated answer.
///
///     waiting ──every part──▶ complete
///        │  └──a required part failed──▶ failed
///        └──time over, all that is required is there──▶ partial (failed, when something is not)
///
/// **It ends once. What is missing from a partial answer is optional and named.**
public struct PartCollector: Sendable, Hashable {
  /// How it ends.
  public enum End: Sendable, Hashable {
    /// Every part is there.
    case complete
    /// Optional parts with these places are missing.
    case partial(missing: [Int])
    /// A required part is missing.
    case failed
  }

  private enum Part: Sendable, Hashable { case open, good, bad }

  private let isRequired: [Bool]
  private var parts: [Part]
  /// How it has ended; nil while it waits.
  public private(set) var end: End?

  /// A collection of parts, of which some are required.
  public init(required: [Bool]) {
    isRequired = required
    parts = required.map { _ in .open }
  }

  /// Takes note of a part; returns how that ends the whole, nil when it does not.
  public mutating func ended(_ part: Int, isGood: Bool) -> End? {
    guard end == nil, parts[part] == .open else { return nil }
    parts[part] = isGood ? .good : .bad
    if !isGood, isRequired[part] {
      end = .failed
    } else if !parts.contains(.open) {
      end = missing.isEmpty ? .complete : .partial(missing: missing)
    }
    return end
  }

  /// The time is over.
  public mutating func timeIsOver() -> End? {
    guard end == nil else { return nil }
    end = missing.contains { isRequired[$0] } ? .failed : .partial(missing: missing)
    return end
  }

  /// Whether nothing but optional parts is still waited for.
  private var missing: [Int] { parts.indices.filter { parts[$0] != .good } }
}
